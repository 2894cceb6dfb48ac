import type { Log } from '../log.js';
import type { Metrics } from '../metrics.js';

interface Place {
  workspaceId: string;
  connectionId: string;
}

export interface TicketingEvents {
  /** Facts were told to a desk: its orders are in the outbox. */
  deskTold(line: Place & { connector: string; facts: number; orders: number }): void;
  /** Facts that a desk was still to be told are no longer there. */
  deskBegunAfresh(line: Place & { connector: string }): void;
  ticketsFetched(line: Place & { connector: string; events: number; milliseconds: number }): void;
  ticketFetchRefused(line: Place & { connector: string; code: string }): void;
  /** What an agent did in a desk is in its conversation. */
  deskEventApplied(line: Place & { eventId: string; lagMilliseconds: number }): void;
  /** A file that came from outside could not be kept. `message` says what to do. */
  fileStoreFailed(line: Place & { message: string }): void;
  /** An agent's file cannot be had while its desk is away. Its ticket waits for it. */
  deskFileAwaited(line: Place & { eventId: string; message: string }): void;
}

export function createTicketingEvents(log: Log, metrics: Metrics): TicketingEvents {
  const told = metrics.counter('desk_facts_total', 'Facts that desks were told', ['connector']);
  const orders = metrics.counter('desk_orders_total', 'Orders that facts became', ['connector']);
  const fetches = metrics.timer('ticket_fetch', 'Reading a ticket or an account since the cursor', [
    'connector',
  ]);
  const refusals = metrics.counter('ticket_fetch_refused_total', 'Fetches that desks refused', [
    'connector',
    'code',
  ]);
  const lag = metrics.timer('desk_event_lag', 'From recording what an agent did to its effect', []);
  const full = metrics.counter('file_store_failed_total', 'Files from outside that could not be kept', []);
  return {
    deskTold(line) {
      told({ connector: line.connector }, line.facts);
      orders({ connector: line.connector }, line.orders);
      if (log.isDebug) log.debug('desk.told', line);
    },
    deskBegunAfresh: (line) => log.error('desk.begun_afresh', line),
    ticketsFetched(line) {
      fetches({ connector: line.connector }, line.milliseconds);
      if (log.isDebug) log.debug('tickets.fetched', line);
    },
    ticketFetchRefused(line) {
      const { connector, code } = line;
      refusals({ connector, code });
      log.warn('ticket_fetch.refused', line);
    },
    deskEventApplied(line) {
      lag({}, line.lagMilliseconds);
      if (log.isDebug) log.debug('desk_event.applied', line);
    },
    fileStoreFailed(line) {
      full({});
      log.error('file_store.failed', line);
    },
    deskFileAwaited: (line) => log.warn('desk_file.awaited', line),
  };
}
