/** Control characters, separators of paths, and marks that turn the direction of writing around. */
const UNWELCOME = /[\p{Cc}\p{Surrogate}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** A name that is shown and sent on, and never used as a path. */
export function cleanFileName(name: string): string {
  const last = name.replaceAll('\\', '/').split('/').at(-1) ?? '';
  const clean = last.replaceAll(UNWELCOME, '').trim();
  if (/^\.*$/.test(clean)) return 'file';
  if (clean.length <= 200) return clean;
  const dot = clean.lastIndexOf('.');
  const ending = dot > 0 && clean.length - dot <= 12 ? clean.slice(dot) : '';
  return clean.slice(0, 200 - ending.length).replace(/\p{Surrogate}$/u, '') + ending;
}
