import { WotNotInputError } from './errors.js';

const parameter = /<(\w+)>/g;

/** The names between angle brackets. */
export function listParameters(path: string): string[] {
  return [...path.matchAll(parameter)].map((match) => match[1] ?? '');
}

/** Puts ids into a documented path. An id that could lead to another operation is refused. */
export function fillPath(operation: string, path: string, ids: Readonly<Record<string, unknown>>): string {
  return path.replace(parameter, (_, name: string) => encodeId(operation, name, ids[name]));
}

function encodeId(operation: string, name: string, id: unknown): string {
  const refuse = (message: string) => new WotNotInputError(operation, [{ message, path: [name] }]);
  if (typeof id !== 'string' && typeof id !== 'number') throw refuse('is required');
  const text = String(id);
  if (text === '' || text === '.' || text === '..') throw refuse('cannot be part of a path');
  // Control characters, and halves of a character that cannot be encoded.
  if (/[\p{Cc}\p{Cs}]/u.test(text)) throw refuse('holds a character that no id has');
  return encodeURIComponent(text);
}
