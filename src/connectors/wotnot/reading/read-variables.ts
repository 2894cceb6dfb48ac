import type { Variables } from '../../../domain/conversation.js';
import { asText, cutText, firstText, isRecord, pick } from '../pick.js';

const longestValue = 16_000;

/** Variables from `[{type, name, value}]`, from one such item, or from a plain object of names and values. */
export function readVariables(value: unknown): Variables {
  if (Array.isArray(value)) return Object.fromEntries(value.flatMap(readItem));
  if (!isRecord(value)) return {};
  if (nameOf(value) !== undefined && Object.hasOwn(value, 'value'))
    return Object.fromEntries(readItem(value));
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [cutText(name, 200), valueOf(inner)] as const),
  );
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
