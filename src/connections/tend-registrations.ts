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
/** While nothing is owed. */
const IDLE_PAUSE_MILLISECONDS = 60_000;

/**
 * Tells outside accounts of their webhook where that is owed: as soon as the process that answers webhooks has
 * started, and again after pauses that double. A connection that was made while no bridge ran, or while none
 * could be reached, so comes to be heard by itself.
 */
export function createTendRegistrations(options: {
  operator: OperatorDeps;
  nudges: Pick<Nudges, 'on'>;
  /** No other process works on this database: what is owed at the start is nobody else's. */
  alone: boolean;
  graceSeconds?: number;
  firstPauseMilliseconds?: number;
  failed(error: unknown): void;
}): TendRegistrations {
  const { graceSeconds = GRACE_SECONDS, firstPauseMilliseconds = FIRST_PAUSE_MILLISECONDS } = options;
  const { store } = options.operator;
  let started = false;
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let pause = firstPauseMilliseconds;
  let unsubscribe = (): void => undefined;

  const tellAll = async (seconds: number): Promise<void> => {
    for (const { scope, connectionId } of await store.findOwedRegistrations(seconds)) {
      if (!started) return;
      // Whatever is wrong with one account is none of the others' business.
      await registerOwed(options.operator, scope, connectionId).catch(options.failed);
    }
  };

  const lookAfter = (milliseconds: number): void => {
    clearTimeout(timer);
    if (started) timer = setTimeout(() => look(graceSeconds), milliseconds);
  };

  function look(seconds: number): void {
    if (running !== undefined) return;
    running = tellAll(seconds)
      .then(() => store.findOwedRegistrations(0))
      .then(
        ({ length }) => {
          pause = length === 0 ? firstPauseMilliseconds : Math.min(pause * 2, LONGEST_PAUSE_MILLISECONDS);
          return length === 0 ? IDLE_PAUSE_MILLISECONDS : pause;
        },
        (error: unknown) => {
          options.failed(error);
          return IDLE_PAUSE_MILLISECONDS;
        },
      )
      .then((milliseconds) => {
        running = undefined;
        lookAfter(milliseconds);
      });
  }

  return {
    start() {
      started = true;
      // Something has changed: what was in vain before may not be now.
      unsubscribe = options.nudges.on('connections', () => {
        pause = firstPauseMilliseconds;
        if (running === undefined) lookAfter(pause);
      });
      look(options.alone ? 0 : graceSeconds);
    },
    async stop() {
      started = false;
      unsubscribe();
      clearTimeout(timer);
      await running;
    },
    isIdle: () => running === undefined,
  };
}
