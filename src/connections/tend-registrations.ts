import type { Nudges } from '../store/nudges.js';
import type { OperatorDeps } from './operator-deps.js';
import { registerOwed } from './register-owed.js';

export interface TendRegistrations {
  start(): void;
  stop(): Promise<void>;
  isIdle(): boolean;
}

/** Who is being made or rotated just now is told by whoever does it. */
const GRACE_SECONDS = 10;
const FIRST_PAUSE_MILLISECONDS = 5_000;
const LONGEST_PAUSE_MILLISECONDS = 15 * 60_000;
/** Behind the nudges, and behind other processes. */
const SWEEP_MILLISECONDS = 60_000;
/** What is under way is told to end; who does not heed it is left alone. */
const STOP_MILLISECONDS = 1_000;

/** When a workspace's accounts are told again, on the steady clock, and how long it was put off for. */
interface Wait {
  at: number;
  pause: number;
}

/**
 * Tells outside accounts of their webhook where that is owed: as soon as the process that answers webhooks has
 * started, and again after pauses that double, for each workspace its own. A connection that was made while no bridge
 * ran, or while none could be reached, so comes to be heard by itself.
 */
export function createTendRegistrations(options: {
  operator: OperatorDeps;
  nudges: Pick<Nudges, 'on'>;
  /** No other process works on this database: what is owed at the start is nobody else's. */
  alone: boolean;
  graceSeconds?: number;
  firstPauseMilliseconds?: number;
  /** `at`: whose registration it was; missing where it was none's. */
  failed(error: unknown, at?: { workspaceId: string; connectionId: string }): void;
}): TendRegistrations {
  const { graceSeconds = GRACE_SECONDS, firstPauseMilliseconds = FIRST_PAUSE_MILLISECONDS } = options;
  const { store } = options.operator;
  let started = false;
  let ending = new AbortController();
  let running: Promise<void> | undefined;
  let timer: { handle: NodeJS.Timeout; at: number } | undefined;
  const waits = new Map<string, Wait>();
  let unsubscribe = (): void => undefined;

  const failed: typeof options.failed = (error, at) => {
    // What was cut off by the end is none.
    if (started) options.failed(error, at);
  };

  const tellDue = async (seconds: number): Promise<void> => {
    const now = performance.now();
    const owed = await store.findOwedRegistrations(seconds);
    const due = owed.filter(({ scope }) => (waits.get(scope.workspaceId)?.at ?? now) <= now);
    const before = new Map(due.map(({ scope }) => [scope.workspaceId, waits.get(scope.workspaceId)]));
    for (const { scope, connectionId } of due) {
      if (!started) return;
      // Whatever is wrong with one account is none of the others' business.
      await registerOwed(options.operator, scope, connectionId, ending.signal).catch((error: unknown) =>
        failed(error, { workspaceId: scope.workspaceId, connectionId }),
      );
    }
    await putOff(before, now);
  };

  /** What is still owed waits, twice as long as before where it was told in vain. */
  const putOff = async (tried: Map<string, Wait | undefined>, lookedAt: number): Promise<void> => {
    const still = new Set((await store.findOwedRegistrations(0)).map(({ scope }) => scope.workspaceId));
    for (const workspaceId of waits.keys()) if (!still.has(workspaceId)) waits.delete(workspaceId);
    for (const workspaceId of still) {
      const wait = waits.get(workspaceId);
      // A nudge that came meanwhile counts.
      if (tried.has(workspaceId) && wait === tried.get(workspaceId)) {
        const pause = wait === undefined ? firstPauseMilliseconds : wait.pause * 2;
        waits.set(workspaceId, laterBy(Math.min(pause, LONGEST_PAUSE_MILLISECONDS)));
      } else if (wait === undefined || wait.at <= lookedAt) {
        waits.set(workspaceId, laterBy(firstPauseMilliseconds));
      }
    }
  };

  const laterBy = (pause: number): Wait => ({ at: performance.now() + pause, pause });

  /** At the earlier of both times, when there is one already. */
  const lookAt = (at: number): void => {
    if (!started || running !== undefined || (timer !== undefined && timer.at <= at)) return;
    clearTimeout(timer?.handle);
    timer = {
      handle: setTimeout(() => look(graceSeconds), Math.max(0, Math.ceil(at - performance.now()))),
      at,
    };
  };

  function look(seconds: number): void {
    if (running !== undefined) return;
    clearTimeout(timer?.handle);
    timer = undefined;
    running = tellDue(seconds)
      .catch((error: unknown) => {
        failed(error);
        const sweep = performance.now() + SWEEP_MILLISECONDS;
        for (const wait of waits.values()) wait.at = Math.max(wait.at, sweep);
      })
      .then(() => {
        running = undefined;
        const next = Math.min(...[...waits.values()].map(({ at }) => at));
        lookAt(Math.min(next, performance.now() + SWEEP_MILLISECONDS));
      });
  }

  return {
    start() {
      started = true;
      ending = new AbortController();
      // Something has changed there: what was in vain before may not be now.
      unsubscribe = options.nudges.on('connections', (workspaceIds) => {
        for (const workspaceId of workspaceIds) {
          const at = Math.min(
            waits.get(workspaceId)?.at ?? Infinity,
            performance.now() + firstPauseMilliseconds,
          );
          waits.set(workspaceId, { at, pause: firstPauseMilliseconds });
          lookAt(at);
        }
      });
      look(options.alone ? 0 : graceSeconds);
    },
    async stop() {
      started = false;
      unsubscribe();
      clearTimeout(timer?.handle);
      timer = undefined;
      ending.abort();
      let giveUp: NodeJS.Timeout | undefined;
      const moment = new Promise<void>((resolve) => (giveUp = setTimeout(resolve, STOP_MILLISECONDS)));
      await Promise.race([running, moment]);
      clearTimeout(giveUp);
    },
    isIdle: () => running === undefined,
  };
}
