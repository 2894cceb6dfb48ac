import type { DeskPolicy } from '../domain/desk-policy.js';
import type { TicketAuthor, TicketContact, TicketLine } from '../domain/desk-order.js';
import type { Author } from '../domain/conversation.js';
import type { OrderedFile } from '../domain/order.js';
import type { ConversationView, MessageView } from '../domain/views.js';

/** A message as a line of a ticket; its files by their address, until they are fetched. */
export function lineOf(message: MessageView): TicketLine {
  const attachments = message.content.attachments ?? [];
  const files = attachments.flatMap((attachment): OrderedFile[] => {
    const {
      url,
      fileId,
      name = 'file',
      contentType = 'application/octet-stream',
      sizeBytes = 0,
    } = attachment;
    if (attachment.kind === 'page' || (url === undefined && fileId === undefined)) return [];
    return [
      {
        name,
        contentType,
        sizeBytes,
        ...(fileId === undefined ? {} : { fileId }),
        ...(url === undefined ? {} : { url }),
      },
    ];
  });
  return {
    author: authorOf(message.author),
    text: textOf(message, files),
    files,
    at: message.occurredAt.toISOString(),
  };
}

/** What can be read of a message without its files: words, choices, links. */
function textOf(message: MessageView, files: OrderedFile[]): string {
  const parts = [files.some(({ name }) => name === message.text) ? '' : message.text];
  for (const button of message.content.buttons ?? [])
    parts.push(button.url === undefined ? `• ${button.title}` : `• ${button.title}: ${button.url}`);
  for (const link of message.content.links ?? [])
    if (!message.text.includes(link.url))
      parts.push(link.title === undefined ? link.url : `${link.title}: ${link.url}`);
  for (const page of message.content.attachments ?? [])
    if (page.kind === 'page' && page.url !== undefined && !message.text.includes(page.url))
      parts.push(page.url);
  const text = parts.filter((part) => part !== '').join('\n');
  // A line says something, even where only a file speaks.
  return text === '' && files.length === 0 ? `(${message.kind})` : text;
}

export function authorOf(author: Author): TicketAuthor {
  const named = {
    ...(author.name === undefined ? {} : { name: author.name }),
    ...(author.email === undefined ? {} : { email: author.email }),
  };
  return author.type === 'system' ? { type: 'bridge', ...named } : { type: author.type, ...named };
}

export function contactOf({ contact }: ConversationView): TicketContact {
  return {
    id: contact.id,
    ...(contact.name === undefined ? {} : { name: contact.name }),
    ...(contact.email === undefined ? {} : { email: contact.email }),
    ...(contact.phone === undefined ? {} : { phone: contact.phone }),
  };
}

const FIRST_WORDS = 80;

/** So much of what was said as makes it known again. */
export function firstWords(text: string): string {
  const line = text.replace(/\s+/gu, ' ').trim();
  return line.length <= FIRST_WORDS ? line : `${Array.from(line).slice(0, FIRST_WORDS).join('')}…`;
}

/** A remark of the bridge's own. */
export const bridgeLine = (text: string, at: Date): TicketLine => ({
  author: { type: 'bridge' },
  text: text.trim(),
  files: [],
  at: at.toISOString(),
});

/** Stands where a transcript begins later than its conversation. @param lines how many are not told */
export const leftOut = (lines: number): string =>
  lines === 1
    ? 'One earlier line of this chat is not shown here; the bridge has it.'
    : `${lines} earlier lines of this chat are not shown here; the bridge has them.`;

/** Fills the names of a workspace's template. An unknown name stays as it was written. */
export function fillTemplate(template: string, conversation: ConversationView): string {
  const { contact } = conversation;
  const values: Record<string, string | undefined> = {
    'contact.name': contact.name ?? contact.email ?? contact.phone ?? 'a visitor',
    'contact.email': contact.email ?? '',
    'contact.phone': contact.phone ?? '',
    channel: conversation.channel ?? '',
    'conversation.id': conversation.id,
    'conversation.title': conversation.title ?? '',
  };
  return template.replace(/\{\{\s*([a-z.]{1,40})\s*\}\}/gu, (whole, name: string) => values[name] ?? whole);
}

/** A subject is one line of a length that every desk takes. */
export const subjectOf = (policy: DeskPolicy, conversation: ConversationView): string =>
  Array.from(fillTemplate(policy.subject, conversation).replace(/\s+/gu, ' ').trim())
    .slice(0, 150)
    .join('') || 'Chat';
