export interface Rate {
  /** Requests a second, over time. */
  perSecond: number;
  /** How many may go at once after a rest; one second's worth unless said. */
  burst?: number;
}

export interface RateBudget {
  /** Takes one place and says how many milliseconds to wait for it. */
  take(): number;
  /** Gives a place back that was not used. */
  giveBack(): void;
}

/**
 * A bucket that fills by the clock. It may be overdrawn: whoever takes then waits for its own place,
 * so callers keep their order and nobody is starved.
 */
export function createRateBudget(rate: Rate, now: () => number = () => performance.now()): RateBudget {
  const burst = Math.max(1, rate.burst ?? Math.ceil(rate.perSecond));
  let places = burst;
  let filledAt = now();
  const fill = () => {
    const at = now();
    places = Math.min(burst, places + ((at - filledAt) / 1000) * rate.perSecond);
    filledAt = at;
  };
  return {
    take() {
      fill();
      places -= 1;
      return places >= 0 ? 0 : Math.ceil((-places / rate.perSecond) * 1000);
    },
    giveBack() {
      fill();
      places = Math.min(burst, places + 1);
    },
  };
}
