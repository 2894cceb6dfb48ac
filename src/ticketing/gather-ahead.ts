import type { OwedFile, OwedFiles, OwedLane } from '../store/owed-files.js';
import { FileStoreError } from '../store/file-store.js';
import type { KeepFile } from './keep-file.js';

export interface GatherAheadOptions {
  owed: OwedFiles;
  keepFile: Pick<KeepFile, 'ahead'>;
  observe: {
    /** A file could not be kept; it is tried again. */
    storeFailed(lane: OwedLane, error: FileStoreError): void;
    failed(error: unknown): void;
  };
}

export interface GatherAhead {
  /** Something with files is owed in these lanes. */
  add(lanes: readonly OwedLane[]): void;
  start(): void;
  stop(): Promise<void>;
  isIdle(): boolean;
}

const AT_ONCE = 4;
const TICK_MILLISECONDS = 500;
/** An order whose desk is well fetches its files itself within this time. */
const HEAD_START_MILLISECONDS = 1_500;
/** A file that is not there yet is tried again, for so long. */
const PAUSE_MILLISECONDS = 3_000;
const PATIENCE_MILLISECONDS = 60_000;
/** Everything that waits is looked through: what an ended process has left, and what was not to be had. */
const ROUND_MILLISECONDS = 300_000;
const LANES_PER_CONNECTION = 1_000;

/**
 * Fetches the files of what waits for a desk, whatever keeps it waiting: a desk that is down or limited, a paused
 * connection, a busy lane. When its turn comes the file may be gone from where it lay.
 */
export function createGatherAhead(options: GatherAheadOptions): GatherAhead {
  const waiting = new Map<string, { lane: OwedLane; dueAt: number; since: number }>();
  const underWay = new Map<string, Promise<void>>();
  let started = false;
  let timer: NodeJS.Timeout | undefined;
  let roundAt = 0;
  let round: Promise<void> = Promise.resolve();

  const add = (lanes: readonly OwedLane[]): void => {
    const now = performance.now();
    for (const lane of lanes)
      waiting.set(keyOf(lane), { lane, dueAt: now + HEAD_START_MILLISECONDS, since: now });
  };

  const gather = async (lane: OwedLane, since: number): Promise<void> => {
    let isMissing = false;
    for (const file of await options.owed.readLane(lane)) {
      if (!started) return;
      isMissing = (await isLate(lane, file)) || isMissing;
    }
    const now = performance.now();
    if (!isMissing || now - since > PATIENCE_MILLISECONDS || waiting.has(keyOf(lane))) return;
    waiting.set(keyOf(lane), { lane, dueAt: now + PAUSE_MILLISECONDS, since });
  };

  /** Whether it may still come. */
  const isLate = async (lane: OwedLane, file: OwedFile): Promise<boolean> => {
    try {
      const kept = await options.keepFile.ahead(lane.scope, { ...file, conversationId: lane.conversationId });
      return kept.outcome === 'later';
    } catch (error) {
      if (error instanceof FileStoreError) options.observe.storeFailed(lane, error);
      else options.observe.failed(error);
      return true;
    }
  };

  const pump = (): void => {
    const now = performance.now();
    for (const [key, { lane, dueAt, since }] of waiting) {
      if (underWay.size >= AT_ONCE) return;
      if (dueAt > now || underWay.has(key)) continue;
      waiting.delete(key);
      const run = gather(lane, since)
        .catch(options.observe.failed)
        .finally(() => {
          underWay.delete(key);
          if (started) pump();
        });
      underWay.set(key, run);
    }
  };

  const goRound = async (): Promise<void> => {
    try {
      add((await options.owed.findLanes(LANES_PER_CONNECTION)).filter((lane) => !waiting.has(keyOf(lane))));
    } catch (error) {
      options.observe.failed(error);
    }
  };

  const tick = (): void => {
    const now = performance.now();
    if (now >= roundAt) {
      roundAt = now + ROUND_MILLISECONDS;
      round = goRound();
    }
    pump();
  };

  return {
    add,
    start() {
      started = true;
      roundAt = 0;
      timer = setInterval(tick, TICK_MILLISECONDS);
    },
    async stop() {
      started = false;
      clearInterval(timer);
      await round;
      await Promise.allSettled([...underWay.values()]);
    },
    isIdle: () => underWay.size === 0,
  };
}

const keyOf = ({ connectionId, conversationId }: OwedLane): string => `${connectionId} ${conversationId}`;
