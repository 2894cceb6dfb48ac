import { z } from 'zod';
import type { Account, FetchCursor, SplitEvent, TicketFetch } from '../connector.js';
import { makeStorable, settleCall } from '../desk-kit/index.js';
import { type ChatwootMessage, conversation, messagePage } from './calling/answers.js';
import type { ChatwootClient, OpenClient } from './calling/open-client.js';
import { isInboxThere, isMissing, ticketPath } from './calling/ticket-path.js';
import { kindOf } from './reading/message-fields.js';
import { seeState } from './reading/ticket-state.js';

/** `after`: everything up to this id is known · `seen`: known ids behind it · `changes`: states told so far. */
const cursorShape = z.object({
  after: z.int().nonnegative(),
  seen: z.array(z.int()),
  state: z.string().optional(),
  changes: z.int().nonnegative(),
  gone: z.boolean().optional(),
});
type Cursor = z.infer<typeof cursorShape>;

const fullPage = 100;
/** A message whose id is lower than another's may be committed later: so long the tail is read again. */
const tailSeconds = 60;

/** What has happened in a conversation since the cursor. */
export async function fetchTicket(
  open: OpenClient,
  account: Account,
  externalTicketId: string,
  given: FetchCursor | null,
  signal: AbortSignal,
): Promise<TicketFetch> {
  const cursor = cursorShape.safeParse(given).data ?? { after: 0, seen: [], changes: 0 };
  if (cursor.gone === true) return { outcome: 'fetched', events: [], cursor, more: false };
  return settleCall(async () => {
    const client = open(account, { signal });
    const path = ticketPath(externalTicketId);
    try {
      return await fetchNews(client, externalTicketId, path, cursor);
    } catch (error) {
      if (!isMissing(error) || !(await isInboxThere(client))) throw error;
      return tellGone(externalTicketId, cursor);
    }
  });
}

async function fetchNews(
  client: ChatwootClient,
  laneKey: string,
  path: string,
  cursor: Cursor,
): Promise<TicketFetch> {
  const call = {
    method: 'GET' as const,
    path: `${path}/messages?after=${cursor.after}`,
    deadlineSeconds: 30,
  };
  const { payload } = await client.ask(messagePage, call);
  const known = new Set(cursor.seen);
  const events = payload
    .filter(({ id }) => id > cursor.after && !known.has(id))
    .sort((one, other) => one.id - other.id)
    .filter(isNews)
    .map((message): SplitEvent => {
      const { value, cleaned } = makeStorable(keep(message));
      const identity = `message:${message.id}`;
      return {
        kind: 'message',
        laneKey,
        identity,
        identityBy: 'id',
        payload: value,
        flags: cleaned ? ['cleaned'] : [],
      };
    });
  const more = payload.length >= fullPage;
  const next = { ...cursor, ...moveOn(cursor, payload, more) };
  if (more) return { outcome: 'fetched', events, cursor: next, more };
  const state = await fetchState(client, laneKey, path, next);
  return { outcome: 'fetched', events: [...events, ...state.events], cursor: state.cursor, more: false };
}

/** The contact's words and the desk's own remarks are no news; what is of an unknown kind is kept. */
function isNews({ message_type: type }: ChatwootMessage): boolean {
  const kind = kindOf(type);
  return kind === 'outgoing' || kind === undefined;
}

const kept = [
  'id',
  'content',
  'message_type',
  'private',
  'created_at',
  'content_type',
  'sender_type',
  'source_id',
] as const;

/** What is read of a message; the rest is large and says the same again in every message. */
function keep(message: ChatwootMessage): Record<string, unknown> {
  const sender = z.looseObject({}).safeParse(message.sender).data;
  const attributes = z.looseObject({}).safeParse(message['content_attributes']).data;
  return {
    ...Object.fromEntries(
      kept.flatMap((field) => (message[field] === undefined ? [] : [[field, message[field]]])),
    ),
    ...(sender === undefined
      ? {}
      : { sender: pickOf(sender, ['id', 'name', 'available_name', 'email', 'type']) }),
    ...(attributes === undefined
      ? {}
      : { content_attributes: pickOf(attributes, ['deleted', 'automation_rule_id']) }),
    ...(Array.isArray(message.attachments) ? { attachments: message.attachments } : {}),
  };
}

const pickOf = (from: Record<string, unknown>, fields: string[]): Record<string, unknown> =>
  Object.fromEntries(fields.flatMap((field) => (from[field] === undefined ? [] : [[field, from[field]]])));

function moveOn(cursor: Cursor, page: ChatwootMessage[], more: boolean): Pick<Cursor, 'after' | 'seen'> {
  const ids = page.map(({ id }) => id);
  if (more) return { after: Math.max(cursor.after, ...ids), seen: [] };
  const times = page.map(({ created_at: at }) => (typeof at === 'number' ? at : 0));
  const since = Math.max(0, ...times) - tailSeconds;
  const tail = page.filter((_message, at) => (times[at] ?? 0) >= since).map(({ id }) => id);
  if (tail.length === 0) return { after: cursor.after, seen: cursor.seen };
  return { after: Math.max(cursor.after, Math.min(...tail) - 1), seen: tail };
}

async function fetchState(
  client: ChatwootClient,
  laneKey: string,
  path: string,
  cursor: Cursor,
): Promise<{ events: SplitEvent[]; cursor: Cursor }> {
  const found = await client.ask(conversation, { method: 'GET', path });
  const state = seeState(found);
  const told = JSON.stringify(state ?? null);
  if (state === undefined || told === cursor.state) return { events: [], cursor };
  const changes = cursor.changes + 1;
  const at = found['updated_at'] ?? found['last_activity_at'] ?? found['timestamp'];
  // The count tells apart what came, went and came again within one second.
  const identity = `state:${changes}:${String(at)}:${state.status}:${state.assignee?.id}:${state.team?.id}:${state.priority}`;
  const { value: payload } = makeStorable({ state, at: at ?? null });
  const event: SplitEvent = { kind: 'ticket-state', laneKey, identity, identityBy: 'id', payload, flags: [] };
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
