import type { DeliveryView } from '../../domain/views.js';
import type { Delivery } from '../resources.js';
import { presentFailure } from './present-failure.js';

export function presentDelivery(view: DeliveryView): Delivery {
  return {
    id: view.id,
    connectionId: view.connectionId,
    conversationId: view.conversationId,
    kind: view.kind,
    state: view.state,
    attempts: view.attempts,
    ...(view.messageId === undefined ? {} : { messageId: view.messageId }),
    ...(view.externalId === undefined ? {} : { externalId: view.externalId }),
    ...(view.reason === undefined ? {} : { reason: presentFailure(view.reason) }),
    flags: [...view.flags],
    createdAt: view.createdAt.toISOString(),
    ...(view.settledAt === undefined ? {} : { settledAt: view.settledAt.toISOString() }),
    ...(view.nextAttemptAt === undefined ? {} : { nextAttemptAt: view.nextAttemptAt.toISOString() }),
  };
}
