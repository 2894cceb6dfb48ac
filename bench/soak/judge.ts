import { median } from '../support/statistics.js';
import { CLEARED, type Sample } from './sample.js';

export interface Line {
  what: string;
  first: number;
  middle: number;
  last: number;
  highest: number;
  /** Whether it must stay as it is. */
  isBound: boolean;
  isFlat: boolean;
}

/** So much more in the last third than in the middle one is not growth: garbage, vacuum and chance come and go. */
const TOLERANCE = 1.2;
const LEAST = 5;
/** A table's files stop growing once as many dead rows are vacuumed as rows come: that takes several rounds of autovacuum. */
const SIZES_SETTLE_SECONDS = 15 * 60;

/** Compares the thirds of the run; the first one, in which everything fills up, is shown only. */
export function judge(samples: readonly Sample[]): Line[] {
  const names = [...new Set(samples.flatMap(({ numbers }) => Object.keys(numbers)))];
  const third = Math.ceil(samples.length / 3);
  return names.map((what) => {
    const values = samples.map(({ numbers }) => numbers[what] ?? 0);
    const [first, middle, last] = [
      median(values.slice(0, third)),
      median(values.slice(third, 2 * third)),
      median(values.slice(2 * third)),
    ];
    const table = what.split(',')[0] ?? '';
    const isSettled = !what.endsWith(', kB') || (samples.at(-1)?.seconds ?? 0) > SIZES_SETTLE_SECONDS;
    const isBound = !what.includes(',') || what.startsWith('RSS') || (CLEARED.includes(table) && isSettled);
    const isFlat = !isBound || last <= middle * TOLERANCE + LEAST;
    return { what, first, middle, last, highest: Math.max(...values), isBound, isFlat };
  });
}

export function renderLines(lines: readonly Line[]): string {
  const rows = lines.map(({ what, first, middle, last, highest, isBound, isFlat }) =>
    [what, first, middle, last, highest, isBound ? (isFlat ? 'flat' : 'GROWS') : 'not judged'].join(' | '),
  );
  return [
    'what | first third | second | last | highest | verdict',
    '--- | --- | --- | --- | --- | ---',
    ...rows,
  ]
    .map((row) => `| ${row} |`)
    .join('\n');
}
