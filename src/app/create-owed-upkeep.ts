import { createCancelAbandoned } from '../delivery/cancel-abandoned.js';
import { createTellDelays } from '../delivery/tell-delays.js';
import type { LocalNudges } from '../store/nudges.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import type { Stores } from './create-stores.js';

/** A look at every lane that waits is not free, and a quarter of an hour is not measured in seconds. */
const SWEEPS_PER_LOOK = 10;

/** What is owed and does not go out: ended where its connection is gone, told where it takes too long. */
export function createOwedUpkeep(parts: {
  stores: Stores;
  nudges: LocalNudges;
  sweepMilliseconds: number;
  telemetry: Telemetry;
}) {
  const { stores, sweepMilliseconds, telemetry } = parts;
  const failed = (error: unknown): void => telemetry.events.databaseUnavailable({ room: 'delivery', error });
  const cancelling = createCancelAbandoned({
    abandoned: stores.abandoned,
    nudges: parts.nudges,
    sweepMilliseconds,
    observe: {
      cancelled: (deliveries) => telemetry.logger('delivery').info('deliveries.cancelled', { deliveries }),
      failed,
    },
  });
  const telling = createTellDelays({
    delays: stores.delays,
    everyMilliseconds: sweepMilliseconds * SWEEPS_PER_LOOK,
    observe: {
      told: (lanes) => telemetry.logger('delivery').warn('delays.told', { lanes }),
      failed,
    },
  });
  return {
    start(): void {
      cancelling.start();
      telling.start();
    },
    stop: () => Promise.all([cancelling.stop(), telling.stop()]),
    isIdle: () => cancelling.isIdle() && telling.isIdle(),
  };
}
