import type { DeskOrder } from '../../domain/desk-order.js';
import { AFTER_A_TICKET } from '../../domain/ticket.js';
import type { DeskSendContext, DeskSendOutcome, TicketTarget } from '../connector.js';
import { FailedCall } from '../desk-kit/index.js';
import type { Tracker } from './calling/open-tracker.js';
import { readTicket, type Ticket } from './calling/read-ticket.js';
import { createTicket } from './sending/create-ticket.js';
import { stateOf } from './sending/state-of.js';
import { updateTicket } from './sending/update-ticket.js';
import { writePieces } from './sending/write-pieces.js';

/** One attempt at one order. @throws FailedCall */
export async function send(
  tracker: Tracker,
  order: DeskOrder,
  target: TicketTarget,
  context: DeskSendContext,
): Promise<DeskSendOutcome> {
  if (order.kind === 'create-ticket') return createTicket(tracker, order, context);
  // RT takes words for deleted and merged tickets without a remark: they would be lost there, or elsewhere.
  const reading = await readTicket(tracker, target.externalTicketId ?? '');
  if (reading.outcome === 'gone') return { outcome: 'ticket_gone', ...gone };
  if (reading.outcome === 'merged') return { outcome: 'ticket_gone', ...merged, mergedInto: reading.into };
  const { ticket } = reading;
  const { idempotencyKey: key } = context;
  switch (order.kind) {
    case 'add-ticket-message': {
      const writtenIds = await writePieces(tracker, ticket, order, context);
      if (order.change === undefined) return { outcome: 'delivered', writtenIds };
      // The contact's words may have opened the ticket again by themselves.
      const now = await readTicket(tracker, ticket.id);
      if (now.outcome !== 'there') return { outcome: 'delivered', writtenIds };
      return withState(tracker, await updateTicket(tracker, now.ticket, order.change, key), writtenIds);
    }
    case 'add-ticket-note':
      return { outcome: 'delivered', writtenIds: await writePieces(tracker, ticket, order, context) };
    case 'update-ticket':
      return withState(tracker, await updateTicket(tracker, ticket, order.change, key), []);
  }
}

/** What was done is done, even when who owns the ticket cannot be read now. */
async function withState(tracker: Tracker, ticket: Ticket, writtenIds: string[]): Promise<DeskSendOutcome> {
  try {
    return { outcome: 'delivered', writtenIds, state: await stateOf(tracker, ticket) };
  } catch (error) {
    if (error instanceof FailedCall) return { outcome: 'delivered', writtenIds };
    throw error;
  }
}

const gone = {
  code: 'ticket_gone',
  message: `The ticket is not there any more: it was deleted in Request Tracker. ${AFTER_A_TICKET}`,
};
const merged = {
  code: 'ticket_merged',
  message: 'The ticket was merged into another in Request Tracker; the conversation goes on there.',
};
