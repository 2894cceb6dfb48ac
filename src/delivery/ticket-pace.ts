import type { LaneHead } from '../store/outbox.js';

export interface Pace {
  /** 0: now. */
  waitSeconds: number;
  /** How full the bucket is after one more; undefined where the desk sets no limit. */
  level: number | undefined;
}

/**
 * A desk's limit of `most` writes to one ticket in any `seconds`, as a bucket that leaks: two thirds may go
 * at once, the rest but one spread over the time, so that no window of that length ever has more than
 * `most`. The one is for the order that fills the bucket and needs a second write.
 */
export function paceOf(
  head: Pick<LaneHead, 'pace'>,
  budget: { most: number; seconds: number } | undefined,
): Pace {
  if (budget === undefined) return { waitSeconds: 0, level: undefined };
  const burst = Math.max(1, Math.floor((budget.most * 2) / 3));
  const perSecond = Math.max(budget.most - burst - 1, 1) / budget.seconds;
  const level = Math.max(0, head.pace.level - head.pace.secondsAgo * perSecond);
  const over = level + 1 - burst;
  return over > 0
    ? { waitSeconds: over / perSecond, level: undefined }
    : { waitSeconds: 0, level: level + 1 };
}
