import type { IntakeEvents } from './events/intake-events.js';

interface Waited {
  workspaceId: string;
  connectionId: string;
  position: bigint;
  receivedAt: Date;
}

interface Batch {
  projected: number;
  facts: number;
  oldest: Waited | undefined;
  parked: readonly { event: Waited; state: 'unrecognised' | 'failed'; detail: string }[];
}

/** Projection's batches as business events. */
export function observeProjected(events: IntakeEvents): (batch: Batch) => void {
  return ({ projected, facts, oldest, parked }) => {
    for (const { event, state, detail } of parked) {
      const about = {
        workspaceId: event.workspaceId,
        connectionId: event.connectionId,
        eventId: `inb_${event.position}`,
      };
      if (state === 'failed') events.projectionFailed({ ...about, error: new Error(detail) });
      else events.eventUnrecognised({ ...about, reason: detail });
    }
    if (oldest === undefined) return;
    const { workspaceId, connectionId, receivedAt } = oldest;
    const lagMilliseconds = Math.max(0, Date.now() - receivedAt.getTime());
    events.eventsProjected({ workspaceId, connectionId, events: projected, facts, lagMilliseconds });
  };
}
