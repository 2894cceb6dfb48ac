const everyUnstorable = /[\0\ud800-\udfff]/gu;

/** A copy of parsed JSON that a database can store: NUL removed, half a surrogate pair replaced by U+FFFD. */
export function makeStorable(value: Record<string, unknown>): {
  value: Record<string, unknown>;
  cleaned: boolean;
} {
  let cleaned = false;
  const text = (given: string): string =>
    given.replace(everyUnstorable, (found) => {
      cleaned = true;
      return found === '\0' ? '' : '\uFFFD';
    });
  const copy = (found: unknown): unknown => {
    if (typeof found === 'string') return text(found);
    if (typeof found !== 'object' || found === null) return found;
    if (Array.isArray(found)) return found.map(copy);
    return Object.fromEntries(Object.entries(found).map(([key, inner]) => [text(key), copy(inner)]));
  };
  return { value: copy(value) as Record<string, unknown>, cleaned };
}
