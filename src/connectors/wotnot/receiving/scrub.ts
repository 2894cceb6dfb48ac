/** NUL, or half of a surrogate pair: what a database cannot store. */
const unstorable = /[\0\ud800-\udfff]/u;
const everyUnstorable = /[\0\ud800-\udfff]/gu;

export interface Scrubbed {
  value: unknown;
  /** Whether characters were removed or replaced. */
  cleaned: boolean;
}

/**
 * A copy of parsed JSON that can be stored: NUL removed, a lone surrogate replaced by U+FFFD, and every
 * occurrence of the token taken out. Keys such as `__proto__` stay the data that they are.
 */
export function scrub(value: unknown, secret: string): Scrubbed {
  let cleaned = false;

  function scrubText(text: string): string {
    let storable = text;
    if (unstorable.test(text)) {
      cleaned = true;
      storable = text.replace(everyUnstorable, (found) => (found === '\0' ? '' : '\uFFFD'));
    }
    return storable.includes(secret) ? storable.replaceAll(secret, '[token removed]') : storable;
  }

  function scrubValue(found: unknown): unknown {
    if (typeof found === 'string') return scrubText(found);
    if (typeof found !== 'object' || found === null) return found;
    if (Array.isArray(found)) return found.map(scrubValue);
    // fromEntries defines properties and never assigns them: `__proto__` reaches no prototype.
    return Object.fromEntries(
      Object.entries(found).map(([key, inner]) => [scrubText(key), scrubValue(inner)]),
    );
  }

  return { value: scrubValue(value), cleaned };
}

/**
 * Whether scrubbing could change anything; asked of the body's text, as most bodies need none. `times`:
 * how often the token is there by right.
 */
export function mayNeedScrubbing(text: string, secret: string, times: 0 | 1): boolean {
  // Unstorable characters reach valid JSON only as \u escapes, and an escape may hide the token as well.
  if (text.includes('\\u') || text.includes('\\/') || /["\\]/.test(secret)) return true;
  const first = text.indexOf(secret);
  return times === 0 ? first !== -1 : first !== text.lastIndexOf(secret);
}
