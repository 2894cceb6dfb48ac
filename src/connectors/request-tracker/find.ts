import { z } from 'zod';
import type { DeskOrder } from '../../domain/desk-order.js';
import type { FindContext, FindOutcome, TicketTarget } from '../connector.js';
import { notUnderstood } from './calling/not-understood.js';
import type { Tracker } from './calling/open-tracker.js';
import { isId, quoted, withQuery } from './calling/query.js';
import { clockOf, readTicket } from './calling/read-ticket.js';
import type { CreateOrder } from './sending/create-ticket.js';
import { findPieces } from './sending/find-pieces.js';
import { mannerOf, stemsOf } from './sending/write-pieces.js';

/** Whether an order whose answer was lost has arrived. @throws FailedCall */
export async function find(
  tracker: Tracker,
  order: DeskOrder,
  target: TicketTarget,
  context: FindContext,
): Promise<FindOutcome> {
  if (order.kind === 'create-ticket') return findTicket(tracker, order, context.since);
  // A change is made again rather than looked for.
  if (order.kind === 'update-ticket') return { outcome: 'absent' };
  const reading = await readTicket(tracker, target.externalTicketId ?? '');
  // What the words went to can be told by the next attempt: it finds the ticket gone.
  if (reading.outcome !== 'there') return { outcome: 'absent' };
  const { by, type } = mannerOf(order, tracker);
  const { idempotencyKey, since } = context;
  const found = await findPieces(tracker, {
    ticketId: reading.ticket.id,
    pieces: stemsOf(order, tracker),
    by,
    type,
    idempotencyKey,
    since,
    knownIds: (ids) => context.knownIds(ids),
  });
  const writtenIds = found.filter((id): id is string => id !== undefined);
  // Of several pieces some may be missing: the next attempt finds those that are there, and goes on.
  return writtenIds.length === found.length ? { outcome: 'delivered', writtenIds } : { outcome: 'absent' };
}

const listSchema = z.object({
  items: z.array(
    z.object({
      id: z.union([z.string(), z.number()]).transform(String).refine(isId),
      Created: z.string().catch(''),
    }),
  ),
});

/** RT's times have no fractions. */
const slackMilliseconds = 2_000;

/** A conversation may have had tickets before: only one that was made since the attempt is this one. */
async function findTicket(tracker: Tracker, order: CreateOrder, since: Date): Promise<FindOutcome> {
  const path = withQuery('/tickets', {
    query: `CF.{${tracker.settings.conversationField}} = ${quoted(order.reference)}`,
    fields: 'Created',
    orderby: 'id',
    order: 'DESC',
    per_page: '20',
  });
  const answer = await tracker.rest('GET', path);
  const parsed = listSchema.safeParse(answer.json);
  if (!parsed.success) throw notUnderstood('read');
  const ahead = clockOf(answer.headers['date']).getTime() - Date.now();
  const earliest = since.getTime() + ahead - slackMilliseconds;
  const made = parsed.data.items.find(({ Created }) => Date.parse(Created) >= earliest);
  if (made === undefined) return { outcome: 'absent' };
  const ticket = { externalTicketId: made.id, url: tracker.ticketUrl(made.id) };
  return { outcome: 'delivered', writtenIds: [], ticket };
}
