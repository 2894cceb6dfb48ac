/** A token bucket: `burst` at once, refilled with `perSecond`. Answers whether one more may pass. */
export function spendRate(
  perSecond: number,
  burst: number,
  now: () => number = () => performance.now(),
): () => boolean {
  let left = burst;
  let at = now();
  return () => {
    const time = now();
    left = Math.min(burst, left + ((time - at) / 1000) * perSecond);
    at = time;
    if (left < 1) return false;
    left -= 1;
    return true;
  };
}
