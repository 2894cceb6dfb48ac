import type { BrokenPromise, CampaignResult } from '../campaign.js';
import { percentile, rounded } from './figures.js';
import type { Tally } from './tally.js';

/** Said loudly in the report. */
export const skipped = (why: string): CampaignResult => ({
  trials: 0,
  counts: {},
  violations: [],
  skipped: why,
});

export interface Evidence {
  trials: number;
  tally?: Tally;
  broken?: Omit<BrokenPromise, 'class'>[];
  figures?: Record<string, number | string>;
  /** Milliseconds. */
  recoveries?: number[];
}

/** What a campaign answers: what was lost, doubled or out of order, and which other promise was broken. */
export function verdictOn({
  trials,
  tally,
  broken = [],
  figures = {},
  recoveries,
}: Evidence): CampaignResult {
  const violations: CampaignResult['violations'] = broken.map((one) => ({ class: 'promise', ...one }));
  if (tally !== undefined) {
    violations.push(...tally.violations);
    // The far side of these campaigns refuses nothing for good.
    const { deadLetters } = tally.counts;
    if (deadLetters > 0)
      violations.push({ class: 'promise', about: 'nothing is given up', detail: `${deadLetters} messages` });
  }
  return {
    trials,
    counts: tally?.counts ?? {},
    violations,
    figures,
    ...(recoveries === undefined ? {} : { recoveries }),
  };
}

/** `p50 12 · p99 30 · max 31 ms`, for the report. */
export function spreadOf(values: readonly number[], digits = 0): string {
  if (values.length === 0) return 'none';
  // A long run has more of them than a call takes arguments.
  const [p50, p99, max] = [0.5, 0.99, 1].map((part) => rounded(percentile(values, part), digits));
  return `p50 ${p50} · p99 ${p99} · max ${max} ms (${values.length})`;
}
