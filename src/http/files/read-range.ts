export type Range =
  | { outcome: 'whole' }
  | { outcome: 'part'; first: number; last: number }
  | { outcome: 'unsatisfiable' };

/** One range of bytes; several at once, or none that can be read, get the whole. */
export function readRange(header: string | undefined, size: number): Range {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header ?? '');
  if (match === null || (match[1] === '' && match[2] === '')) return { outcome: 'whole' };
  const [, from = '', to = ''] = match;
  if (from === '') {
    const length = Math.min(Number(to), size);
    return length === 0
      ? { outcome: 'unsatisfiable' }
      : { outcome: 'part', first: size - length, last: size - 1 };
  }
  const first = Number(from);
  const last = to === '' ? size - 1 : Math.min(Number(to), size - 1);
  if (first >= size) return { outcome: 'unsatisfiable' };
  return last < first ? { outcome: 'whole' } : { outcome: 'part', first, last };
}
