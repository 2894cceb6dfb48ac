/** The account is not left alone for longer: what asked may have been one ticket's limit. */
const LONGEST_SECONDS = 60;

/** Nothing was sent, as it would have been more than the desk allows. */
export const isPaced = <T extends { outcome: string; code?: string }>(
  outcome: T,
): outcome is Extract<T, { outcome: 'retry' }> => outcome.outcome === 'retry' && outcome.code === 'paced';

/** For how long a whole account is left alone, as it asked for fewer calls; undefined when it did not. */
export function pauseAskedOf(outcome: {
  outcome: string;
  httpStatus?: number | undefined;
  retryAfterSeconds?: number | undefined;
}): number | undefined {
  if (outcome.outcome !== 'retry' || outcome.httpStatus !== 429) return undefined;
  return Math.min(outcome.retryAfterSeconds ?? 1, LONGEST_SECONDS);
}
