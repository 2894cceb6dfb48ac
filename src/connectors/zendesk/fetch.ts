import { createHash } from 'node:crypto';
import type { Account, FetchContext, FetchCursor, SplitEvent, TicketFetch } from '../connector.js';
import { makeStorable } from '../desk-kit/index.js';
import type { Failed } from './calling/judge-answer.js';
import { myId } from './calling/me.js';
import type { Desk, DeskDoor } from './calling/open-desk.js';
import { sentences } from './calling/sentences.js';
import type { Ticket } from './calling/shapes.js';
import { type FoundTicket, notATicketId, readTicket, ticketId, type TicketId } from './calling/tickets.js';
import { type Cursor, cursorShape } from './fetching/cursor.js';
import { fetchComments } from './fetching/fetch-comments.js';
import { findMergeTarget, isMerged } from './reading/merged.js';

/** Their times have whole seconds, and a copy that is read may lag behind. */
const SETTLED_SECONDS = 10;

/** What has happened in a ticket since the cursor. Never throws. */
export async function fetchTicket(
  door: DeskDoor,
  account: Account,
  externalTicketId: string,
  cursor: FetchCursor | null,
  { signal }: FetchContext,
): Promise<TicketFetch> {
  const id = ticketId(externalTicketId);
  if (id === undefined) return notATicketId;
  try {
    const opened = door.open(account, { signal });
    if (opened.outcome === 'failed') return opened.failure;
    const known = cursorShape.parse(cursor ?? {});
    const fetched = await look(opened.desk, id, known);
    return fetched.outcome === 'failed' ? fetched.failure : fetched;
  } catch {
    return { outcome: 'retry', code: 'unforeseen', message: sentences.unreadable_answer };
  }
}

async function look(
  desk: Desk,
  id: TicketId,
  cursor: Cursor,
): Promise<Extract<TicketFetch, { outcome: 'fetched' }> | Failed> {
  const found = await readTicket(desk, id);
  if (found.outcome === 'failed') return found.problem === 'not_found' ? gone(id, cursor, {}) : found;
  const { ticket } = found;
  if (ticket.status === 'deleted') return gone(id, cursor, {});
  const quiet = cursor.settled && cursor.updatedAt === ticket.updated_at;
  const me = quiet ? undefined : await myId(desk);
  if (me?.outcome === 'failed') return me;
  const comments =
    me === undefined ? { events: [], cursor, more: false } : await fetchComments(desk, found, me.id, cursor);
  if ('failure' in comments) return comments;
  const next: Cursor = { ...comments.cursor, updatedAt: ticket.updated_at, settled: isSettled(found) };
  if (comments.more)
    return { outcome: 'fetched', events: comments.events, cursor: { ...next, settled: false }, more: true };
  if (isMerged(ticket)) {
    const into = cursor.gone ? undefined : await findMergeTarget(desk, id);
    if (into?.outcome === 'failed') return into;
    if (cursor.gone || into?.id !== undefined)
      return gone(id, { ...next, gone: cursor.gone }, { into: into?.id, before: comments.events });
  }
  const state = tellState(found, next);
  return {
    outcome: 'fetched',
    events: [...comments.events, ...state.events],
    cursor: state.cursor,
    more: false,
  };
}

const isSettled = ({ ticket, serverTime }: FoundTicket): boolean =>
  serverTime.getTime() - Date.parse(ticket.updated_at) > SETTLED_SECONDS * 1_000;

function gone(
  id: TicketId,
  cursor: Cursor,
  { into, before = [] }: { into?: TicketId | undefined; before?: SplitEvent[] },
): Extract<TicketFetch, { outcome: 'fetched' }> {
  const payload = into === undefined ? { how: 'deleted' } : { how: 'merged', into };
  const event = { kind: 'ticket-gone', laneKey: id, identity: `gone:${id}`, payload };
  const events: SplitEvent[] = cursor.gone ? [] : [{ ...event, identityBy: 'id', flags: [] }];
  return {
    outcome: 'fetched',
    events: [...before, ...events],
    cursor: { ...cursor, gone: true },
    more: false,
  };
}

/** The state as one event, when it is not what was told last. */
function tellState(found: FoundTicket, cursor: Cursor): { events: SplitEvent[]; cursor: Cursor } {
  const { ticket, users, groups } = found;
  const { id, status, priority = null, assignee_id: assigneeId = null, group_id: groupId = null } = ticket;
  const { custom_status_id: customStatusId = null } = ticket;
  const own = customStatusId === null ? [] : [customStatusId];
  const state = hash([status, priority, assigneeId, groupId, ...own]);
  if (state === cursor.state) return { events: [], cursor: { ...cursor, gone: false } };
  const told = cursor.told + 1;
  const { value: payload, cleaned } = makeStorable({
    status,
    ...(customStatusId === null ? {} : { customStatusId }),
    priority,
    assigneeId,
    assignee: users.find((user) => user.id === assigneeId) ?? null,
    group: groups.find((group) => group.id === groupId) ?? null,
    updatedAt: ticket.updated_at,
  });
  const event: SplitEvent = {
    kind: 'ticket-state',
    laneKey: id,
    identity: `state:${id}:${told}:${stampOf(ticket)}:${state}`,
    identityBy: 'id',
    payload,
    flags: cleaned ? ['cleaned'] : [],
  };
  return { events: [event], cursor: { ...cursor, state, told, gone: false } };
}

const stampOf = (ticket: Ticket): string => ticket.updated_at.slice(0, 40);
const hash = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 16);
