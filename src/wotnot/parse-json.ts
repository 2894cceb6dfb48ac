export type ParsedJson = { outcome: 'json'; value: unknown } | { outcome: 'not_json' };

const strict = new TextDecoder('utf-8', { fatal: true });
const stringOrNumber = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;

/**
 * Reads UTF-8 JSON and keeps every digit of an id: an integer that a JavaScript number cannot hold
 * becomes a string. A byte order mark is accepted.
 */
export function parseJson(bytes: Uint8Array): ParsedJson {
  try {
    const text = strict.decode(bytes);
    const value: unknown = JSON.parse(text);
    return { outcome: 'json', value: /\d{16}/.test(text) ? JSON.parse(quoteLongIntegers(text)) : value };
  } catch {
    return { outcome: 'not_json' };
  }
}

/** Safe on valid JSON only: there every quote opens or closes a string, so one pass is enough. */
function quoteLongIntegers(json: string): string {
  return json.replace(stringOrNumber, (token) =>
    /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token,
  );
}
