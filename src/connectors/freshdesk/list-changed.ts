import { z } from 'zod';
import type { Account, ChangedTickets, FetchCursor } from '../connector.js';
import { settleCall } from '../desk-kit/index.js';
import { type FreshdeskTicket, ticketList } from './calling/answers.js';
import type { FreshdeskClient, OpenClient } from './calling/open-client.js';

/** `from`: where the next look begins, ISO 8601 · `known`: what it will see again, and how that looked. */
const cursorShape = z.object({
  from: z.iso.datetime({ offset: true }),
  known: z.record(z.string(), z.string()),
});
type Cursor = z.infer<typeof cursorShape>;

const fullPage = 100;
/** Times are whole seconds, clocks differ, and a change shows a moment after its time. */
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
  if (cursor === undefined) {
    const begin = { from: textOf(Date.now() - overlapSeconds * 1_000), known: {} };
    return { outcome: 'fetched', externalTicketIds: [], cursor: begin, more: false };
  }
  return settleCall(async (): Promise<ChangedTickets> => {
    const page = await fetchFrom(open(account, { signal }), cursor.from);
    const changed = page.filter((one) => cursor.known[one.id] !== stampOf(one)).map(({ id }) => String(id));
    const more = page.length >= fullPage;
    return { outcome: 'fetched', externalTicketIds: changed, cursor: moveOn(cursor, page, more), more };
  });
}

async function fetchFrom(client: FreshdeskClient, from: string): Promise<FreshdeskTicket[]> {
  const order = `order_by=updated_at&order_type=asc&per_page=${fullPage}`;
  const path = `/tickets?updated_since=${encodeURIComponent(from)}&${order}`;
  return client.ask(ticketList, { method: 'GET', path, deadlineSeconds: 30 });
}

const textOf = (at: number): string => new Date(at).toISOString().replace(/\.\d+Z$/u, 'Z');

const timeOf = (one: FreshdeskTicket): number => Date.parse(one.updated_at ?? '') || 0;

const stampOf = (one: FreshdeskTicket): string => `${one.updated_at ?? ''}:${one.status}`;

/** After a full page on from its end; else back by the overlap, and never further back than before. */
function moveOn(cursor: Cursor, page: FreshdeskTicket[], more: boolean): Cursor {
  const before = Date.parse(cursor.from);
  const newest = Math.max(before, ...page.map(timeOf));
  // A page of one second alone would be asked for again for ever.
  const from = more ? Math.max(newest, before + 1_000) : Math.max(before, newest - overlapSeconds * 1_000);
  // What has just been changed may be changed again within the same second, and look the same.
  const until = Date.now() - freshSeconds * 1_000;
  const seen = page.filter((one) => timeOf(one) >= from && timeOf(one) < until);
  return { from: textOf(from), known: Object.fromEntries(seen.map((one) => [one.id, stampOf(one)])) };
}
