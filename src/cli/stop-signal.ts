import type { World } from './world.js';

/** The wish to end: the first is answered by an orderly stop, the second by an end at once. */
export interface StopSignal {
  /** Why it is to end. */
  wait: Promise<string>;
  raise(reason: string): void;
  forget(): void;
}

export function stopSignal(world: Pick<World, 'onStopSignal' | 'exit'>): StopSignal {
  let raised = false;
  let settle: (reason: string) => void = () => undefined;
  const wait = new Promise<string>((resolve) => {
    settle = resolve;
  });
  const raise = (reason: string): void => {
    if (raised) return;
    raised = true;
    settle(reason);
  };
  const forget = world.onStopSignal((signal) => {
    if (raised) world.exit(1);
    raise(signal);
  });
  return { wait, raise, forget };
}
