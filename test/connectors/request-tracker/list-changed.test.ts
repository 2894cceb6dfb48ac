import { describe, expect, it } from 'vitest';
import type { Tracker } from '../../../src/connectors/request-tracker/calling/open-tracker.js';
import { fetchTicket } from '../../../src/connectors/request-tracker/fetch-ticket.js';
import { listChanged } from '../../../src/connectors/request-tracker/list-changed.js';
import type { FetchCursor } from '../../../src/connectors/connector.js';

const pages: Record<string, object> = {
  '/ticket/7': { id: 7, Status: 'open', Owner: { id: 'Nobody' }, Queue: { id: '1' } },
  '/user/14': { Name: 'bridge', Privileged: 1 },
  '/user/ada': { Name: 'ada', Privileged: 1 },
  '/queue/Chat': { id: 1, Name: 'Chat', Disabled: 0 },
  '/queue/1': { id: 1, Name: 'Chat', Disabled: 0 },
};

/** An RT in which all happens this minute, and which gives 100 to a page whatever it is asked for. */
function openBusyRt(): { tracker: Tracker; happen(times: number, unseen?: boolean): void } {
  const transactions: (Record<string, unknown> & { unseen: boolean })[] = [];
  const rest: Tracker['rest'] = async (_method, path) => {
    const { pathname, searchParams } = new URL(path, 'http://rt.example');
    const answered = { outcome: 'answered' as const, status: 200, headers: {}, bytes: Buffer.alloc(0) };
    if (pathname !== '/transactions') return { ...answered, json: pages[pathname] ?? { items: [] } };
    const perPage = Math.min(100, Number(searchParams.get('per_page')));
    const from = (Number(searchParams.get('page') ?? '1') - 1) * perPage;
    const query = searchParams.get('query') ?? '';
    const isSeen = ({ unseen }: { unseen: boolean }): boolean => !unseen;
    // What the bridge's user may not see takes places on a page, but in a search for what is of tickets alone.
    const ofTickets = query.startsWith("ObjectType = 'RT::Ticket' AND (");
    const after = Number(/\bid > (\d+)/u.exec(query)?.[1]);
    const found = transactions.slice(after).filter((one) => !ofTickets || isSeen(one));
    if (searchParams.get('order') === 'DESC') found.reverse();
    return { ...answered, json: { items: found.slice(from, from + perPage).filter(isSeen) } };
  };
  const people = { recall: (_key: string, ask: () => unknown) => ask() };
  const settings = { queue: 'Chat', statuses: {}, cutQuotes: false };
  return {
    tracker: { settings, people, ownUserId: '14', rest } as unknown as Tracker,
    happen(times, unseen = false) {
      for (let n = 0; n < times; n += 1)
        transactions.push({
          unseen,
          id: String(transactions.length + 1),
          Type: 'Correspond',
          Creator: { id: 'ada' },
          // Whole by now, and not settled yet.
          Created: new Date(Date.now() - 40_000).toISOString(),
          ObjectType: 'RT::Ticket',
          ObjectId: String(1_000 + transactions.length),
        });
    },
  };
}

/** Looks until there is no more. */
async function lookAll(tracker: Tracker, begin: FetchCursor) {
  const changed: string[] = [];
  let cursor = begin;
  for (let look = 0; look < 50; look += 1) {
    const found = await listChanged(tracker, cursor);
    if (found.outcome !== 'fetched') throw new Error(found.outcome);
    changed.push(...found.externalTicketIds);
    cursor = found.cursor;
    if (!found.more) return { changed, cursor };
  }
  throw new Error('there is always more');
}

describe('looking for what has changed in a busy Request Tracker', () => {
  it('finds everything once, however much happens in a minute', async () => {
    const { tracker, happen } = openBusyRt();
    happen(150);
    const begun = await listChanged(tracker, null);
    if (begun.outcome !== 'fetched') throw new Error(begun.outcome);
    let { cursor } = begun;
    for (const times of [1, 90, 100, 250, 1]) {
      happen(times);
      const looked = await lookAll(tracker, cursor);
      expect(looked.changed).toHaveLength(times);
      expect(new Set(looked.changed).size).toBe(times);
      ({ cursor } = looked);
    }
  });

  it('does not begin with what was long ago', async () => {
    const { tracker, happen } = openBusyRt();
    happen(1_000);
    const begun = await listChanged(tracker, null);
    if (begun.outcome !== 'fetched') throw new Error(begun.outcome);
    expect((await lookAll(tracker, begun.cursor)).changed).toEqual([]);
  });

  it('gets past what it may not see', async () => {
    const { tracker, happen } = openBusyRt();
    happen(5);
    const begun = await listChanged(tracker, null);
    if (begun.outcome !== 'fetched') throw new Error(begun.outcome);
    happen(300, true);
    happen(2);
    expect((await lookAll(tracker, begun.cursor)).changed).toHaveLength(2);
  });

  it('finds all that was said in one ticket', async () => {
    const { tracker, happen } = openBusyRt();
    happen(250);
    const identities = new Set<string>();
    let cursor: FetchCursor | null = null;
    for (let look = 0, more = true; more && look < 50; look += 1) {
      const found = await fetchTicket(tracker, '7', cursor);
      if (found.outcome !== 'fetched') throw new Error(found.outcome);
      for (const { kind, identity } of found.events) if (kind === 'message') identities.add(identity);
      ({ cursor, more } = found);
    }
    expect(identities.size).toBe(250);
  });
});
