import type { FailureTrace } from '../ports.js';

/** What of a surprise may be logged: never its message, which may quote a customer or a secret. */
export function traceFailure(error: unknown): FailureTrace {
  if (!(error instanceof Error)) return { name: typeof error, stack: '' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { name: error.name, ...(code === undefined ? {} : { code }), stack: frames.slice(0, 20).join('\n') };
}
