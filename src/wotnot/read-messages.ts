import type { ErrorMessage } from './errors.js';
import type { Redact } from './redact.js';

const mostMessages = 50;
const longestMessage = 1000;
const deepestPath = 8;

/**
 * WotNot's `message` is a sentence, a list of `{message, path}`, or `{field: ["…"]}`. All three
 * become a list.
 */
export function readMessages(message: unknown, redact: Redact): ErrorMessage[] {
  const found: ErrorMessage[] = [];
  collect(message, [], found);
  return found.slice(0, mostMessages).map((one) => ({
    ...one,
    message: redact(one.message.slice(0, longestMessage * 2)).slice(0, longestMessage),
  }));
}

function collect(value: unknown, path: (string | number)[], found: ErrorMessage[]): void {
  if (found.length >= mostMessages || path.length > deepestPath) return;
  if (typeof value === 'string') {
    found.push(path.length > 0 ? { message: value, path } : { message: value });
  } else if (Array.isArray(value)) {
    for (const item of value) collect(item, path, found);
  } else if (typeof value === 'object' && value !== null) {
    if ('message' in value && typeof value.message === 'string') {
      const named = 'path' in value ? readPath(value.path) : [];
      collect(value.message, [...path, ...named], found);
      return;
    }
    for (const [field, inner] of Object.entries(value)) collect(inner, [...path, field], found);
  }
}

function readPath(path: unknown): (string | number)[] {
  if (!Array.isArray(path)) return typeof path === 'string' ? [path] : [];
  return path.filter((part): part is string | number => typeof part === 'string' || typeof part === 'number');
}
