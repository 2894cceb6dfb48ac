import type { Abandoned } from '../store/abandoned.js';
import type { Nudges } from '../store/nudges.js';

export interface CancelAbandoned {
  start(): void;
  stop(): Promise<void>;
  isIdle(): boolean;
}

const LANES_AT_ONCE = 100;

/**
 * Ends what disconnected connections are still owed, a lane at a time: when connections have changed, and
 * with a sweep behind it. What is owed to them later ends likewise.
 */
export function createCancelAbandoned(options: {
  abandoned: Abandoned;
  nudges: Pick<Nudges, 'on'>;
  sweepMilliseconds: number;
  observe: { cancelled(deliveries: number): void; failed(error: unknown): void };
}): CancelAbandoned {
  let started = false;
  let running: Promise<void> | undefined;
  let askedAgain = false;
  let timer: NodeJS.Timeout | undefined;
  let unsubscribe = (): void => undefined;

  const cancelAll = async (): Promise<void> => {
    for (;;) {
      const lanes = await options.abandoned.find(LANES_AT_ONCE);
      let ended = 0;
      for (const lane of lanes) {
        if (!started) return;
        ended += await options.abandoned.cancel(lane);
      }
      if (ended > 0) options.observe.cancelled(ended);
      // Where nothing could be ended, somebody else is at it.
      if (lanes.length < LANES_AT_ONCE || ended === 0) return;
    }
  };

  const look = (): void => {
    if (!started) return;
    if (running !== undefined) {
      askedAgain = true;
      return;
    }
    askedAgain = false;
    running = cancelAll()
      .catch(options.observe.failed)
      .finally(() => {
        running = undefined;
        if (askedAgain) look();
      });
  };

  return {
    start() {
      started = true;
      unsubscribe = options.nudges.on('connections', look);
      timer = setInterval(look, options.sweepMilliseconds);
      look();
    },
    async stop() {
      started = false;
      unsubscribe();
      clearInterval(timer);
      await running;
    },
    isIdle: () => running === undefined,
  };
}
