import type { MessageContent } from './conversation.js';
import type { OrderedContent } from './order.js';

/**
 * What two tellings of the same message have in common: the words without their spacing and case, or the
 * file's name. By it an echo that carries no id is recognised.
 */
export function fingerprintOfOrder(content: OrderedContent): string {
  switch (content.type) {
    case 'text':
      return `text:${normalised(content.text)}`;
    case 'file':
    case 'voice':
      return `file:${normalised(content.file.name)}`;
    case 'template':
      return `template:${normalised(content.template.name)}`;
  }
}

/** Every fingerprint that a message from outside may answer to. */
export function fingerprintsOfMessage(message: {
  kind: string;
  text: string;
  content: MessageContent;
}): string[] {
  const prints = [`text:${normalised(message.text)}`];
  for (const attachment of message.content.attachments ?? []) {
    if (attachment.name !== undefined) prints.push(`file:${normalised(attachment.name)}`);
    const tail = attachment.url === undefined ? undefined : fileNameOf(attachment.url);
    if (tail !== undefined) prints.push(`file:${normalised(tail)}`);
  }
  const template = message.content.template?.name;
  if (template !== undefined) prints.push(`template:${normalised(template)}`);
  if (message.kind === 'template') prints.push(`template:${normalised(message.text)}`);
  return prints;
}

/** Words without what two tellings of them may differ in: spacing and case. */
export const foldWords = (text: string): string =>
  text.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim();

function normalised(text: string): string {
  const words = foldWords(text);
  return words.length <= 300 ? words : `${words.slice(0, 300)}…${words.length}`;
}

function fileNameOf(url: string): string | undefined {
  const path = url.split(/[?#]/u)[0] ?? '';
  const tail = path.slice(path.lastIndexOf('/') + 1);
  if (tail === '') return undefined;
  try {
    return decodeURIComponent(tail);
  } catch {
    return tail;
  }
}
