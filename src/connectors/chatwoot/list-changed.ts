import { z } from 'zod';
import type { Account, ChangedTickets, FetchCursor } from '../connector.js';
import { settleCall } from '../desk-kit/index.js';
import { type ChatwootConversation, conversationPage } from './calling/answers.js';
import type { ChatwootClient, OpenClient } from './calling/open-client.js';
import { inboxOf } from './calling/inbox-of.js';

/**
 * `at`: the newest activity seen, in seconds · `known`: what conversations of that time looked like ·
 * `page`, `next`: where a long look was broken off, and what `at` will be after it.
 */
const cursorShape = z.object({
  at: z.number().nonnegative(),
  known: z.record(z.string(), z.string()),
  page: z.int().positive().optional(),
  next: z.number().nonnegative().optional(),
});
type Cursor = z.infer<typeof cursorShape>;

const mostPages = 20;
/** Times are whole seconds: what happened in the last ones is looked at again. */
const overlapSeconds = 5;

/** Conversations of the inbox with something new, as the list tells that is ordered by the last activity. */
export async function listChanged(
  open: OpenClient,
  account: Account,
  given: FetchCursor | null,
  signal: AbortSignal,
): Promise<ChangedTickets> {
  const cursor = cursorShape.safeParse(given).data;
  return settleCall(async () => {
    const client = open(account, { signal });
    return cursor === undefined ? begin(client) : lookOn(client, cursor);
  });
}

async function begin(client: ChatwootClient): Promise<ChangedTickets> {
  const page = await fetchPage(client, 1);
  const at = Math.max(0, ...page.map(activityOf));
  return { outcome: 'fetched', externalTicketIds: [], cursor: { at, known: lookOf(page, at) }, more: false };
}

async function lookOn(client: ChatwootClient, cursor: Cursor): Promise<ChangedTickets> {
  const changed = new Set<string>();
  const seen: ChatwootConversation[] = [];
  const first = cursor.page ?? 1;
  let next = cursor.next ?? cursor.at;
  for (let number = first; number < first + mostPages; number += 1) {
    const page = await fetchPage(client, number);
    next = Math.max(next, ...page.map(activityOf));
    seen.push(...page);
    const young = page.filter((one) => activityOf(one) >= cursor.at - overlapSeconds);
    for (const one of young) if (cursor.known[one.id] !== stampOf(one)) changed.add(String(one.id));
    if (young.length < page.length || page.length === 0) {
      const after: Cursor = { at: next, known: lookOf(seen, next) };
      return { outcome: 'fetched', externalTicketIds: [...changed], cursor: after, more: false };
    }
  }
  const after: Cursor = { ...cursor, page: first + mostPages, next };
  return { outcome: 'fetched', externalTicketIds: [...changed], cursor: after, more: true };
}

async function fetchPage(client: ChatwootClient, page: number): Promise<ChatwootConversation[]> {
  const query = `inbox_id=${inboxOf(client)}&status=all&assignee_type=all&page=${page}`;
  const found = await client.ask(conversationPage, { method: 'GET', path: `/conversations?${query}` });
  return found.data.payload;
}

const numberOf = (value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) ? value : 0;

/** Newer servers tell `updated_at`, which a change without words moves as well. */
const activityOf = (one: ChatwootConversation): number =>
  Math.max(numberOf(one['last_activity_at']), numberOf(one['timestamp']), numberOf(one['updated_at']));

/** Changes whenever something does that is of use. */
function stampOf(one: ChatwootConversation): string {
  const last = z
    .array(z.looseObject({ id: z.unknown() }))
    .safeParse(one['messages'])
    .data?.at(-1)?.id;
  return [activityOf(one), last, one.status, one['priority']].map(String).join(':');
}

function lookOf(page: ChatwootConversation[], at: number): Record<string, string> {
  const young = page.filter((one) => activityOf(one) >= at - overlapSeconds);
  return Object.fromEntries(young.map((one) => [String(one.id), stampOf(one)]));
}
