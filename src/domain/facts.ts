import type { Assignee, Failure, MessageFlag, SlaBreach, Variables } from './conversation.js';

/**
 * The facts of a conversation, numbered by `seq`. What a message or a note says lies in its own row; the
 * fact names it.
 */
export type ConversationFact =
  | { type: 'conversation.opened'; data: Record<string, never> }
  | { type: 'conversation.updated'; data: Record<string, never> }
  | { type: 'conversation.reopened'; data: { by?: string } }
  | { type: 'conversation.closed'; data: { by?: string } }
  | { type: 'conversation.assigned'; data: { assignee: Assignee; by?: string } }
  | { type: 'message.received'; data: { messageId: string } }
  | { type: 'message.queued'; data: { messageId: string } }
  | { type: 'message.sent'; data: { messageId: string; flags?: MessageFlag[]; failure?: Failure } }
  | { type: 'message.delayed'; data: { messageId: string; failure: Failure } }
  | { type: 'message.uncertain'; data: { messageId: string; failure: Failure } }
  | { type: 'message.failed'; data: { messageId: string; failure: Failure } }
  | { type: 'message.delivered'; data: { messageId: string } }
  | { type: 'message.read'; data: { messageId: string } }
  | { type: 'action.delayed'; data: { deliveryId: string; action: string; failure: Failure } }
  | { type: 'action.failed'; data: { deliveryId: string; action: string; failure: Failure } }
  | { type: 'note.added'; data: { noteId: string } }
  | { type: 'labels.changed'; data: { labels: string[] } }
  | { type: 'variables.changed'; data: { variables: Variables; contactVariables?: Variables } }
  | { type: 'sla.breached'; data: SlaBreach }
  | { type: 'ticket.linked'; data: { connectionId: string; externalTicketId: string; url?: string } }
  | {
      type: 'ticket.unlinked';
      data: { connectionId: string; externalTicketId: string; reason?: UnlinkedBecause };
    }
  | { type: 'connection.paused'; data: { connectionId: string; name: string; reason: string } }
  | { type: 'connection.resumed'; data: { connectionId: string; name: string } };

/** Why a link has ended that nobody here has ended. replaced: the ticket is closed for good or was deleted, and another stands in. */
export type UnlinkedBecause = 'deleted' | 'merged' | 'replaced';

export type FactType = ConversationFact['type'];
