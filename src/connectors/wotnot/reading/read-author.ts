import type { Author } from '../../../domain/conversation.js';
import { asText, cutText, firstPresent, firstText, isRecord, pick, present } from '../pick.js';

const authorTypes: Record<string, Author['type']> = {
  visitor: 'contact',
  contact: 'contact',
  customer: 'contact',
  end_user: 'contact',
  enduser: 'contact',
  bot: 'bot',
  chatbot: 'bot',
  agent: 'agent',
  user: 'agent',
  human: 'agent',
  admin: 'agent',
  operator: 'agent',
  system: 'system',
};

/** Who said or did something: `message_by`, `by` …, as a word, an e-mail or an object. */
export function readAuthor(value: unknown): Author | undefined {
  const word = asText(value);
  if (word !== undefined) return authorFromWord(word);
  if (!isRecord(value)) return undefined;
  const inner = firstPresent(pick(value, 'user'), pick(value, 'by'));
  const email = readEmail(firstText(pick(value, 'email'), pick(value, 'user_email')));
  const type = readType(value) ?? (email === undefined ? undefined : 'agent');
  if (type === undefined) return inner === undefined ? undefined : readAuthor(inner);
  const name = readName(value);
  const externalId = firstText(pick(value, 'id'), pick(value, 'key'));
  return present<Author>({ type, name, email, externalId: externalId && cutText(externalId, 128) });
}

/** A person's name from one field or from two. */
export function readName(value: unknown): string | undefined {
  const parts = [asText(pick(value, 'first_name')), asText(pick(value, 'last_name'))].filter(Boolean);
  const name = firstText(pick(value, 'name'), pick(value, 'full_name'), parts.join(' '));
  return name === undefined ? undefined : cutText(name, 200);
}

/** Lower case, as agents are addressed by it; undefined when it is no address. */
export function readEmail(value: unknown): string | undefined {
  const text = asText(value)?.toLowerCase();
  return text !== undefined && text.length <= 254 && /^[^\s@]+@[^\s@]+$/.test(text) ? text : undefined;
}

function authorFromWord(word: string): Author | undefined {
  const type = typeOf(word);
  if (type !== undefined) return { type };
  const email = readEmail(word);
  return email === undefined ? undefined : { type: 'agent', email };
}

function readType(value: Record<string, unknown>): Author['type'] | undefined {
  const typeId = firstText(pick(value, 'type_id'), pick(value, 'user_type_id'));
  if (typeId === '2') return 'bot';
  const word = firstText(pick(value, 'type'), pick(value, 'user_type'));
  return word === undefined ? undefined : typeOf(word);
}

function typeOf(word: string): Author['type'] | undefined {
  const key = word.toLowerCase();
  return Object.hasOwn(authorTypes, key) ? authorTypes[key] : undefined;
}
