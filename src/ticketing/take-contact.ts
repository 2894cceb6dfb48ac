import type { DeskDeps } from '../desk/desk-store.js';
import { noteContact } from '../desk/learn-contact.js';
import type { DeskFact } from '../domain/desk-fact.js';
import type { ConversationChange } from '../store/conversation-change.js';
import type { ConversationState } from '../store/conversation-state.js';
import type { LinkedTicket } from '../store/ticket-record.js';

/** What an agent has corrected of the contact in the desk is known here, and owed to the chat side. */
export async function takeContact(
  deps: { desk: Pick<DeskDeps, 'listConnections'> },
  change: ConversationChange,
  { contact, before }: Extract<DeskFact, { type: 'contact-changed' }>,
  ticket: Pick<LinkedTicket, 'scope'>,
  state: Pick<ConversationState, 'contact'>,
): Promise<void> {
  const connections = await deps.desk.listConnections(ticket.scope);
  const chat = connections.find(({ id }) => id === change.row.connection_id);
  noteContact(change, state.contact, contact, chat, before);
}
