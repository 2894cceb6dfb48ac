import type { Delays } from '../store/delays.js';
import { TELL_DELAY_SECONDS } from './judge.js';

export interface TellDelays {
  start(): void;
  stop(): Promise<void>;
  isIdle(): boolean;
}

const LANES_AT_ONCE = 100;

/**
 * Tells agents what has waited too long where no attempt does it: behind an open circuit, or while nobody
 * can be asked whether it has arrived.
 */
export function createTellDelays(options: {
  delays: Delays;
  everyMilliseconds: number;
  observe: { told(lanes: number): void; failed(error: unknown): void };
}): TellDelays {
  let started = false;
  let running: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;

  const tellAll = async (): Promise<void> => {
    for (;;) {
      const lanes = await options.delays.find(TELL_DELAY_SECONDS, LANES_AT_ONCE);
      let told = 0;
      for (const lane of lanes) {
        if (!started) return;
        if (await options.delays.tell(lane, TELL_DELAY_SECONDS)) told += 1;
      }
      if (told > 0) options.observe.told(told);
      // Where none could be told, somebody else is at it.
      if (lanes.length < LANES_AT_ONCE || told === 0) return;
    }
  };

  const look = (): void => {
    if (!started || running !== undefined) return;
    running = tellAll()
      .catch(options.observe.failed)
      .finally(() => {
        running = undefined;
      });
  };

  return {
    start() {
      started = true;
      timer = setInterval(look, options.everyMilliseconds);
    },
    async stop() {
      started = false;
      clearInterval(timer);
      await running;
    },
    isIdle: () => running === undefined,
  };
}
