/** A burst of so many seconds' worth may go at once. */
const BURST_SECONDS = 5;
const REMEMBERED = 10_000;

/**
 * A desk's limit for a whole account, kept by this process: an order that comes too soon is told when to
 * come again, and holds no worker meanwhile. What several processes send together the desk itself limits.
 */
export function createAccountPace(now: () => number = () => performance.now()): {
  /** @returns 0: now; else in how many seconds. */
  ask(connectionId: string, callsPerMinute: number | undefined): number;
} {
  const nextAt = new Map<string, number>();
  return {
    ask(connectionId, callsPerMinute) {
      if (callsPerMinute === undefined) return 0;
      const step = 60_000 / callsPerMinute;
      const at = now();
      const due = Math.max(nextAt.get(connectionId) ?? 0, at - BURST_SECONDS * 1_000);
      if (due > at) return (due - at) / 1_000;
      if (nextAt.size >= REMEMBERED) nextAt.clear();
      nextAt.set(connectionId, due + step);
      return 0;
    },
  };
}
