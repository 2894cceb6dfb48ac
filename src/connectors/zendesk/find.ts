import type { DeskOrder } from '../../domain/desk-order.js';
import type { Account, FindContext, FindOutcome, TicketTarget } from '../connector.js';
import type { Failed } from './calling/judge-answer.js';
import { myId } from './calling/me.js';
import type { Desk, DeskDoor } from './calling/open-desk.js';
import { findByReference, ticketId, type TicketId } from './calling/tickets.js';
import { findContact } from './sending/find-contact.js';
import { findByKeys, findByWords } from './sending/find-written.js';
import { type CommentOrder, keyOf, piecesOf } from './sending/pieces.js';

/** After an attempt whose answer was lost: whether it has arrived. Never throws. */
export async function find(
  door: DeskDoor,
  order: DeskOrder,
  target: TicketTarget,
  account: Account,
  context: FindContext & { settleSeconds: number },
): Promise<FindOutcome> {
  try {
    const opened = door.open(account, { signal: context.signal });
    if (opened.outcome === 'failed') return failedLook(opened.failure);
    const found = await look(opened.desk, order, target, context);
    if (found === 'absent') return isSettled(context) ? { outcome: 'absent' } : { outcome: 'unknown' };
    return 'failure' in found ? failedLook(found.failure) : found;
  } catch {
    return { outcome: 'unknown' };
  }
}

/** Zendesk may still be at work on a request whose connection has ended: what is not there yet may come. */
const isSettled = ({ since, settleSeconds }: { since: Date; settleSeconds: number }): boolean =>
  Date.now() - since.getTime() >= settleSeconds * 1_000;

type Look = Failed | 'absent' | Extract<FindOutcome, { outcome: 'delivered' }>;

async function look(desk: Desk, order: DeskOrder, target: TicketTarget, context: FindContext): Promise<Look> {
  if (order.kind === 'create-ticket') return findTicket(desk, order, context);
  // Fields can be set again.
  if (order.kind === 'update-ticket') return 'absent';
  const id = ticketId(target.externalTicketId);
  if (id === undefined) return 'absent';
  const found = await findComment(desk, order, id, context);
  // Gone, or not: the next attempt is told which.
  return found !== 'absent' && 'problem' in found && found.problem === 'not_found' ? 'absent' : found;
}

async function findTicket(
  desk: Desk,
  order: Extract<DeskOrder, { kind: 'create-ticket' }>,
  context: FindContext,
): Promise<Look> {
  const found = await findByReference(desk, order.reference);
  if (found.outcome === 'failed') return found;
  const since = theirTime(context.since, found.serverTime);
  const ticket = found.tickets.findLast(
    ({ id, created_at }) => id !== order.follows && Date.parse(created_at) >= since.getTime(),
  );
  const id = ticketId(ticket?.id);
  if (id === undefined) return 'absent';
  const pieces = piecesOf(order, []);
  const keys = pieces.map((_, at) => keyOf(context.idempotencyKey, at));
  const written = await findByKeys(desk, id, keys);
  if (written.outcome === 'failed') return written;
  // What is missing of it is said by the next attempt, which finds the ticket by itself.
  if (pieces.length > 1 && written.byKey.size < pieces.length) return 'absent';
  const writtenIds = [...written.byKey.values()].flat();
  const url = `${desk.settings.baseUrl}/agent/tickets/${id}`;
  return { outcome: 'delivered', writtenIds, ticket: { externalTicketId: id, url } };
}

async function findComment(
  desk: Desk,
  order: CommentOrder,
  id: TicketId,
  context: FindContext,
): Promise<Look> {
  const pieces = piecesOf(order, []);
  const keys = pieces.map((_, at) => keyOf(context.idempotencyKey, at));
  const written = await findByKeys(desk, id, keys);
  if (written.outcome === 'failed') return written;
  const byKey = keys.flatMap((key) => written.byKey.get(key) ?? []);
  if (byKey.length >= pieces.length) return { outcome: 'delivered', writtenIds: byKey };
  const [text] = pieces;
  if (pieces.length > 1 || text === undefined) return 'absent';
  // Where audits do not keep our key: the same words, by the same author, and no other order's.
  const author = order.kind === 'add-ticket-message' ? await findContact(desk, order.contact) : undefined;
  if (author?.outcome === 'failed') return author;
  const me = author === undefined ? await myId(desk) : undefined;
  if (me?.outcome === 'failed') return me;
  const said = findByWords(written.audits, {
    text,
    public: author !== undefined,
    authorId: author?.userId ?? me?.id ?? '',
    since: theirTime(context.since, written.serverTime),
  });
  const others = await context.knownIds(said);
  const ours = said.filter((externalId) => !others.has(externalId));
  return ours[0] === undefined ? 'absent' : { outcome: 'delivered', writtenIds: [ours[0]] };
}

/** A moment by their clock; their times have no fractions of seconds. */
function theirTime(ours: Date, serverTime: Date): Date {
  const ahead = serverTime.getTime() - Date.now();
  // Their clock tells whole seconds: less than that is no difference.
  const at = ours.getTime() + (Math.abs(ahead) < 1_500 ? 0 : ahead);
  return new Date(Math.floor(at / 1_000) * 1_000);
}

function failedLook(failure: Failed['failure']): FindOutcome {
  return failure.outcome === 'retry' || failure.outcome === 'credential' ? failure : { outcome: 'unknown' };
}
