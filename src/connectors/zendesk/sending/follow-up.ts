import type { DeskSendContext, DeskSendOutcome, TicketTarget } from '../../connector.js';
import type { Desk } from '../calling/open-desk.js';
import { sentences } from '../calling/sentences.js';
import { compareIds, findByReference, readTicket, ticketId, type TicketId } from '../calling/tickets.js';
import { findMergeTarget, isMerged } from '../reading/merged.js';
import { createTicket, findMade } from './create-ticket.js';
import type { CommentOrder } from './pieces.js';
import { failureOutcome } from './write-ticket.js';

/**
 * A closed ticket takes nothing more. The contact's words go into one that follows it: into the one that
 * earlier words have made (`sayIn`), or into a new one. A note about a closed ticket has nobody to tell.
 */
export async function followUp(
  desk: Desk,
  order: CommentOrder,
  target: TicketTarget,
  closed: TicketId,
  context: DeskSendContext,
  sayIn: (id: TicketId) => Promise<DeskSendOutcome>,
): Promise<DeskSendOutcome> {
  const old = await readTicket(desk, closed);
  if (old.outcome === 'failed') return failureOutcome(old);
  if (isMerged(old.ticket)) {
    const into = await findMergeTarget(desk, closed);
    if (into.outcome === 'failed') return into.failure;
    const code = 'ticket_merged';
    if (into.id !== undefined)
      return { outcome: 'ticket_gone', code, message: sentences[code], mergedInto: into.id };
  }
  if (order.kind === 'add-ticket-note')
    return { outcome: 'refused', code: 'ticket_closed', message: sentences.ticket_closed };
  const { conversationId: reference } = target;
  const later = await findByReference(desk, reference);
  if (later.outcome === 'failed') return later.failure;
  const open = later.tickets.findLast(
    (ticket) => ticket.status !== 'closed' && compareIds(ticket.id, closed) > 0,
  );
  const id = ticketId(open?.id);
  // The one that this very order has made has these words already.
  const made = id === undefined ? undefined : await findMade(desk, reference, context.idempotencyKey);
  if (made?.outcome === 'failed') return made.failure;
  if (id !== undefined && made?.ticket === undefined) {
    const said = await sayIn(id);
    const ticket = { externalTicketId: id, url: `${desk.settings.baseUrl}/agent/tickets/${id}` };
    return said.outcome === 'delivered' ? { ...said, ticket: said.ticket ?? ticket } : said;
  }
  const { contact, lines, change: asked = {} } = order;
  // By them the account's rules tell our tickets from others.
  const change = { ...asked, addTags: [...desk.settings.policy.tags, ...(asked.addTags ?? [])] };
  const create = { kind: 'create-ticket' as const, reference, contact, lines, change, introduction: '' };
  return createTicket(desk, { ...create, subject: old.ticket.subject ?? 'Chat', follows: closed }, context);
}
