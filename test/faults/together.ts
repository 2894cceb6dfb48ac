import type { CampaignResult } from './campaign.js';
import { addCounts } from './checker.js';

/** Several runs as one. Figures of the same name are added up, but the greatest is what counts of a `…Max`. */
export function together(...results: readonly CampaignResult[]): CampaignResult {
  const figures: Record<string, number | string> = {};
  for (const [name, value] of results.flatMap((result) => Object.entries(result.figures ?? {}))) {
    const known = figures[name];
    if (typeof known !== 'number' || typeof value !== 'number') figures[name] = value;
    else figures[name] = name.endsWith('Max') ? Math.max(known, value) : known + value;
  }
  return {
    trials: results.reduce((sum, { trials }) => sum + trials, 0),
    counts: addCounts(results.map(({ counts }) => counts)),
    violations: results.flatMap(({ violations }) => violations),
    recoveries: results.flatMap(({ recoveries }) => recoveries ?? []),
    figures,
  };
}
