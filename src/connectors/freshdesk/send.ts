import type { DeskOrder } from '../../domain/desk-order.js';
import { AFTER_A_TICKET } from '../../domain/ticket.js';
import type { Account, DeskSendContext, DeskSendOutcome, TicketTarget } from '../connector.js';
import { settleCall } from '../desk-kit/index.js';
import { type FreshdeskTicket, ticket } from './calling/answers.js';
import type { FreshdeskClient, OpenClient } from './calling/open-client.js';
import { isAccountThere, isMissing, ticketPath } from './calling/ticket-path.js';
import { changeTicket } from './sending/change-ticket.js';
import { createTicket } from './sending/create-ticket.js';
import { writeNotes } from './sending/write-notes.js';

/** One attempt at one order. Never throws: what happened is in the outcome. */
export async function send(
  open: OpenClient,
  order: DeskOrder,
  target: TicketTarget,
  account: Account,
  context: DeskSendContext,
): Promise<DeskSendOutcome> {
  return settleCall(async (): Promise<DeskSendOutcome> => {
    const client = open(account, context);
    if (order.kind === 'create-ticket') return createTicket(client, order, context);
    const path = ticketPath(target.externalTicketId);
    try {
      const found = await client.ask(ticket, { method: 'GET', path });
      if (found.deleted === true) return gone;
      return await changeExisting(client, order, found, context);
    } catch (error) {
      if (!isMissing(error) || !(await isAccountThere(client))) throw error;
      return gone;
    }
  });
}

const gone: DeskSendOutcome = {
  outcome: 'ticket_gone',
  code: 'ticket_gone',
  message: `The ticket is no longer there in Freshdesk: it was deleted. ${AFTER_A_TICKET}`,
};

async function changeExisting(
  client: FreshdeskClient,
  order: Exclude<DeskOrder, { kind: 'create-ticket' }>,
  found: FreshdeskTicket,
  context: DeskSendContext,
): Promise<DeskSendOutcome> {
  switch (order.kind) {
    case 'add-ticket-message': {
      // The change comes first: it can be made twice, words cannot be said twice.
      const state = order.change === undefined ? {} : await changeTicket(client, found, order.change);
      const wording = { lines: order.lines, alwaysNamed: false };
      return {
        outcome: 'delivered',
        writtenIds: await writeNotes(client, found, 'contact', wording, context),
        state,
      };
    }
    case 'add-ticket-note': {
      const wording = { lines: order.lines, alwaysNamed: true };
      return { outcome: 'delivered', writtenIds: await writeNotes(client, found, 'note', wording, context) };
    }
    case 'update-ticket':
      return { outcome: 'delivered', writtenIds: [], state: await changeTicket(client, found, order.change) };
  }
}
