import type { OrderedContent } from '../domain/order.js';

/**
 * later: the desk answers, and the file is not there yet · not_now: the desk could not be asked · paused: nor is it to be
 * asked, as its connection is paused.
 */
type Missed = 'later' | 'not_now' | 'paused';

/** How an event has fared with its files in this process: the next process begins with all its patience. */
export interface FileWait {
  position: bigint;
  /** What is kept already, by the file's place in the event: it is fetched once, however long another one takes. */
  kept: Map<string, OrderedContent>;
  /** The last miss, by the steady clock. */
  missed?: { as: Missed; at: number; message: string };
  /** How long the event has waited so far, by what for; milliseconds. */
  spent: Record<Missed, number>;
}

/**
 * A desk has its files in place within a minute; one that is away is waited for, but not for so long that the words beside the
 * file, and all behind them, come a day late.
 */
const PATIENCE_MILLISECONDS: Record<Missed, number> = {
  later: 60_000,
  not_now: 2 * 3_600_000,
  paused: Number.POSITIVE_INFINITY,
};
const SHORTEST_PAUSE_MILLISECONDS = 1_000;
const LONGEST_PAUSE_MILLISECONDS = 60_000;

export const createFileWait = (position: bigint): FileWait => ({
  position,
  kept: new Map(),
  spent: { later: 0, not_now: 0, paused: 0 },
});

/** Notes that a file was missed. @returns whether it is waited for any longer */
export function noteMissed(wait: FileWait, as: Missed, at: number, message: string): boolean {
  // What passed while the desk was away is no patience with a file that is not there.
  if (wait.missed !== undefined) wait.spent[wait.missed.as] += at - wait.missed.at;
  wait.missed = { as, at, message };
  return wait.spent[as] < PATIENCE_MILLISECONDS[as];
}

export const isDeskAway = (wait: FileWait | undefined): boolean =>
  wait?.missed?.as === 'not_now' || wait?.missed?.as === 'paused';

/** Until the event is looked at again: the longer it has waited, the longer. */
export function pauseMilliseconds({ missed, spent }: FileWait): number {
  const waited = missed === undefined ? 0 : spent[missed.as];
  return Math.min(Math.max(waited / 4, SHORTEST_PAUSE_MILLISECONDS), LONGEST_PAUSE_MILLISECONDS);
}
