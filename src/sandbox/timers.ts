export interface Timers {
  start(): void;
  after(ms: number, act: () => void): void;
  wait(ms: number): Promise<void>;
  /** Ends every wait at once and starts no more. */
  stop(): void;
  readonly stopped: boolean;
}

/** Every timer of one sandbox, so that stopping leaves none behind. */
export function createTimers(): Timers {
  const running = new Map<NodeJS.Timeout, (() => void) | null>();
  let stopped = false;
  return {
    start() {
      stopped = false;
    },
    after(ms, act) {
      if (stopped) return;
      const timer = setTimeout(() => {
        running.delete(timer);
        act();
      }, ms);
      running.set(timer, null);
    },
    wait(ms) {
      if (stopped || ms <= 0) return Promise.resolve();
      return new Promise((resolve) => {
        const timer = setTimeout(() => {
          running.delete(timer);
          resolve();
        }, ms);
        running.set(timer, resolve);
      });
    },
    stop() {
      stopped = true;
      for (const [timer, resolve] of running) {
        clearTimeout(timer);
        resolve?.();
      }
      running.clear();
    },
    get stopped() {
      return stopped;
    },
  };
}
