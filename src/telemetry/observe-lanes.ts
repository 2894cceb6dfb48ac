import type { DeliveryEvents } from './events/delivery-events.js';

/** What delivery tells of the head of a lane, as far as it is told on. */
interface Head {
  connector: string;
  order: { kind: string };
  scope: { workspaceId: string };
  connectionId: string;
  conversationId: string;
  deliveryId: string;
  attempt: number;
  waitedSeconds: number;
}

interface Settled {
  as: string;
  failure?: { code: string };
}

/** Delivery's settlements as business events. */
export function observeLanes(events: DeliveryEvents) {
  return {
    settled(head: Head, settlement: Settled, seconds: number): void {
      const owed = {
        connector: head.connector,
        kind: head.order.kind,
        workspaceId: head.scope.workspaceId,
        connectionId: head.connectionId,
        deliveryId: head.deliveryId,
      };
      const attempts = head.attempt;
      const code = settlement.failure?.code;
      events.deliveryAttempted({
        ...owed,
        number: attempts,
        outcome: settlement.as,
        milliseconds: Math.round(seconds * 1_000),
        ...(code === undefined ? {} : { code }),
      });
      if (settlement.as === 'delivered') {
        const waitedMilliseconds = Math.round(head.waitedSeconds * 1_000);
        events.deliverySettled({ ...owed, state: 'delivered', attempts, waitedMilliseconds });
      } else if (settlement.as === 'dead')
        events.deliveryDead({ ...owed, attempts, code: code ?? 'unknown' });
      else if (settlement.as === 'uncertain')
        events.deliveryUncertain({ ...owed, attempts, code: code ?? 'unknown' });
    },
    overtaken({ scope, connectionId, conversationId }: Head): void {
      events.leaseLost({ workspaceId: scope.workspaceId, connectionId, conversationId });
    },
  };
}
