import type { ChangedTickets, FetchCursor } from '../connector.js';
import type { Tracker } from './calling/open-tracker.js';
import { largestPage, readNews } from './calling/read-news.js';
import { readOwnName } from './calling/read-person.js';
import { readTransactions } from './calling/read-transactions.js';
import { advance, readAccountCursor } from './fetch-cursor.js';

/** What can change a ticket in a way that concerns us; mails that RT sends are transactions too. */
const types = ['Create', 'Correspond', 'Comment', 'Status', 'Set', 'SetWatcher', 'AddLink']
  .map((type) => `Type = '${type}'`)
  .join(' OR ');

/** Which tickets have changed since the cursor, by the numbers of RT's transactions. @throws FailedCall */
export async function listChanged(tracker: Tracker, cursor: FetchCursor | null): Promise<ChangedTickets> {
  const from = readAccountCursor(cursor);
  if (from === undefined) {
    const query = `id > 0 AND (${types})`;
    const newest = await readTransactions(tracker, query, { perPage: largestPage, newestFirst: true });
    // What was before them is not looked at, even when they are all of the last minute.
    const after = Math.max(0, (newest.transactions[0]?.id ?? 0) - 1);
    const begin = advance({ after, told: [] }, newest.transactions, newest.readAt);
    return { outcome: 'fetched', externalTicketIds: [], cursor: begin, more: false };
  }
  const query = `id > ${from.after} AND (${types})`;
  const { seen, news, more, readAt } = await readNews(tracker, query, from.told);
  const own = await readOwnName(tracker);
  const changed = news.filter(({ creator }) => creator !== own).map(({ ticketId }) => ticketId);
  return {
    outcome: 'fetched',
    externalTicketIds: [...new Set(changed)],
    cursor: advance(from, seen, readAt),
    more,
  };
}
