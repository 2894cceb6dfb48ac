/**
 * Negative when `a` comes before `b` in the feed. A cursor is `<transaction>.<position>`, two whole numbers
 * of any length without leading zeros.
 */
export function compareCursors(a: string, b: string): number {
  if (a === b) return 0;
  const [transactionA = '', positionA = ''] = a.split('.');
  const [transactionB = '', positionB = ''] = b.split('.');
  return compareNumbers(transactionA, transactionB) || compareNumbers(positionA, positionB);
}

/** Whether it has the form of a cursor; only such ones can be compared. */
export const isCursor = (value: string): boolean => /^(0|[1-9]\d{0,18})\.(0|[1-9]\d{0,18})$/.test(value);

function compareNumbers(a: string, b: string): number {
  if (a.length !== b.length) return a.length - b.length;
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
