import type { EarlyLanes, EarlyPlace } from '../store/early-lanes.js';
import type { DueLane } from '../store/outbox.js';
import type { Breaker, BreakerNews } from './breaker.js';

/** So many lanes of a connection are tried early at each sweep, while all of them are. */
const LANES_A_SWEEP = 100;
/** So many lanes are looked at for the one that goes and looks. */
const CHOICE = 20;
/** A far side that is well for some lanes and not for others is not asked about all of them all the time. */
const BETWEEN_PASSES_MILLISECONDS = 30_000;

/**
 * A lane's patience grows with its failures, to hours; what it waits for may be well a minute later. So lanes are
 * tried before their time: one of them, while nothing is known to be well; each of them once, when the far side
 * has come back, or when this process has just started and knows nothing. Such a try uses up no attempt, and a
 * lane that fails keeps its own time.
 */
export interface EarlyTries {
  /** All that failed is tried once. */
  begin(): Promise<void>;
  /** What the circuit of a connection says now. */
  take(connectionId: string, news: BreakerNews): void;
  /** The lanes to try now, beside those that are due. */
  find(due: DueLane[]): Promise<DueLane[]>;
  /** Nothing is left to be tried for now. */
  isIdle(): boolean;
}

export function createEarlyTries(options: {
  earlyLanes: EarlyLanes;
  breaker: Pick<Breaker, 'open' | 'ripe' | 'look'>;
  now?: (() => number) | undefined;
}): EarlyTries {
  const { earlyLanes, breaker, now = () => performance.now() } = options;
  /** By connection: from when on, and how far it has come. */
  const passes = new Map<string, { from: number; after?: EarlyPlace | undefined }>();
  const lastPassAt = new Map<string, number>();

  const beginPass = (connectionId: string): void => {
    const last = lastPassAt.get(connectionId) ?? Number.NEGATIVE_INFINITY;
    const from = Math.max(now(), last + BETWEEN_PASSES_MILLISECONDS);
    lastPassAt.set(connectionId, from);
    passes.set(connectionId, { from });
  };

  const readyPasses = (): string[] => {
    const leaveAlone = new Set(breaker.open());
    return [...passes].filter(([id, { from }]) => from <= now() && !leaveAlone.has(id)).map(([id]) => id);
  };

  /** The next lanes of a pass; a short page is its end. */
  const turnPage = async (connectionId: string): Promise<DueLane[]> => {
    const pass = passes.get(connectionId);
    if (pass === undefined) return [];
    const { lanes, last } = await earlyLanes.find(connectionId, LANES_A_SWEEP, pass.after);
    // It may have been ended, or begun again, while we looked.
    if (passes.get(connectionId) === pass) {
      if (lanes.length < LANES_A_SWEEP) passes.delete(connectionId);
      else pass.after = last;
    }
    return lanes;
  };

  return {
    async begin() {
      for (const connectionId of await earlyLanes.listConnections()) beginPass(connectionId);
    },
    take(connectionId, news) {
      if (news.state === 'open') passes.delete(connectionId);
      else if (!passes.has(connectionId)) beginPass(connectionId);
    },
    async find(due) {
      const lanes: DueLane[] = [];
      for (const connectionId of readyPasses()) lanes.push(...(await turnPage(connectionId)));
      const tried = new Set([...due, ...lanes].map(({ connectionId }) => connectionId));
      for (const connectionId of breaker.ripe()) {
        if (tried.has(connectionId)) continue;
        // Any of the next few: one that always fails must not be all that is ever tried.
        const choice = (await earlyLanes.find(connectionId, CHOICE)).lanes;
        const one = choice[Math.floor(Math.random() * choice.length)];
        if (one === undefined) continue;
        breaker.look(connectionId);
        lanes.push(one);
      }
      return lanes;
    },
    isIdle: () => readyPasses().length === 0,
  };
}
