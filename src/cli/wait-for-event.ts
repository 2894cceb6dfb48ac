import { setTimeout as pause } from 'node:timers/promises';
import type { Actor, Bridge } from './ports.js';
import { valueOf } from './with-bridge.js';

const LOOK_MILLISECONDS = 500;

/** Looks until the account's first event has come in; undefined when none has by then. */
export async function waitForEvent(
  { operator }: Bridge,
  actor: Actor,
  connectionId: string,
  seconds: number,
): Promise<Date | undefined> {
  const deadline = performance.now() + seconds * 1_000;
  for (;;) {
    const { lastInboundAt } = valueOf(await operator.readConnection(actor, connectionId));
    if (lastInboundAt !== undefined || performance.now() + LOOK_MILLISECONDS > deadline) return lastInboundAt;
    await pause(LOOK_MILLISECONDS);
  }
}
