/** A whole string, or a whole number outside of strings. Linear on valid JSON, where every quote is closed. */
const token = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;

/**
 * Puts numbers that JavaScript cannot hold exactly (from 16 digits on, or beyond its range) between
 * quotes, so that an id keeps all its digits. Expects valid JSON.
 */
export function quoteLongNumbers(json: string): string {
  return json.replace(token, (found) => {
    if (found.startsWith('"')) return found;
    return Math.abs(Number(found)) < 1e15 ? found : `"${found}"`;
  });
}
