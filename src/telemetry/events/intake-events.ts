import type { Log } from '../log.js';
import type { Metrics } from '../metrics.js';
import { createQuota } from '../quota.js';

interface Inbound {
  connector: string;
  workspaceId: string;
  connectionId: string;
}

export interface IntakeEvents {
  /** A webhook was recorded and answered; the hot path, so a counter only, and a line when debugging. */
  webhookAccepted(
    line: Inbound & {
      requestId: string;
      recorded: number;
      duplicates: number;
      unrecognised: number;
      milliseconds: number;
    },
  ): void;
  /** Before its connection is known, or after. */
  webhookRefused(line: { code: string; requestId: string } & Partial<Inbound>): void;
  /** Kept, and nobody here can read it. `reason` is a word of the connector's. */
  eventUnrecognised(line: {
    workspaceId: string;
    connectionId: string;
    eventId: string;
    reason: string;
  }): void;
  /** Kept, as it has the id of an earlier event and says something else: somebody must judge. */
  eventContradicted(line: { workspaceId: string; connectionId: string; eventId: string }): void;
  /** Recorded events became facts. `lagMilliseconds`: since the oldest of them was recorded. */
  eventsProjected(line: {
    workspaceId: string;
    connectionId: string;
    events: number;
    facts: number;
    lagMilliseconds: number;
  }): void;
  /** An event that throws was parked; the lane goes on. */
  projectionFailed(line: {
    workspaceId: string;
    connectionId: string;
    eventId: string;
    error: unknown;
  }): void;
}

export function createIntakeEvents(intake: Log, projection: Log, metrics: Metrics): IntakeEvents {
  const webhooks = metrics.counter('webhooks_total', 'Webhooks by what became of them', [
    'connector',
    'outcome',
  ]);
  const answered = metrics.timer('webhook', 'From a webhook to its answer after commit', ['connector']);
  const events = metrics.counter('inbound_events_total', 'Events of webhooks', ['connector', 'outcome']);
  const unread = metrics.counter('unrecognised_events_total', 'Recorded events that could not be read', [
    'reason',
  ]);
  const projected = metrics.counter('projected_events_total', 'Recorded events that became facts', []);
  const lag = metrics.timer('projection_lag', 'From recording an event to the commit of its facts', []);
  const failures = metrics.counter('projection_failures_total', 'Events that were parked as they threw', []);
  const quota = createQuota();
  return {
    webhookAccepted(line) {
      const { connector } = line;
      webhooks({ connector, outcome: 'accepted' });
      answered({ connector }, line.milliseconds);
      events({ connector, outcome: 'recorded' }, line.recorded);
      events({ connector, outcome: 'duplicate' }, line.duplicates);
      events({ connector, outcome: 'unrecognised' }, line.unrecognised);
      if (intake.isDebug) intake.debug('webhook.accepted', line);
    },
    webhookRefused(line) {
      webhooks({ connector: line.connector ?? 'unknown', outcome: line.code });
      quota((unsaid) => intake.warn('webhook.refused', { ...line, unsaid }));
    },
    eventUnrecognised(line) {
      unread({ reason: /^[a-z_]{1,40}$/.test(line.reason) ? line.reason : 'other' });
      projection.warn('event.unrecognised', line);
    },
    eventContradicted(line) {
      unread({ reason: 'same_id_other_content' });
      intake.warn('event.contradicted', line);
    },
    eventsProjected(line) {
      projected({}, line.events);
      lag({}, line.lagMilliseconds);
      if (projection.isDebug) projection.debug('events.projected', line);
    },
    projectionFailed(line) {
      failures({});
      projection.error('projection.failed', line);
    },
  };
}
