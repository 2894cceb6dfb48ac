/**
 * An http(s) URL in its canonical spelling, or undefined. Host names come out in punycode, so that a name
 * made of look-alike letters shows what it is.
 */
export function safeUrl(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > 4_096) return undefined;
  const text = value.trim();
  const absolute = text.startsWith('//') ? `https:${text}` : text;
  if (!/^https?:/i.test(absolute)) return undefined;
  try {
    const url = new URL(absolute);
    return url.username === '' && url.password === '' ? url.href : undefined;
  } catch {
    return undefined;
  }
}
