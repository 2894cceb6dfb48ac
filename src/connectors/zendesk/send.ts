import type { DeskOrder } from '../../domain/desk-order.js';
import type { Account, DeskSendContext, DeskSendOutcome, TicketTarget } from '../connector.js';
import type { Desk, DeskDoor } from './calling/open-desk.js';
import { notATicketId, ticketId } from './calling/tickets.js';
import { addComment } from './sending/add-comment.js';
import { createTicket } from './sending/create-ticket.js';
import { updateTicket } from './sending/update-ticket.js';

/** One attempt at one order. Never throws: what happened is in the outcome. */
export async function send(
  door: DeskDoor,
  order: DeskOrder,
  target: TicketTarget,
  account: Account,
  context: DeskSendContext,
): Promise<DeskSendOutcome> {
  try {
    const updates = order.kind !== 'create-ticket';
    const opened = door.open(account, context, { updates });
    if (opened.outcome === 'failed') return opened.failure;
    const { desk } = opened;
    const outcome = await carryOut(desk, order, target, context);
    // Of a message in pieces some may be there, whatever became of the rest.
    return { ...outcome, ticketWrites: desk.ticketWrites() };
  } catch {
    const code = 'unforeseen';
    return { outcome: 'uncertain', code, message: 'The attempt failed in an unforeseen way.' };
  }
}

async function carryOut(
  desk: Desk,
  order: DeskOrder,
  target: TicketTarget,
  context: DeskSendContext,
): Promise<DeskSendOutcome> {
  if (order.kind === 'create-ticket') return createTicket(desk, order, context);
  const id = ticketId(target.externalTicketId);
  if (id === undefined) return notATicketId;
  if (order.kind === 'update-ticket') return updateTicket(desk, order.change, id);
  return addComment(desk, order, target, id, context);
}
