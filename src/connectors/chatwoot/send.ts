import type { DeskOrder } from '../../domain/desk-order.js';
import { AFTER_A_TICKET } from '../../domain/ticket.js';
import type { Account, DeskSendContext, DeskSendOutcome, TicketTarget } from '../connector.js';
import { settleCall } from '../desk-kit/index.js';
import type { ChatwootClient, OpenClient } from './calling/open-client.js';
import { isInboxThere, isMissing, ticketPath } from './calling/ticket-path.js';
import { changeTicket } from './sending/change-ticket.js';
import { createTicket } from './sending/create-ticket.js';
import { writeMessages } from './sending/write-messages.js';

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
    try {
      return await changeExisting(client, order, target, context);
    } catch (error) {
      if (!isMissing(error) || !(await isInboxThere(client))) throw error;
      const message = `The conversation is no longer there in Chatwoot: it was deleted. ${AFTER_A_TICKET}`;
      return { outcome: 'ticket_gone', code: 'ticket_gone', message };
    }
  });
}

async function changeExisting(
  client: ChatwootClient,
  order: Exclude<DeskOrder, { kind: 'create-ticket' }>,
  { externalTicketId }: TicketTarget,
  context: DeskSendContext,
): Promise<DeskSendOutcome> {
  const path = ticketPath(externalTicketId);
  switch (order.kind) {
    case 'add-ticket-message': {
      // The change comes first: it can be made twice, words cannot be said twice.
      const state = order.change === undefined ? {} : await changeTicket(client, path, order.change);
      const wording = { lines: order.lines, alwaysNamed: false };
      const writtenIds = await writeMessages(client, path, 'incoming', wording, context);
      return { outcome: 'delivered', writtenIds, state };
    }
    case 'add-ticket-note': {
      const wording = { lines: order.lines, alwaysNamed: true };
      return {
        outcome: 'delivered',
        writtenIds: await writeMessages(client, path, 'note', wording, context),
      };
    }
    case 'update-ticket': {
      const state = await changeTicket(client, path, order.change);
      return { outcome: 'delivered', writtenIds: [], state };
    }
  }
}
