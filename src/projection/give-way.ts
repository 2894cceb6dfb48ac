/** Lanes nudged per millisecond from which on they come faster than they can be projected one by one. */
const BUSY_PER_MILLISECOND = 1;
/** Of the time, projection keeps one part in three. */
const REST_PER_WORK = 2;
const MOST_REST_MILLISECONDS = 100;
/** What waits longer than this is worth as much as what arrives. */
const MOST_LAG_MILLISECONDS = 5_000;

/** A batch as its pace is judged by. */
export interface BatchPace {
  /** How long it took. */
  milliseconds: number;
  /** Lanes that were nudged while it was under way. */
  nudged: number;
  /** How long its oldest event had waited. */
  lagMilliseconds: number;
}

/**
 * How long to rest after a batch where recording and projecting share one connection. In a rush what arrives
 * goes first: it must be durable before it is answered, while what waits gathers, and many events of one
 * conversation cost little more than one. When the rush ends, or goes on for too long, there is no rest.
 * @returns milliseconds
 */
export function restAfter({ milliseconds, nudged, lagMilliseconds }: BatchPace): number {
  const isRush = nudged > milliseconds * BUSY_PER_MILLISECOND;
  if (!isRush || lagMilliseconds > MOST_LAG_MILLISECONDS) return 0;
  return Math.min(milliseconds * REST_PER_WORK, MOST_REST_MILLISECONDS);
}
