/** The pauses before each attempt, in seconds: 14 attempts over three days. */
export const ATTEMPT_PAUSES_SECONDS = [
  0, 5, 30, 120, 300, 900, 1_800, 3_600, 7_200, 14_400, 28_800, 43_200, 86_400, 86_400,
] as const;

/** What the outside may ask for, in seconds. */
const RETRY_AFTER_RANGE = { least: 1, most: 86_400 } as const;

/**
 * How long to wait after the attempt of that number (from 1) has failed, or undefined when it was the last.
 * `chance` is in [0, 1) and spreads the pauses by a tenth either way.
 */
export function pauseAfter(attempt: number, chance: number): number | undefined {
  const pause = ATTEMPT_PAUSES_SECONDS[attempt];
  return pause === undefined ? undefined : pause * (0.9 + 0.2 * chance);
}

/** What the outside asked for, brought into range, and a little later than that: never earlier. */
export function pauseAsAsked(retryAfterSeconds: number, chance: number): number {
  const asked = Math.min(RETRY_AFTER_RANGE.most, Math.max(RETRY_AFTER_RANGE.least, retryAfterSeconds));
  return asked * (1 + 0.05 * chance);
}
