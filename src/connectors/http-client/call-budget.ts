import { setTimeout as pause } from 'node:timers/promises';

/** No more than `most` calls in any so many seconds. One name always has the same seconds. */
export interface Allowance {
  name: string;
  most: number;
  seconds: number;
  /** Looks and new orders leave a part of it to what is more urgent. */
  shared?: true;
}

/**
 * How urgent a call is. begun: one of several, or somebody waits for it: it stands in line · order: the first of an
 * order · look: the first of a look that was hinted at · poll: of one by the clock. All but the first are told when to
 * come again while there is no room, so that they hold nobody.
 */
export type Rank = 'begun' | 'order' | 'look' | 'poll';

export interface Spending {
  /** What the call takes of. */
  of: readonly Allowance[];
  /** What the calls behind it will take of: there must be room as well. */
  ahead?: readonly Allowance[];
  rank: Rank;
  /** How long it stands in line; as long as its signal lets it, when missing. */
  patienceSeconds?: number;
}

export type Taken = { outcome: 'taken'; done(): void } | { outcome: 'paced'; seconds: number };

export interface CallBudget {
  take(spending: Spending, signal: AbortSignal): Promise<Taken>;
  /**
   * What the other side says that it allows, and how much of it is left: others may call there as well. Of what an
   * account allows nothing is learnt by a call without a limit: the window is that of calls with a smaller one.
   */
  learn(allowance: Allowance, told: { total: number | undefined; remaining: number | undefined }): void;
}

interface Window {
  milliseconds: number;
  underWay: number;
  /** When calls ended, oldest first: one counts until nobody can have seen it within the time any more. */
  ended: number[];
  told: number | undefined;
}

const SHARES: Record<Rank, number> = { begun: 1, order: 0.9, look: 0.7, poll: 0.5 };
const LINE_MILLISECONDS = 100;
/** While calls are under way nobody knows when there will be room. */
const SOON_MILLISECONDS = 1_000;
const MOST_WINDOWS = 10_000;
/** One answer is not believed to know of more calls by others. */
const MOST_LEARNT = 10_000;

export interface Counting {
  /** A steady clock in milliseconds. */
  now?: (() => number) | undefined;
  /** How many processes call the same accounts, this one too: each keeps to its part of what they allow. */
  sharers?: (() => number) | undefined;
}

/**
 * Keeps calls within what each account allows: in no window of the allowance's length does the other side see more,
 * whenever its own window begins.
 */
export function createCallBudget({
  now = () => performance.now(),
  sharers = () => 1,
}: Counting = {}): CallBudget {
  const windows = new Map<string, Window>();
  /** Who stands in line, by the first allowance's name. */
  const lines = new Map<string, { length: number; last: Promise<unknown> }>();

  const windowOf = ({ name, seconds }: Allowance): Window => {
    const known = windows.get(name);
    if (known !== undefined) return known;
    if (windows.size >= MOST_WINDOWS) forgetOld();
    const window = { milliseconds: seconds * 1_000, underWay: 0, ended: [], told: undefined };
    windows.set(name, window);
    return window;
  };

  const forgetOld = (): void => {
    for (const [name, window] of windows) {
      drop(window);
      if (window.underWay === 0 && window.ended.length === 0) windows.delete(name);
    }
  };

  const drop = ({ ended, milliseconds }: Window): void => {
    const over = ended.findIndex((at) => at > now() - milliseconds);
    ended.splice(0, over === -1 ? ended.length : over);
  };

  /** @returns in how many milliseconds there is room; 0: now */
  const waitFor = (allowance: Allowance, rank: Rank): number => {
    const window = windowOf(allowance);
    drop(window);
    const share = allowance.shared === true ? SHARES[rank] : 1;
    const all = Math.min(allowance.most, window.told ?? allowance.most);
    const most = Math.max(1, Math.floor((all / sharers()) * share));
    const over = window.underWay + window.ended.length + 1 - most;
    if (over <= 0) return 0;
    const end = window.ended[over - 1];
    return end === undefined ? SOON_MILLISECONDS : Math.max(1, end + window.milliseconds - now());
  };

  const longest = (allowances: readonly Allowance[], rank: Rank): number =>
    Math.max(0, ...allowances.map((allowance) => waitFor(allowance, rank)));

  const takeNow = (of: readonly Allowance[]): Taken => {
    const taken = of.map(windowOf);
    for (const window of taken) window.underWay += 1;
    return {
      outcome: 'taken',
      done: () => {
        for (const window of taken) {
          window.underWay -= 1;
          window.ended.push(now());
        }
      },
    };
  };

  const standInLine = async (of: readonly Allowance[], signal: AbortSignal): Promise<Taken> => {
    for (;;) {
      const wait = longest(of, 'begun');
      if (wait === 0) return takeNow(of);
      if (signal.aborted) return { outcome: 'paced', seconds: wait / 1_000 };
      // By its own clock, which need not be the timer's.
      await pause(Math.min(wait, LINE_MILLISECONDS), undefined, { signal }).catch(() => undefined);
    }
  };

  return {
    async take({ of, ahead = [], rank, patienceSeconds }, given) {
      const name = of[0]?.name ?? '';
      const line = lines.get(name);
      if (rank !== 'begun') {
        const wait = Math.max(longest(of, rank), longest(ahead, rank));
        if (wait === 0 && line === undefined) return takeNow(of);
        return { outcome: 'paced', seconds: Math.max(wait, SOON_MILLISECONDS) / 1_000 };
      }
      if (line === undefined && longest(of, rank) === 0) return takeNow(of);
      const signal =
        patienceSeconds === undefined
          ? given
          : AbortSignal.any([given, AbortSignal.timeout(patienceSeconds * 1_000)]);
      const mine = line ?? { length: 0, last: Promise.resolve() };
      lines.set(name, mine);
      mine.length += 1;
      const turn = mine.last.then(() => standInLine(of, signal));
      mine.last = turn;
      const taken = await turn;
      mine.length -= 1;
      if (mine.length === 0) lines.delete(name);
      return taken;
    },

    learn(allowance, { total, remaining }) {
      if (!Number.isFinite(allowance.most)) return;
      const window = windowOf(allowance);
      if (total !== undefined && total >= 1) window.told = total;
      if (remaining === undefined) return;
      drop(window);
      const most = Math.min(allowance.most, window.told ?? allowance.most);
      // What our other processes call is theirs already.
      const theirs = most - most / sharers();
      const unaccounted = Math.floor(most - theirs - window.underWay - window.ended.length - remaining);
      const others = Math.min(unaccounted, MOST_LEARNT);
      for (let at = 0; at < others; at += 1) window.ended.push(now());
    },
  };
}
