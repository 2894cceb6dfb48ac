import { describe, expect, it } from 'vitest';
import type { TicketChange } from '../../../src/domain/desk-order.js';
import { FailedCall } from '../../../src/connectors/desk-kit/index.js';
import {
  createTrackerShelf,
  type Tracker,
} from '../../../src/connectors/request-tracker/calling/open-tracker.js';
import type { Ticket } from '../../../src/connectors/request-tracker/calling/read-ticket.js';
import { updateTicket } from '../../../src/connectors/request-tracker/sending/update-ticket.js';
import { policyFor } from '../../../src/connectors/http-client/index.js';

/** An RT of one ticket that answers 200 to every change, and makes only those that it allows. */
function openRt(
  allowed: string[],
  settings: object = {},
): { tracker: Tracker; stands: Record<string, unknown>; stop(): void } {
  const shelf = createTrackerShelf(policyFor(true));
  const account = {
    settings: { baseUrl: 'http://127.0.0.1:9', ...settings },
    credentials: { token: '1-14-abcdef123456' },
  };
  const opened = shelf.open(account, { signal: AbortSignal.timeout(60_000) });
  const stands: Record<string, unknown> = { Status: 'open', Priority: 0 };
  const rest: Tracker['rest'] = async (method, path, options) => {
    const answered = { outcome: 'answered' as const, headers: {}, bytes: Buffer.alloc(0) };
    if (path.startsWith('/queue/')) return { ...answered, status: 404, json: {} };
    if (path.startsWith('/queues')) return { ...answered, status: 200, json: { items: [], pages: 1 } };
    if (method === 'PUT')
      for (const [name, value] of Object.entries(options?.json as object))
        if (allowed.includes(name)) stands[name] = value;
    const json = { id: 7, Owner: { id: 'Nobody' }, Queue: { id: '1' }, ...stands };
    return { ...answered, status: 200, json };
  };
  return { tracker: { ...opened, rest }, stands, stop: () => shelf.stop() };
}

const ticket = {
  id: '7',
  status: 'open',
  queueId: '1',
  priority: 0,
  fields: {},
} as unknown as Ticket;

async function outcomeOf(tracker: Tracker, change: TicketChange, key = 'key') {
  try {
    await updateTicket(tracker, ticket, change, key);
    return undefined;
  } catch (error) {
    if (error instanceof FailedCall) return error.failed;
    throw error;
  }
}

describe('a change of a ticket in Request Tracker', () => {
  it('that is answered 200 and not made is tried again, then refused with what is missing', async () => {
    const { tracker, stop } = openRt([]);
    const change = { status: 'solved' } as const;
    expect(await outcomeOf(tracker, change)).toMatchObject({ outcome: 'retry', code: 'change_refused' });
    expect(await outcomeOf(tracker, change, 'another')).toMatchObject({ outcome: 'retry' });
    expect(await outcomeOf(tracker, change)).toMatchObject({ outcome: 'retry' });
    const refused = await outcomeOf(tracker, change);
    expect(refused).toMatchObject({ outcome: 'refused', code: 'change_refused' });
    expect(refused?.message).toContain('lifecycle');
    stop();
  });

  it('is made as far as it can be: a team that is unknown takes no status along', async () => {
    const { tracker, stands, stop } = openRt(['Status']);
    const change = { status: 'solved', assignee: { team: 'Nobody here' } } as const;
    expect(await outcomeOf(tracker, change)).toMatchObject({ outcome: 'refused', code: 'team_unknown' });
    expect(stands['Status']).toBe('resolved');
    stop();
  });

  it('is made under settings that were stored before “sets” was compared with “statuses”', async () => {
    const stored = { sets: { pending: 'waiting', solved: 'rejected' } };
    const { tracker, stands, stop } = openRt(['Status'], stored);
    expect(await outcomeOf(tracker, { status: 'solved' })).toBeUndefined();
    expect(stands['Status']).toBe('rejected');
    expect(await outcomeOf(tracker, { status: 'pending' })).toBeUndefined();
    expect(stands['Status']).toBe('stalled');
    stop();
  });
});
