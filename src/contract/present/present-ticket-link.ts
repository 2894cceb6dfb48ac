import type { TicketLinkView } from '../../domain/views.js';
import type { TicketLink } from '../resources.js';

export function presentTicketLink(view: TicketLinkView): TicketLink {
  return {
    connectionId: view.connectionId,
    externalTicketId: view.externalTicketId,
    conversationId: view.conversationId,
    ...(view.url === undefined ? {} : { url: view.url }),
    ...(view.ticketStatus === undefined ? {} : { ticketStatus: view.ticketStatus }),
    ...(view.ticketPriority === undefined ? {} : { ticketPriority: view.ticketPriority }),
    createdAt: view.createdAt.toISOString(),
  };
}
