import type { Log } from '../log.js';
import type { Metrics } from '../metrics.js';

interface Owed {
  connector: string;
  /** send-message, assign, close … */
  kind: string;
  workspaceId: string;
  connectionId: string;
  deliveryId: string;
}

export interface DeliveryEvents {
  /** One try, whatever came of it. `code` is the connector's word for a failure. */
  deliveryAttempted(
    line: Owed & {
      number: number;
      outcome: string;
      code?: string;
      httpStatus?: number;
      milliseconds: number;
    },
  ): void;
  /** It is over, and it arrived or was called off. `waitedMilliseconds`: since it was accepted. */
  deliverySettled(
    line: Owed & { state: 'delivered' | 'cancelled'; attempts: number; waitedMilliseconds: number },
  ): void;
  deliveryDead(line: Owed & { attempts: number; code: string }): void;
  deliveryUncertain(line: Owed & { attempts: number; code: string }): void;
  /** Somebody or something decided: redriven, resent, confirmed by its echo, … `by`: an id or a mechanism. */
  deliveryDecided(line: Omit<Owed, 'connector' | 'kind'> & { decision: string; by: string }): void;
  /** An older holder of a lane came back and was refused: a lease was lost. */
  leaseLost(line: { workspaceId: string; connectionId: string; conversationId: string }): void;
}

export function createDeliveryEvents(log: Log, metrics: Metrics): DeliveryEvents {
  const labels = ['connector', 'kind', 'outcome'] as const;
  const attempts = metrics.timer('delivery_attempt', 'Calls to the outside', labels);
  const settled = metrics.counter('deliveries_total', 'Deliveries by how they ended', labels);
  const waited = metrics.timer('delivery_wait', 'From acceptance to delivery', ['connector', 'kind']);
  const decisions = metrics.counter(
    'delivery_decisions_total',
    'Dead and uncertain deliveries that were decided',
    ['decision'],
  );
  const lost = metrics.counter('leases_lost_total', 'Lanes that another worker had taken over', []);
  return {
    deliveryAttempted(line) {
      const { connector, kind, outcome } = line;
      attempts({ connector, kind, outcome }, line.milliseconds);
      if (outcome !== 'delivered') log.info('delivery.attempted', line);
      else if (log.isDebug) log.debug('delivery.attempted', line);
    },
    deliverySettled(line) {
      const { connector, kind, state } = line;
      settled({ connector, kind, outcome: state });
      if (state === 'delivered') waited({ connector, kind }, line.waitedMilliseconds);
      if (log.isDebug) log.debug('delivery.settled', line);
    },
    deliveryDead(line) {
      settled({ connector: line.connector, kind: line.kind, outcome: 'dead' });
      log.warn('delivery.dead', line);
    },
    deliveryUncertain(line) {
      settled({ connector: line.connector, kind: line.kind, outcome: 'uncertain' });
      log.warn('delivery.uncertain', line);
    },
    deliveryDecided(line) {
      decisions({ decision: line.decision });
      log.info('delivery.decided', line);
    },
    leaseLost(line) {
      lost({});
      log.warn('lease.lost', line);
    },
  };
}
