import { z } from 'zod';
import type { Account, FetchCursor, SplitEvent, TicketFetch } from '../connector.js';
import { makeStorable, settleCall } from '../desk-kit/index.js';
import {
  conversationList,
  type FreshdeskConversation,
  type FreshdeskTicket,
  ticket,
} from './calling/answers.js';
import type { FreshdeskClient, OpenClient } from './calling/open-client.js';
import { listGroups, ownStaff, staffOf } from './calling/people-of.js';
import { isAccountThere, isMissing, ticketPath } from './calling/ticket-path.js';
import type { SeenState } from './reading/ticket-state.js';

/** `page`: the last one that was not empty · `seen`: what stood on it and on the one before. */
const cursorShape = z.object({
  page: z.int().positive(),
  seen: z.array(z.int()),
  state: z.string().optional(),
  changes: z.int().nonnegative(),
  gone: z.boolean().optional(),
});
type Cursor = z.infer<typeof cursorShape>;

const fullPage = 100;

/** What has happened in a ticket since the cursor. */
export async function fetchTicket(
  open: OpenClient,
  account: Account,
  externalTicketId: string,
  given: FetchCursor | null,
  signal: AbortSignal,
): Promise<TicketFetch> {
  const cursor = cursorShape.safeParse(given).data ?? { page: 1, seen: [], changes: 0 };
  if (cursor.gone === true) return { outcome: 'fetched', events: [], cursor, more: false };
  return settleCall(async (): Promise<TicketFetch> => {
    const client = open(account, { signal });
    const path = ticketPath(externalTicketId);
    try {
      const found = await client.ask(ticket, { method: 'GET', path });
      if (found.deleted === true) return tellGone(externalTicketId, cursor);
      return await fetchNews(client, found, cursor);
    } catch (error) {
      if (!isMissing(error) || !(await isAccountThere(client))) throw error;
      return tellGone(externalTicketId, cursor);
    }
  });
}

async function fetchNews(
  client: FreshdeskClient,
  found: FreshdeskTicket,
  cursor: Cursor,
): Promise<TicketFetch> {
  const laneKey = String(found.id);
  // What was deleted moves the rest forward, from a page to the one before: that one is read again.
  const before = cursor.page > 1 ? await fetchPage(client, laneKey, cursor.page - 1) : [];
  const page = await fetchPage(client, laneKey, cursor.page);
  const known = new Set(cursor.seen);
  const news = [...before, ...page]
    .filter(({ id }) => !known.has(id))
    .sort((one, other) => one.id - other.id);
  const fresh = news.filter(isNews);
  const authors = await authorsOf(client, fresh);
  const events = fresh.map((one) => toEvent(laneKey, one, authors));
  const more = page.length >= fullPage;
  const read = [...before, ...page].map(({ id }) => id);
  const next: Cursor = { ...cursor, page: cursor.page + (more ? 1 : 0), seen: read.slice(-2 * fullPage) };
  if (more) return { outcome: 'fetched', events, cursor: next, more };
  const state = await tellState(client, found, next);
  return { outcome: 'fetched', events: [...events, ...state.events], cursor: state.cursor, more: false };
}

async function fetchPage(
  client: FreshdeskClient,
  id: string,
  page: number,
): Promise<FreshdeskConversation[]> {
  const path = `/tickets/${id}/conversations?per_page=${fullPage}&page=${page}`;
  return client.ask(conversationList, { method: 'GET', path, deadlineSeconds: 30 });
}

/** What the contact says is no news. */
const isNews = ({ incoming }: FreshdeskConversation): boolean => incoming !== true;

const kept = ['id', 'incoming', 'private', 'source', 'created_at', 'user_id', 'attachments'] as const;

type Author = { kind: 'staff' | 'bridge' | 'other'; email?: string; name?: string };

function toEvent(
  laneKey: string,
  one: FreshdeskConversation,
  authors: ReadonlyMap<number, Author>,
): SplitEvent {
  const words = one.body ? { body: one.body } : { body_text: one.body_text ?? '' };
  const fields = Object.fromEntries(
    kept.flatMap((name) => (one[name] === undefined ? [] : [[name, one[name]]])),
  );
  const author = authors.get(one.user_id ?? 0) ?? { kind: 'other' };
  const { value: payload, cleaned } = makeStorable({ ...fields, ...words, author });
  const identity = `conversation:${one.id}`;
  const flags: SplitEvent['flags'] = cleaned ? ['cleaned'] : [];
  return { kind: 'conversation', laneKey, identity, identityBy: 'id', payload, flags };
}

/** Who has written, each looked up once: calls are few. */
async function authorsOf(
  client: FreshdeskClient,
  said: readonly FreshdeskConversation[],
): Promise<Map<number, Author>> {
  const authors = new Map<number, Author>();
  const ids = new Set(said.flatMap(({ user_id: id }) => (id ? [id] : [])));
  const me = ids.size > 0 ? await ownStaff(client) : undefined;
  for (const id of ids) {
    const staff = id === me?.id ? me : await staffOf(client, id);
    if (staff === undefined) continue;
    const { email, name } = staff;
    const kind = id === me?.id ? 'bridge' : 'staff';
    authors.set(id, { kind, email, ...(name === undefined ? {} : { name }) });
  }
  return authors;
}

async function tellState(
  client: FreshdeskClient,
  found: FreshdeskTicket,
  cursor: Cursor,
): Promise<{ events: SplitEvent[]; cursor: Cursor }> {
  const { status, priority, responder_id: responderId, group_id: groupId } = found;
  const told = JSON.stringify([status, priority, responderId, groupId]);
  if (told === cursor.state) return { events: [], cursor };
  const staff = responderId ? await staffOf(client, responderId) : undefined;
  const group = groupId ? (await listGroups(client)).find(({ id }) => id === groupId) : undefined;
  const state: SeenState = {
    status,
    priority: priority ?? null,
    responder: staff ?? null,
    group: group ?? null,
  };
  const changes = cursor.changes + 1;
  const at = found.updated_at ?? '';
  const { value: payload } = makeStorable({ state, at });
  const event: SplitEvent = {
    kind: 'ticket-state',
    laneKey: String(found.id),
    // The count tells apart what came, went and came again within one second.
    identity: `state:${changes}:${at}:${told}`,
    identityBy: 'id',
    payload,
    flags: [],
  };
  return { events: [event], cursor: { ...cursor, state: told, changes } };
}

function tellGone(laneKey: string, cursor: Cursor): TicketFetch {
  const payload = { how: 'deleted' };
  const event: SplitEvent = {
    kind: 'ticket-gone',
    laneKey,
    identity: 'gone',
    identityBy: 'id',
    payload,
    flags: [],
  };
  return { outcome: 'fetched', events: [event], cursor: { ...cursor, gone: true }, more: false };
}
