import type { Principal } from '../access/principal.js';
import type { TicketLinkView } from '../domain/views.js';
import type { LinkRefusal } from '../store/conversation-starter.js';
import type { NewTicketLink } from '../store/ticket-links.js';
import type { DeskAnswer } from './desk.js';
import { type DeskDeps, done, refused } from './desk-store.js';

/** Pairs a conversation with a ticket: once, and with no other on that connection. */
export async function linkTicket(
  deps: DeskDeps,
  principal: Principal,
  link: NewTicketLink,
): Promise<DeskAnswer<{ link: TicketLinkView; created: boolean }>> {
  const linked = await deps.links.link(principal.scope, link);
  return linked.outcome === 'linked'
    ? done({ link: linked.link, created: linked.created })
    : refuseLink(linked);
}

/** Why a link cannot be. */
export function refuseLink(linked: LinkRefusal): Extract<DeskAnswer<never>, { outcome: 'refused' }> {
  switch (linked.outcome) {
    case 'ticket_linked_elsewhere':
      return refused('ticket_linked_elsewhere', 'The ticket is linked to another conversation.', {
        conversationId: linked.link.conversationId,
        externalTicketId: linked.link.externalTicketId,
      });
    case 'conversation_linked_elsewhere':
      return refused(
        'conversation_linked_elsewhere',
        'The conversation is linked to another ticket of this connection.',
        {
          conversationId: linked.link.conversationId,
          externalTicketId: linked.link.externalTicketId,
        },
      );
    case 'not_found':
      return refused('not_found', `There is no such ${linked.what}.`);
  }
}
