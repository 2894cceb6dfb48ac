import type { Attachment, MessageButton } from '../../../domain/conversation.js';
import { asText, cutText, firstText, isRecord, pick, present } from '../pick.js';
import { type ReducedHtml, reduceHtml } from './reduce-html.js';
import { safeUrl } from './safe-url.js';

export interface CollectedContent {
  lines: string[];
  attachments: Attachment[];
  buttons: MessageButton[];
  links: { url: string; title?: string }[];
}

type AttachmentKind = Attachment['kind'];

const attachmentKeys: Record<string, AttachmentKind> = {
  image: 'image',
  image_url: 'image',
  picture: 'image',
  thumbnail: 'image',
  video: 'video',
  video_url: 'video',
  audio: 'audio',
  audio_url: 'audio',
  voice: 'audio',
  file: 'file',
  file_url: 'file',
  files: 'file',
  document: 'file',
  document_url: 'file',
  attachment: 'file',
  attachments: 'file',
  media: 'file',
  media_url: 'file',
  path: 'file',
};
/** What no message needs, and only takes time. */
const mostLines = 1_000;
const mostParts = 200;
const buttonKeys = new Set(['buttons', 'quick_replies', 'options', 'choices', 'actions']);
const answerKeys = new Set(['values', 'answers', 'responses', 'response', 'form_data', 'submitted']);
const pairKeys = {
  said: ['label', 'question', 'title', 'name', 'field'],
  answered: ['answer', 'value', 'response'],
};
/** How the other side works or looks, not what it says. */
const mute =
  /^(?:id|key|_id|uuid|type|kind|.*_id|.*_key|.*_at|icon|color|colour|style|class|mime|mime_type|content_type|size|is_.*|has_.*|order|position|index|code|script|function|payload_type|provider|status|sender|message_by|by|timestamp|time_zone|width|height)$/i;

/** Every title, text, button, file and link in a value of any shape, in the order in which they stand. */
export function collectContent(value: unknown, kind: string): CollectedContent {
  const content: CollectedContent = { lines: [], attachments: [], buttons: [], links: [] };
  collect(value, '', content, attachmentKeys[kind] ?? 'file');
  return content;
}

function collect(value: unknown, key: string, into: CollectedContent, fileKind: AttachmentKind): void {
  if (Array.isArray(value)) {
    const asButtons = buttonKeys.has(key);
    for (const element of value) {
      if (asButtons && addButton(element, into)) continue;
      collect(element, key, into, fileKind);
    }
    return;
  }
  if (isRecord(value)) return collectRecord(value, key, into, fileKind);
  if (key !== '' && mute.test(key)) return;
  addWords(value, key, into, fileKind);
}

function collectRecord(
  record: Record<string, unknown>,
  key: string,
  into: CollectedContent,
  fileKind: AttachmentKind,
): void {
  const ownKind = attachmentKeys[key.toLowerCase()];
  if (addFile(record, ownKind ?? fileKind, ownKind !== undefined, into)) return;
  const pair = addPair(record, into);
  for (const [name, inner] of Object.entries(record)) {
    if (pair.has(name)) continue;
    if (answerKeys.has(key) && addAnswer(name, inner, into)) continue;
    collect(inner, name, into, ownKind ?? fileKind);
  }
}

/** In an object of answers the names are the questions. */
function addAnswer(question: string, value: unknown, into: CollectedContent): boolean {
  const answer = asScalar(value);
  if (answer === undefined || safeUrl(answer) !== undefined) return false;
  addLine(`${question}: ${reduce(answer, into)}`, into);
  return true;
}

/** A field with its answer becomes one line. */
function addPair(record: Record<string, unknown>, into: CollectedContent): Set<string> {
  const said = pairKeys.said.find((name) => asText(pick(record, name)) !== undefined);
  const answered = pairKeys.answered.find((name) => asScalar(pick(record, name)) !== undefined);
  if (said === undefined || answered === undefined) return new Set();
  const answer = asScalar(pick(record, answered)) ?? '';
  if (safeUrl(answer) !== undefined) return new Set();
  const question = reduce(asText(pick(record, said)) ?? '', into);
  addLine(`${question.endsWith(':') ? question.slice(0, -1) : question}: ${reduce(answer, into)}`, into);
  return new Set([said, answered]);
}

