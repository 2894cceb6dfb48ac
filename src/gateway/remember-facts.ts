import type { Fact } from '../contract/facts.js';
import { compareCursors } from './compare-cursors.js';

const MOST = 500;
/** What was erased must not live on here. */
const LONGEST_MS = 60_000;

export interface RecentFacts {
  startAt(cursor: string): void;
  /** `reached` is where the reader stands after them. */
  add(facts: Fact[], reached: string): void;
  /** All facts told after the cursor, or undefined when some of them are not remembered. */
  after(cursor: string): Fact[] | undefined;
}

/** The last facts of a workspace as they were told: a screen that lost its connection for a moment needs no query. */
export function rememberFacts(now: () => number = Date.now): RecentFacts {
  let pages: { from: string; to: string; facts: Fact[]; at: number }[] = [];
  let reached: string | undefined;

  const forgetOld = (): void => {
    let count = pages.reduce((sum, { facts }) => sum + facts.length, 0);
    while (pages[0] !== undefined && (count > MOST || now() - pages[0].at > LONGEST_MS)) {
      count -= pages[0].facts.length;
      pages.shift();
    }
  };

  return {
    startAt(cursor) {
      pages = [];
      reached = cursor;
    },
    add(facts, to) {
      if (reached !== undefined) pages.push({ from: reached, to, facts, at: now() });
      reached = to;
      forgetOld();
    },
    after(cursor) {
      forgetOld();
      const floor = pages[0]?.from ?? reached;
      if (floor === undefined || compareCursors(cursor, floor) < 0) return undefined;
      return pages
        .filter(({ to }) => compareCursors(to, cursor) > 0)
        .flatMap(({ facts }) => facts.filter((fact) => compareCursors(fact.cursor, cursor) > 0));
    },
  };
}
