import type { DeliveryLane } from '../store/nudges.js';
import type { Outbox } from '../store/outbox.js';

/** With less than this left of a lease nothing is sent any more. */
const MARGIN_MILLISECONDS = 500;

/**
 * Knows which lanes this process holds, and until when by its own steady clock: measured from before the
 * database was asked, so that it is never later than what the database thinks.
 */
export interface LeaseKeeper {
  hold(lane: DeliveryLane, askedAt: number): void;
  drop(lane: DeliveryLane): void;
  /** Whether there is time enough to send something under the lease. */
  isAlive(lane: DeliveryLane): boolean;
  start(): void;
  stop(): Promise<void>;
}

export function createLeaseKeeper(options: {
  outbox: Pick<Outbox, 'renew'>;
  owner: string;
  leaseSeconds: number;
  failed: (error: unknown) => void;
}): LeaseKeeper {
  const until = new Map<string, number>();
  const lanes = new Map<string, DeliveryLane>();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> = Promise.resolve();
  let stopped = false;

  const renew = async (): Promise<void> => {
    if (until.size === 0) return;
    const askedAt = performance.now();
    try {
      const held = await options.outbox.renew(options.owner, options.leaseSeconds, [...lanes.values()]);
      for (const lane of held) {
        const key = keyOf(lane);
        if (until.has(key)) until.set(key, askedAt + options.leaseSeconds * 1_000);
      }
    } catch (error) {
      // The leases run out by themselves.
      options.failed(error);
    }
  };

  const tick = (): void => {
    running = renew().finally(() => {
      if (!stopped) timer = setTimeout(tick, (options.leaseSeconds * 1_000) / 4);
    });
  };

  return {
    hold(lane, askedAt) {
      until.set(keyOf(lane), askedAt + options.leaseSeconds * 1_000);
      lanes.set(keyOf(lane), lane);
    },
    drop(lane) {
      until.delete(keyOf(lane));
      lanes.delete(keyOf(lane));
    },
    isAlive: (lane) => (until.get(keyOf(lane)) ?? 0) - performance.now() > MARGIN_MILLISECONDS,
    start: tick,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await running;
      clearTimeout(timer);
    },
  };
}

const keyOf = (lane: DeliveryLane): string =>
  `${lane.workspaceId} ${lane.connectionId} ${lane.conversationId}`;