function addFile(
  record: Record<string, unknown>,
  kind: AttachmentKind,
  expected: boolean,
  into: CollectedContent,
): boolean {
  const url = safeUrl(
    firstText(
      pick(record, 'path'),
      pick(record, 'url'),
      pick(record, 'link'),
      pick(record, 'src'),
      pick(record, 'href'),
    ),
  );
  const contentType = firstText(
    ...['type', 'mime_type', 'mimeType', 'content_type', 'mime'].map((name) => pick(record, name)),
  );
  const isMedia = contentType !== undefined && /^[a-z]+\/[\w.+-]+$/i.test(contentType);
  if (url === undefined || !(expected || isMedia || Object.hasOwn(record, 'path'))) return false;
  const name = firstText(
    pick(record, 'name'),
    pick(record, 'file_name'),
    pick(record, 'filename'),
    pick(record, 'title'),
  );
  addAttachment(
    present<Attachment>({
      kind: isMedia ? kindOf(contentType) : kind,
      url,
      name: name && cutText(name, 200),
      contentType: isMedia ? contentType.toLowerCase() : undefined,
    }),
    into,
  );
  const caption = asText(pick(record, 'caption'));
  if (caption !== undefined) addLine(reduce(caption, into), into);
  return true;
}

function addButton(element: unknown, into: CollectedContent): boolean {
  const title = firstText(
    element,
    ...['title', 'text', 'label', 'name', 'value'].map((name) => pick(element, name)),
  );
  if (title === undefined) return false;
  const url = safeUrl(firstText(pick(element, 'url'), pick(element, 'link'), pick(element, 'value')));
  into.buttons.push(present<MessageButton>({ title: cutText(reduceHtml(title).text, 500), url }));
  return true;
}

function addWords(value: unknown, key: string, into: CollectedContent, fileKind: AttachmentKind): void {
  const words = asText(value);
  if (words === undefined) return;
  const url = safeUrl(words);
  if (url === undefined) return addLine(reduce(words, into), into);
  const kind = attachmentKeys[key.toLowerCase()];
  if (kind !== undefined) addAttachment({ kind, url }, into);
  else if (fileKind !== 'file' && /^(?:url|src|link)$/i.test(key))
    addAttachment({ kind: fileKind, url }, into);
  else addLink({ url }, into);
}

function reduce(words: string, into: CollectedContent): string {
  const reduced: ReducedHtml = reduceHtml(words);
  for (const attachment of reduced.attachments) addAttachment(attachment, into);
  for (const link of reduced.links) addLink(link, into);
  return reduced.text;
}

function addLine(line: string, into: CollectedContent): void {
  if (line === '' || into.lines.length > mostLines || into.lines.includes(line)) return;
  into.lines.push(into.lines.length < mostLines ? line : '[cut: too many parts]');
}

function addAttachment(attachment: Attachment, into: CollectedContent): void {
  if (into.attachments.length >= mostParts) return;
  if (!into.attachments.some((known) => known.url === attachment.url)) into.attachments.push(attachment);
}

function addLink(link: { url: string; title?: string }, into: CollectedContent): void {
  if (into.links.length >= mostParts) return;
  if (!into.links.some((known) => known.url === link.url)) into.links.push(link);
}

function kindOf(contentType: string): AttachmentKind {
  const family = contentType.toLowerCase().split('/')[0];
  return family === 'image' || family === 'video' || family === 'audio' ? family : 'file';
}

function asScalar(value: unknown): string | undefined {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value) && value.length > 0 && value.every((element) => asText(element) !== undefined)) {
    return value.map((element) => asText(element)).join(', ');
  }
  return asText(value);
}
