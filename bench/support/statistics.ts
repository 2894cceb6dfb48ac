/** The middle of several figures. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** @param share in [0, 1]: 0.99 for p99 */
export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  if (sorted.length === 0) return Number.NaN;
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** Milliseconds since the epoch with a fraction, comparable between processes of one machine. */
export const preciseNow = (): number => performance.timeOrigin + performance.now();
