/** How many guards are remembered; the oldest go first. */
const REMEMBERED = 10_000;

/** Counts refusals by who and where, so that guessing a token is slow. */
export function createRefusalLimit(options: { perMinute: number; now?: () => number }): {
  count(guard: string): void;
  /** 0 when not blocked. */
  blockedSeconds(guard: string): number;
} {
  // A clock that never jumps: else one that goes back two hours locks out for two hours.
  const now = options.now ?? (() => performance.now());
  const windows = new Map<string, { from: number; count: number }>();
  return {
    count(guard) {
      const at = now();
      const window = windows.get(guard);
      windows.delete(guard);
      if (window === undefined || at - window.from >= 60_000) windows.set(guard, { from: at, count: 1 });
      else windows.set(guard, { from: window.from, count: window.count + 1 });
      const oldest = windows.keys().next();
      if (windows.size > REMEMBERED && oldest.done !== true) windows.delete(oldest.value);
    },
    blockedSeconds(guard) {
      const window = windows.get(guard);
      if (window === undefined || window.count < options.perMinute) return 0;
      return Math.max(0, Math.ceil((window.from + 60_000 - now()) / 1_000));
    },
  };
}
