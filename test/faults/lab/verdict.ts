import type { BrokenPromise, CampaignResult } from '../campaign.js';
import type { Violation } from '../checker.js';
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
  const example = tally?.examples.join('; ') ?? '';
  const found = (kind: Violation['class'], count: number): Violation[] =>
    count === 0 ? [] : [{ class: kind, about: `${count} times`, detail: example }];
  const violations: CampaignResult['violations'] = broken.map((one) => ({ class: 'promise', ...one }));
  if (tally !== undefined) {
    violations.push(
      ...found('lost', tally.lost),
      ...found('phantom', tally.phantom),
      ...found('reorder', tally.reordered),
      ...found('duplicateSend', tally.doubled),
      ...found('agentView', tally.gaps),
    );
  }
  return {
    trials,
    counts: tally === undefined ? {} : countsOf(tally),
    violations,
    figures,
    ...(recoveries === undefined ? {} : { recoveries }),
  };
}

const countsOf = (tally: Tally): CampaignResult['counts'] => ({
  acknowledged: tally.acknowledged.inbound + tally.acknowledged.outbound,
  lost: tally.lost,
  phantom: tally.phantom,
  reorder: tally.reordered,
  duplicateSend: tally.doubled,
  agentView: tally.gaps,
  doubledAndFlagged: tally.flagged,
  asked: tally.asked,
});

/** `p50 12 · p99 30 · max 31 ms`, for the report. */
export function spreadOf(values: readonly number[], digits = 0): string {
  if (values.length === 0) return 'none';
  // A long run has more of them than a call takes arguments.
  const [p50, p99, max] = [0.5, 0.99, 1].map((part) => rounded(percentile(values, part), digits));
  return `p50 ${p50} · p99 ${p99} · max ${max} ms (${values.length})`;
}
