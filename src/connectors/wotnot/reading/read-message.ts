import type { Author, MessageContent } from '../../../domain/conversation.js';
import { messageId } from '../message-id.js';
import { cutWords, firstPresent, firstText, isRecord, pick, present } from '../pick.js';
import { type CollectedContent, collectContent } from './collect-content.js';
import { messageKind, placeholderFor } from './message-kinds.js';
import { readAuthor } from './read-author.js';
import { type FactOf, readContact } from './read-contact.js';

const longestText = 64_000;
const mostParts = 200;

/** A message of any kind: its words as text, and what came with them. undefined when there is no message at all. */
export function readMessage(
  event: Record<string, unknown>,
): Omit<FactOf<'message'>, 'occurredAt'> | undefined {
  const payload = pick(event, 'event', 'payload');
  const message = firstPresent(pick(payload, 'message'), pick(payload, 'messages'), flatMessage(payload));
  if (message === undefined) return undefined;
  const kind = messageKind(firstText(pick(message, 'type'), pick(payload, 'message_type')));
  const { lines, ...parts } = collectContent(withoutIds(message), kind);
  const text = cutWords(lines.join('\n'), longestText);
  return present<Omit<FactOf<'message'>, 'occurredAt'>>({
    type: 'message',
    contact: readContact(event),
    author: findAuthor(event, payload, message),
    kind,
    text: text === '' && isBare(parts) ? placeholderFor(kind) : text,
    content: contentOf(parts),
    externalMessageId: messageId(payload),
  });
}

/** A payload that is the message itself. */
function flatMessage(payload: unknown): unknown {
  const speaks = ['text', 'body', 'data', 'file', 'attachments'].some(
    (name) => pick(payload, name) !== undefined,
  );
  return speaks ? payload : undefined;
}

/** A message's own ids and its author are no part of what it says. */
function withoutIds(message: unknown): unknown {
  if (!isRecord(message)) return message;
  const {
    id: _id,
    key: _key,
    message_id: _messageId,
    message_by: _author,
    created_at: _time,
    ...rest
  } = message;
  return rest;
}

function findAuthor(event: unknown, payload: unknown, message: unknown): Author {
  const places = [
    pick(payload, 'message_by'),
    pick(message, 'message_by'),
    pick(payload, 'by'),
    pick(message, 'by'),
    pick(payload, 'sender'),
    pick(payload, 'user'),
    pick(event, 'event', 'by'),
  ];
  for (const place of places) {
    const author = readAuthor(place);
    if (author) return author;
  }
  // Nobody else is a mere visitor: a message that nobody signed is shown, in nobody's name.
  return { type: 'system' };
}

function isBare(parts: Omit<CollectedContent, 'lines'>): boolean {
  return parts.attachments.length + parts.buttons.length + parts.links.length === 0;
}

function contentOf(parts: Omit<CollectedContent, 'lines'>): MessageContent {
  const some = <T>(list: T[]): T[] | undefined => (list.length > 0 ? list.slice(0, mostParts) : undefined);
  return present<MessageContent>({
    attachments: some(parts.attachments),
    buttons: some(parts.buttons),
    links: some(parts.links),
  });
}
