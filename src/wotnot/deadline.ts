export type EndedBy = 'deadline' | 'caller';

export interface Deadline {
  readonly signal: AbortSignal;
  /** What ended it, if anything did. */
  endedBy(): EndedBy | null;
  remainingMs(): number;
  /** Resolves after the time, or at once when the deadline ends; look at `endedBy` then. */
  wait(milliseconds: number): Promise<void>;
  /** Frees the timer and lets go of the caller's signal. */
  release(): void;
}

/** One limit for everything that a call does, which the caller's own signal may cut short. */
export function createDeadline(milliseconds: number, caller: AbortSignal | undefined): Deadline {
  const controller = new AbortController();
  const endsAt = performance.now() + milliseconds;
  let ended: EndedBy | null = null;
  const end = (by: EndedBy) => {
    ended ??= by;
    controller.abort();
  };
  const timer = setTimeout(end, milliseconds, 'deadline');
  const endByCaller = () => end('caller');
  // Not AbortSignal.any: a signal that outlives many calls would collect one follower for each.
  caller?.addEventListener('abort', endByCaller, { once: true });
  if (caller?.aborted) endByCaller();
  return {
    signal: controller.signal,
    endedBy: () => ended,
    remainingMs: () => endsAt - performance.now(),
    wait: (waitMs) =>
      new Promise((resolve) => {
        if (controller.signal.aborted) return resolve();
        const done = () => {
          clearTimeout(waiting);
          controller.signal.removeEventListener('abort', done);
          resolve();
        };
        const waiting = setTimeout(done, waitMs);
        controller.signal.addEventListener('abort', done, { once: true });
      }),
    release: () => {
      clearTimeout(timer);
      caller?.removeEventListener('abort', endByCaller);
    },
  };
}
