/**
 * Lets a stranger's refusals into the log sixty times a minute, so that a flood of them does not fill the
 * disk; the first line after a silence says how many were left out.
 */
export function createQuota(perMinute = 60, now: () => number = Date.now): Quota {
  let minute = 0;
  let said = 0;
  let unsaid = 0;
  return (say) => {
    const current = Math.floor(now() / 60_000);
    if (current !== minute) {
      minute = current;
      said = 0;
    }
    if (said >= perMinute) {
      unsaid += 1;
      return;
    }
    said += 1;
    const missed = unsaid;
    unsaid = 0;
    say(missed > 0 ? missed : undefined);
  };
}

/** Calls back, unless too much was said already, with the number of times it did not. */
export type Quota = (say: (unsaid: number | undefined) => void) => void;
