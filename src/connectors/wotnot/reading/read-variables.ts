import type { Variables } from '../../../domain/conversation.js';
import { asText, cutText, firstText, isRecord, pick } from '../pick.js';

const longestValue = 16_000;

export interface ReadVariables {
  /** The conversation's. */
  variables: Variables;
  ofContact: Variables;
}

/** Variables from `[{type, name, value}]`, from one such item, or from a plain object of names and values. */
export function readVariables(value: unknown): ReadVariables {
  if (Array.isArray(value)) return tellApart(value);
  if (!isRecord(value)) return { variables: {}, ofContact: {} };
  if (nameOf(value) !== undefined && Object.hasOwn(value, 'value')) return tellApart([value]);
  const variables = Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [cutText(name, 200), valueOf(inner)] as const),
  );
  return { variables, ofContact: {} };
}

/** `type` is a contact's or a conversation's, as WotNot takes it, or the kind of the value, as it tells it. */
function tellApart(items: unknown[]): ReadVariables {
  const isOfContact = (item: unknown): boolean => asText(pick(item, 'type'))?.toLowerCase() === 'contact';
  return {
    variables: Object.fromEntries(items.filter((item) => !isOfContact(item)).flatMap(readItem)),
    ofContact: Object.fromEntries(items.filter(isOfContact).flatMap(readItem)),
  };
}

function readItem(item: unknown): [string, string][] {
  const name = nameOf(item);
  return name === undefined ? [] : [[name, valueOf(pick(item, 'value'))]];
}

function nameOf(item: unknown): string | undefined {
  const name = firstText(pick(item, 'name'), pick(item, 'key'), pick(item, 'label'));
  return name === undefined ? undefined : cutText(name, 200);
}

function valueOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return cutText(value, longestValue);
  if (typeof value === 'boolean') return String(value);
  return asText(value) ?? cutText(JSON.stringify(value), longestValue);
}
