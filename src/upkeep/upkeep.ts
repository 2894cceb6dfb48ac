import { setTimeout as pause } from 'node:timers/promises';
import type { Clearing, Place, Retention, RetentionDays } from '../store/retention.js';
import type { WorkspaceScope } from '../store/scope.js';

export interface ClearedWorkspace {
  workspaceId: string;
  /** Rows that went, by table. */
  removed: Record<string, number>;
  milliseconds: number;
  /** Whether all that is old is gone; else the rest goes in the next round. */
  isDone: boolean;
}

export interface UpkeepOptions {
  retention: Retention;
  days: RetentionDays;
  /** Names this process in the lease of a workspace: one process at a time clears it. */
  owner: string;
  /** A workspace is cleared this often. */
  everySeconds: number;
  observe: { cleared(workspace: ClearedWorkspace): void; failed(error: unknown): void };
}

export interface Upkeep {
  start(): void;
  stop(): Promise<void>;
}

/** A workspace's turn is over after so long; the rest waits for its next. */
const TURN_MILLISECONDS = 30_000;
/** Longer than a turn and its last statement can take: whoever holds it is gone. */
const LEASE_SECONDS = 120;
/** How often a process looks whose turn it is. */
const LOOK_SECONDS = 60;
/** A piece is as many rows as go in so long: whoever needs one of them, or the embedded database, waits no longer. */
const PIECE_MILLISECONDS = 10;
const LEAST_ROWS = 20;
const MOST_ROWS = 1_000;

/**
 * Clears what is old, behind everything else that happens here: a small piece, then a pause of twice the
 * piece's time, so that at most a third of one connection goes to it however much is old.
 */
export function createUpkeep(options: UpkeepOptions): Upkeep {
  const stopping = new AbortController();
  let running: Promise<void> = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;
  let rows = LEAST_ROWS;

  const rest = (milliseconds: number): Promise<void> =>
    pause(milliseconds, undefined, { signal: stopping.signal }).catch(() => undefined);

  /** @returns how many rows went, and whether the table is through */
  const clearTable = async (clearing: Clearing, scope: WorkspaceScope, until: number) => {
    let removed = 0;
    let from: Place;
    do {
      const begun = performance.now();
      const cleared = await clearing.clear(scope, options.days, from, rows);
      const took = performance.now() - begun;
      removed += cleared.removed;
      from = cleared.next;
      rows = took > PIECE_MILLISECONDS ? Math.max(LEAST_ROWS, rows >> 1) : Math.min(MOST_ROWS, rows * 2);
      await rest(Math.max(1, took * 2));
    } while (from !== undefined && performance.now() < until && !stopping.signal.aborted);
    return { removed, isThrough: from === undefined };
  };

  const clearWorkspace = async (scope: WorkspaceScope): Promise<void> => {
    const begun = performance.now();
    const removed: Record<string, number> = {};
    let isDone = true;
    try {
      for (const clearing of options.retention.clearings) {
        if (stopping.signal.aborted) isDone = false;
        else {
          const cleared = await clearTable(clearing, scope, begun + TURN_MILLISECONDS);
          if (cleared.removed > 0) removed[clearing.table] = (removed[clearing.table] ?? 0) + cleared.removed;
          isDone &&= cleared.isThrough;
        }
      }
    } catch (error) {
      isDone = false;
      throw error;
    } finally {
      const milliseconds = Math.round(performance.now() - begun);
      options.observe.cleared({ workspaceId: scope.workspaceId, removed, milliseconds, isDone });
      await options.retention.release(scope, options.owner, isDone);
    }
  };

  const round = async (): Promise<void> => {
    try {
      while (!stopping.signal.aborted) {
        const scope = await options.retention.lease(options.owner, options.everySeconds, LEASE_SECONDS);
        if (scope === undefined) return;
        await clearWorkspace(scope);
      }
    } catch (error) {
      // The lease runs out by itself, and it is somebody's turn again.
      options.observe.failed(error);
    }
  };

  const tick = (): void => {
    running = round().finally(() => {
      if (stopping.signal.aborted) return;
      timer = setTimeout(tick, Math.min(LOOK_SECONDS, options.everySeconds) * 1_000);
      timer.unref();
    });
  };

  return {
    start: tick,
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await running;
    },
  };
}
