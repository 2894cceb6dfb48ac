import type { Refusal } from '../route.js';

const decoder = new TextDecoder('utf-8', { fatal: true });
const DEEPEST = 32;
const MOST_KEYS = 1_000;
const LONGEST_ARRAY = 1_000;
/** What no column of text can hold: NUL and halves of surrogate pairs. */
const UNSTORABLE = /\0|\p{Surrogate}/u;

export type JsonReading = { outcome: 'read'; value: Record<string, unknown> } | Refusal;

/** Strict JSON: UTF-8, one object, bounded in every direction. Of equal keys the last one counts. */
export function readJson(bytes: Buffer): JsonReading {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    return refusal('invalid_utf8', 'The body is not valid UTF-8.');
  }
  if (text.trim() === '') return notAnObject;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refusal('invalid_json', 'The body is not valid JSON.');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return notAnObject;
  return findExcess(value, 1) ?? { outcome: 'read', value: value as Record<string, unknown> };
}

function findExcess(value: unknown, depth: number): Refusal | undefined {
  if (typeof value === 'string') return UNSTORABLE.test(value) ? unstorable : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth > DEEPEST) return refusal('too_deep', `The body is nested deeper than ${DEEPEST} levels.`);
  if (Array.isArray(value)) {
    if (value.length > LONGEST_ARRAY)
      return refusal('too_complex', `A list has more than ${LONGEST_ARRAY} items.`);
    return firstExcess(value, depth);
  }
  const keys = Object.keys(value);
  if (keys.length > MOST_KEYS) return refusal('too_complex', `An object has more than ${MOST_KEYS} fields.`);
  return firstExcess(keys, depth) ?? firstExcess(Object.values(value), depth);
}

function firstExcess(values: readonly unknown[], depth: number): Refusal | undefined {
  for (const value of values) {
    const excess = findExcess(value, depth + 1);
    if (excess) return excess;
  }
  return undefined;
}

const refusal = (code: Refusal['code'], message: string): Refusal => ({ outcome: 'refused', code, message });
const notAnObject = refusal('body_not_an_object', 'The body must be a JSON object.');
const unstorable = refusal('invalid_request', 'A text holds a NUL character or half of a surrogate pair.');
