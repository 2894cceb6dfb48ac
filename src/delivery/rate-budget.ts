import { setTimeout as pause } from 'node:timers/promises';

/** What one connection may send at once after a rest, in seconds of its rate. */
const BURST_SECONDS = 1;
const REMEMBERED = 10_000;

/**
 * One budget per connection: calls beyond it wait their turn here, under their lease. By a clock that says
 * when the next call is due, so that waiting callers keep their order.
 */
export function createRateBudget(options: { perSecond: () => number; now?: () => number }): {
  spend(connectionId: string): Promise<void>;
} {
  const now = options.now ?? (() => performance.now());
  const nextAt = new Map<string, number>();
  return {
    async spend(connectionId) {
      const at = now();
      const due = Math.max(nextAt.get(connectionId) ?? 0, at - BURST_SECONDS * 1_000);
      if (nextAt.size >= REMEMBERED) nextAt.clear();
      nextAt.set(connectionId, due + 1_000 / options.perSecond());
      if (due > at) await pause(due - at);
    },
  };
}
