export interface DescribedError {
  name: string;
  code?: string;
  message?: string;
  /** Where it happened, never what it said. */
  stack?: string;
}

const LONGEST_MESSAGE = 200;
const MOST_FRAMES = 12;

/**
 * What may be told of an exception. HTTP clients hang requests with their tokens on their errors, database
 * clients quote rows and parsers quote their input; so only four fields are taken, quotes are emptied, and
 * a database client's message is left out for its code.
 */
export function describeError(error: Error): DescribedError {
  const code = codeOf(error);
  const message = messageOf(error);
  const stack = framesOf(error);
  return {
    name: error.name.slice(0, 80),
    ...(code ? { code } : {}),
    ...(message ? { message } : {}),
    ...(stack ? { stack } : {}),
  };
}

function codeOf(error: Error): string | undefined {
  const { code } = error as { code?: unknown };
  if (typeof code === 'number') return String(code);
  return typeof code === 'string' && /^[\w-]{1,60}$/.test(code) ? code : undefined;
}

function messageOf(error: Error): string | undefined {
  // A message that is not text, or an accessor that throws, belongs to an object that only looks like an error.
  if (typeof error.message !== 'string' || error.name.startsWith('PrismaClient')) return undefined;
  const firstLine = error.message.split('\n', 1)[0] ?? '';
  const unquoted = firstLine
    .replace(/=\([^)]*\)?/g, '=(…)')
    .replace(/"[^"]*("|$)/g, '"…"')
    .replace(/`[^`]*(`|$)/g, '`…`')
    .replace(/(^|[\s:([])'[^']*('|$)/g, "$1'…'");
  return unquoted.length > LONGEST_MESSAGE ? `${unquoted.slice(0, LONGEST_MESSAGE)}…` : unquoted;
}

function framesOf(error: Error): string | undefined {
  if (typeof error.stack !== 'string') return undefined;
  const frames = error.stack
    .split('\n')
    .filter((line) => /^ {4}at .*(:\d+:\d+\)?|<anonymous>\)?|\(native\))$/.test(line));
  return frames.length > 0 ? frames.slice(0, MOST_FRAMES).join('\n') : undefined;
}
