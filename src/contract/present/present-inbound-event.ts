import type { InboundEventView } from '../../domain/views.js';
import type { InboundEvent } from '../resources.js';

/** The payload is what came from outside, its token already removed as it was recorded. */
export function presentInboundEvent(view: InboundEventView): InboundEvent {
  return {
    id: view.id,
    connectionId: view.connectionId,
    kind: view.kind,
    ...(view.laneKey === '' ? {} : { externalConversationId: view.laneKey }),
    state: view.state,
    ...(view.detail === undefined ? {} : { detail: view.detail }),
    flags: [...view.flags],
    payload: view.payload,
    receivedAt: view.receivedAt.toISOString(),
    ...(view.projectedAt === undefined ? {} : { projectedAt: view.projectedAt.toISOString() }),
  };
}
