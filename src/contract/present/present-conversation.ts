import type { SlaBreach } from '../../domain/conversation.js';
import type { ContactView, ConversationView, LastMessage, TicketLinkView } from '../../domain/views.js';
import type { Contact, Conversation, ConversationSummary } from '../resources.js';
import { presentAssignee } from './present-assignee.js';
import { presentAuthor } from './present-author.js';
import { presentTicketLink } from './present-ticket-link.js';

/** A conversation with everything that belongs to it. */
export function presentConversation(view: ConversationView, ticketLinks: TicketLinkView[]): Conversation {
  return {
    ...presentConversationSummary(view),
    variables: { ...view.variables },
    ticketLinks: ticketLinks.map(presentTicketLink),
  };
}

/** A conversation as lists and facts carry it. */
export function presentConversationSummary(view: ConversationView): ConversationSummary {
  return {
    id: view.id,
    connectionId: view.connectionId,
    externalConversationId: view.externalConversationId,
    ...(view.starting === undefined ? {} : { starting: view.starting }),
    ...(view.title === undefined ? {} : { title: view.title }),
    ...(view.channel === undefined ? {} : { channel: view.channel }),
    status: view.status,
    assignee: presentAssignee(view.assignee),
    contact: presentContact(view.contact),
    labels: [...view.labels],
    ...(view.sla === undefined ? {} : { sla: presentSlaBreach(view.sla) }),
    ...(view.lastMessage === undefined ? {} : { lastMessage: presentLastMessage(view.lastMessage) }),
    lastSeq: view.lastSeq,
    lastActivityAt: view.lastActivityAt.toISOString(),
    startedAt: view.startedAt.toISOString(),
    ...(view.closedAt === undefined ? {} : { closedAt: view.closedAt.toISOString() }),
  };
}

export function presentContact(view: ContactView): Contact {
  return {
    id: view.id,
    externalContactId: view.externalContactId,
    ...(view.name === undefined ? {} : { name: view.name }),
    ...(view.email === undefined ? {} : { email: view.email }),
    ...(view.phone === undefined ? {} : { phone: view.phone }),
    variables: { ...view.variables },
  };
}

function presentSlaBreach(row: SlaBreach): NonNullable<ConversationSummary['sla']> {
  return {
    ...(row.name === undefined ? {} : { name: row.name }),
    ...(row.target === undefined ? {} : { target: row.target }),
    breachedAt: row.breachedAt,
  };
}

function presentLastMessage(row: LastMessage): NonNullable<ConversationSummary['lastMessage']> {
  return { text: row.text, author: presentAuthor(row.author), kind: row.kind, occurredAt: row.occurredAt };
}
