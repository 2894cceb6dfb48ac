import type { Refusal } from '../route.js';

export type QueryReading = { outcome: 'read'; value: Record<string, string> } | Refusal;

/** The parameters of an address, each once and no structure in them. */
export function readQuery(url: string): QueryReading {
  const start = url.indexOf('?');
  const entries = start === -1 ? [] : [...new URLSearchParams(url.slice(start + 1))];
  const value: Record<string, string> = Object.fromEntries(entries);
  if (Object.keys(value).length < entries.length) {
    return {
      outcome: 'refused',
      code: 'repeated_parameter',
      message: 'A query parameter was given more than once.',
    };
  }
  return { outcome: 'read', value };
}
