import type { ErrorMessage } from './errors.js';
import type { Redact } from './redact.js';

const mostMessages = 50;
const longestMessage = 1000;
const longestName = 200;
const deepest = 8;

type Path = (string | number)[];

/**
 * WotNot's `message` is a sentence, a list of `{message, path}`, or `{field: ["…"]}`. All three
 * become a list.
 */
export function readMessages(message: unknown, redact: Redact): ErrorMessage[] {
  const found: ErrorMessage[] = [];
  collect(message, [], 0, found);
  const clean = (text: string, length: number) => redact(text.slice(0, length * 2)).slice(0, length);
  return found.slice(0, mostMessages).map(({ message: said, path }) => ({
    message: clean(said, longestMessage),
    ...(path && { path: path.map((part) => (typeof part === 'number' ? part : clean(part, longestName))) }),
  }));
}

function collect(value: unknown, path: Path, depth: number, found: ErrorMessage[]): void {
  if (found.length >= mostMessages || depth > deepest) return;
  if (typeof value === 'string') {
    found.push(path.length > 0 ? { message: value, path } : { message: value });
  } else if (Array.isArray(value)) {
    for (const item of value) collect(item, path, depth + 1, found);
  } else if (typeof value === 'object' && value !== null) {
    if ('message' in value && typeof value.message === 'string') {
      const named = 'path' in value ? readPath(value.path) : [];
      collect(value.message, [...path, ...named], depth, found);
      return;
    }
    for (const [field, inner] of Object.entries(value)) collect(inner, [...path, field], depth + 1, found);
  }
}

function readPath(path: unknown): Path {
  if (!Array.isArray(path)) return typeof path === 'string' ? [path] : [];
  return path
    .filter((part): part is string | number => typeof part === 'string' || typeof part === 'number')
    .slice(0, deepest);
}
