import type { Principal } from '../access/principal.js';
import type { KnownContact } from '../domain/contact-variables.js';
import type { TicketLinkView } from '../domain/views.js';
import type { LinkRefusal } from '../store/conversation-starter.js';
import type { NewTicketLink } from '../store/ticket-links.js';
import type { DeskAnswer } from './desk.js';
import { type DeskDeps, done, refused } from './desk-store.js';
import { learnContact } from './learn-contact.js';

/** A ticket's link, and what the desk knows of who asked for help. */
export interface TicketToLink extends NewTicketLink {
  contact?: KnownContact | undefined;
}

/** Pairs a conversation with a ticket: once, and with no other on that connection. */
export async function linkTicket(
  deps: DeskDeps,
  principal: Principal,
  { contact, ...link }: TicketToLink,
): Promise<DeskAnswer<{ link: TicketLinkView; created: boolean }>> {
  const linked = await deps.links.link(principal.scope, link);
  if (linked.outcome !== 'linked') return refuseLink(linked);
  if (contact !== undefined) {
    // Linked again, it is learnt again: whoever was cut off here may simply repeat it.
    const learnt = await learnContact(deps, principal, link.conversationId, contact);
    if (learnt.outcome === 'refused') return learnt;
  }
  return done({ link: linked.link, created: linked.created });
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
