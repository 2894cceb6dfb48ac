import type { ChangedTickets, FetchCursor } from '../connector.js';
import type { Tracker } from './calling/open-tracker.js';
import { readOwnName } from './calling/read-person.js';
import { readTransactions } from './calling/read-transactions.js';
import { advance, readAccountCursor } from './fetch-cursor.js';

/** What can change a ticket in a way that concerns us; mails that RT sends are transactions too. */
const types = ['Create', 'Correspond', 'Comment', 'Status', 'Set', 'SetWatcher', 'AddLink']
  .map((type) => `Type = '${type}'`)
  .join(' OR ');
const perPage = 100;

/** Which tickets have changed since the cursor, by the numbers of RT's transactions. @throws FailedCall */
export async function listChanged(tracker: Tracker, cursor: FetchCursor | null): Promise<ChangedTickets> {
  const from = readAccountCursor(cursor);
  if (from === undefined) {
    const query = `id > 0 AND (${types})`;
    const newest = await readTransactions(tracker, query, { perPage: 20, newestFirst: true });
    const begin = advance({ after: 0, told: [] }, newest.transactions, newest.readAt);
    return { outcome: 'fetched', externalTicketIds: [], cursor: begin, more: false };
  }
  const query = `id > ${from.after} AND (${types})`;
  const page = await readTransactions(tracker, query, { perPage: perPage + from.told.length });
  const own = await readOwnName(tracker);
  const news = page.transactions.filter(({ id }) => !from.told.includes(id));
  const changed = news.filter(({ creator }) => creator !== own).map(({ ticketId }) => ticketId);
  return {
    outcome: 'fetched',
    externalTicketIds: [...new Set(changed)],
    cursor: advance(from, page.transactions, page.readAt),
    more: page.full && news.length > 0,
  };
}
