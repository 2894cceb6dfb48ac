import { setTimeout as pause } from 'node:timers/promises';
import type { InboundLane, Nudges } from '../store/nudges.js';
import { restAfter } from './give-way.js';
import { type ProjectedBatch, type ProjectionStore, projectLanes, type ReadEvent } from './project-lanes.js';

export interface ProjectionOptions {
  store: ProjectionStore;
  read: ReadEvent;
  nudges: Pick<Nudges, 'on'>;
  /** How many batches may be under way at once. One on the embedded database, as it has one connection. */
  workers: number;
  sweepMilliseconds: number;
  observe: {
    projected(batch: ProjectedBatch): void;
    failed(error: unknown): void;
    swept(lanes: number): void;
  };
}

export interface Projection {
  start(): void;
  stop(): Promise<void>;
  /** Nothing is waiting or under way in this process. */
  isIdle(): boolean;
}

const BATCH_LANES = 50;
/** A batch of more holds up what else the database is asked. */
const BATCH_EVENTS = 150;
const SWEEP_LANES = 500;
const RACE_PAUSE_MILLISECONDS = 5;
const HOLD_MILLISECONDS = 40;

/**
 * Turns recorded events into conversations, strictly in order per conversation: nudged after each commit
 * of the intake, with a sweep behind it. A lane is never in two batches of one process; between processes
 * the version of the conversation decides.
 */
export function createProjection(options: ProjectionOptions): Projection {
  const waiting = new Map<string, { lane: InboundLane; events: number }>();
  const underWay = new Set<string>();
  const running = new Set<Promise<void>>();
  const held = new Set<NodeJS.Timeout>();
  let started = false;
  let nudged = 0;
  let timer: NodeJS.Timeout | undefined;
  let unsubscribe = (): void => undefined;

  const add = (lanes: InboundLane[]): void => {
    // What agents do in a desk is another room's.
    for (const lane of lanes) if (lane.side !== 'desk') queue(lane);
    nudged += lanes.length;
    pump();
  };

  /** Each nudge stands for about one event. */
  const queue = (lane: InboundLane): void => {
    const key = keyOf(lane);
    const known = waiting.get(key);
    if (known === undefined) waiting.set(key, { lane, events: 1 });
    else known.events += 1;
  };

  const pump = (): void => {
    while (started && running.size < options.workers) {
      const lanes = take();
      if (lanes.length === 0) return;
      const run = work(lanes).finally(() => {
        running.delete(run);
        for (const lane of lanes) underWay.delete(keyOf(lane));
        pump();
      });
      running.add(run);
    }
  };

  const take = (): InboundLane[] => {
    const lanes: InboundLane[] = [];
    let events = 0;
    for (const [key, one] of waiting) {
      if (underWay.has(key)) continue;
      waiting.delete(key);
      underWay.add(key);
      lanes.push(one.lane);
      events += one.events;
      if (lanes.length === BATCH_LANES || events >= BATCH_EVENTS) break;
    }
    return lanes;
  };

  const work = async (lanes: InboundLane[]): Promise<void> => {
    const from = performance.now();
    nudged = 0;
    try {
      const batch = await projectLanes(options.store, options.read, lanes);
      options.observe.projected(batch);
      for (const lane of batch.again) queue(lane);
      if (batch.held.length > 0) hold(batch.held);
      // Nothing moved: whoever is faster each time gets a little air, and a mistake of ours does not spin.
      if (batch.projected === 0 && batch.again.length > 0) await pause(RACE_PAUSE_MILLISECONDS);
      // Alone, it shares the one connection with what records.
      if (options.workers === 1) {
        const lagMilliseconds = Date.now() - (batch.oldest?.receivedAt.getTime() ?? Date.now());
        const rest = restAfter({ milliseconds: performance.now() - from, nudged, lagMilliseconds });
        if (rest > 0) await pause(rest);
      }
    } catch (error) {
      // The rows are still there: the sweep brings them back.
      options.observe.failed(error);
    }
  };

  const hold = (lanes: InboundLane[]): void => {
    const timer = setTimeout(() => {
      held.delete(timer);
      add(lanes);
    }, HOLD_MILLISECONDS);
    held.add(timer);
  };

  const sweep = async (): Promise<void> => {
    try {
      const lanes = await options.store.inbox.findWaitingLanes(SWEEP_LANES, 'chat');
      if (lanes.length > 0) options.observe.swept(lanes.length);
      add(lanes);
    } catch (error) {
      options.observe.failed(error);
    }
  };

  const tick = (): void => {
    const run = sweep().finally(() => {
      running.delete(run);
      if (started) timer = setTimeout(tick, options.sweepMilliseconds);
      pump();
    });
    running.add(run);
  };

  return {
    start() {
      started = true;
      unsubscribe = options.nudges.on('projection', add);
      tick();
    },
    async stop() {
      started = false;
      unsubscribe();
      clearTimeout(timer);
      for (const waitingTimer of held) clearTimeout(waitingTimer);
      held.clear();
      await Promise.allSettled([...running]);
      clearTimeout(timer);
    },
    isIdle: () => waiting.size === 0 && held.size === 0 && underWay.size === 0,
  };
}

const keyOf = (lane: InboundLane): string =>
  JSON.stringify([lane.workspaceId, lane.connectionId, lane.laneKey]);
