import { z } from 'zod';
import type { Account, ChangedTickets, FetchCursor } from '../connector.js';
import { settleCall } from '../desk-kit/index.js';
import { type FreshdeskTicket, ticketList } from './calling/answers.js';
import type { FreshdeskClient, OpenClient } from './calling/open-client.js';

/** `since`: the newest change seen, ISO 8601 · `known`: what was changed around then, and when. */
const cursorShape = z.object({
  since: z.iso.datetime({ offset: true }),
  known: z.record(z.string(), z.string()),
});
type Cursor = z.infer<typeof cursorShape>;

const fullPage = 100;
/** Times are whole seconds, and a change shows a moment after its time. */
const overlapSeconds = 60;
const freshSeconds = 5;

/** Tickets that have changed since the cursor; all of the account's, as its list knows no other choice. */
export async function listChanged(
  open: OpenClient,
  account: Account,
  given: FetchCursor | null,
  signal: AbortSignal,
): Promise<ChangedTickets> {
  const cursor = cursorShape.safeParse(given).data;
  return settleCall(async (): Promise<ChangedTickets> => {
    const client = open(account, signal);
    const from = cursor ?? { since: new Date().toISOString(), known: {} };
    const page = await fetchSince(client, from.since);
    const next = moveOn(from, page);
    if (cursor === undefined) return { outcome: 'fetched', externalTicketIds: [], cursor: next, more: false };
    const changed = page.filter((one) => cursor.known[one.id] !== stampOf(one)).map(({ id }) => String(id));
    // A full page that brings nothing on would be asked for again for ever.
    const more = page.length >= fullPage && next.since !== cursor.since;
    return { outcome: 'fetched', externalTicketIds: changed, cursor: next, more };
  });
}

async function fetchSince(client: FreshdeskClient, since: string): Promise<FreshdeskTicket[]> {
  const from = new Date(Date.parse(since) - overlapSeconds * 1_000).toISOString().replace(/\.\d+Z$/u, 'Z');
  const order = `order_by=updated_at&order_type=asc&per_page=${fullPage}`;
  const path = `/tickets?updated_since=${encodeURIComponent(from)}&${order}`;
  return client.ask(ticketList, { method: 'GET', path, deadlineSeconds: 30 });
}

const timeOf = (one: FreshdeskTicket): number => Date.parse(one.updated_at ?? '') || 0;

const stampOf = (one: FreshdeskTicket): string => `${one.updated_at ?? ''}:${one.status}`;

function moveOn(from: Cursor, page: FreshdeskTicket[]): Cursor {
  const newest = Math.max(Date.parse(from.since), ...page.map(timeOf));
  // More than a page within the overlap: on from its end, or it would never end.
  const full = page.length >= fullPage;
  const since = full ? newest + (newest === Date.parse(from.since) ? overlapSeconds * 1_000 : 0) : newest;
  // What has just been changed may be changed again within the same second, and look the same.
  const settled = page.filter((one) => timeOf(one) < Date.now() - freshSeconds * 1_000);
  const known = Object.fromEntries(settled.map((one) => [one.id, stampOf(one)]));
  return { since: new Date(since).toISOString(), known };
}
