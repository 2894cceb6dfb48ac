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
const PIECE_MILLISECONDS = 20;
/** On a machine that is slow with everything, smaller pieces would only take for ever. */
const LEAST_ROWS = 100;
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

  /** One piece of one table, and the pause after it. @returns where to go on; undefined: the table is through */
  const clearPiece = async (
    { table, clear }: Clearing,
    scope: WorkspaceScope,
    from: Place,
    removed: Record<string, number>,
  ): Promise<Place> => {
    const begun = performance.now();
    const cleared = await clear(scope, options.days, from, rows);
    const took = performance.now() - begun;
    if (cleared.removed > 0) removed[table] = (removed[table] ?? 0) + cleared.removed;
    rows = took > PIECE_MILLISECONDS ? Math.max(LEAST_ROWS, rows >> 1) : Math.min(MOST_ROWS, rows * 2);
    await rest(Math.max(1, took * 2));
    return cleared.next;
  };

  /** A piece of each table in turn, so that a turn that ends early has left none of them out. */
  const clearTables = async (scope: WorkspaceScope, removed: Record<string, number>): Promise<boolean> => {
    const until = performance.now() + TURN_MILLISECONDS;
    let walks = options.retention.clearings.map((clearing) => ({ clearing, from: undefined as Place }));
    while (walks.length > 0) {
      const unfinished: typeof walks = [];
      for (const { clearing, from } of walks) {
        if (stopping.signal.aborted || performance.now() > until) return false;
        const next = await clearPiece(clearing, scope, from, removed);
        if (next !== undefined) unfinished.push({ clearing, from: next });
      }
      walks = unfinished;
    }
    return true;
  };

  const clearWorkspace = async (scope: WorkspaceScope): Promise<void> => {
    const begun = performance.now();
    const removed: Record<string, number> = {};
    let isDone = false;
    try {
      isDone = await clearTables(scope, removed);
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
