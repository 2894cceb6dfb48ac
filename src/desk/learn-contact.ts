import type { Principal } from '../access/principal.js';
import { contactVariables, type KnownContact, newsOfContact } from '../domain/contact-variables.js';
import type { ConnectionView } from '../domain/views.js';
import type { ConversationChange } from '../store/conversation-change.js';
import type { ConversationState } from '../store/conversation-state.js';
import { addFact, changeConversation, owe } from './change-conversation.js';
import type { DeskAnswer } from './desk.js';
import type { DeskDeps } from './desk-store.js';

/**
 * The desk knows who the contact is: what was not known is kept, and owed to the chat side as the contact's
 * variables, in one commit. What the chat side has told itself stays as it is, and is not sent back to it.
 */
export async function learnContact(
  deps: Pick<DeskDeps, 'conversations' | 'writer' | 'listConnections'>,
  principal: Principal,
  conversationId: string,
  told: KnownContact,
): Promise<DeskAnswer<KnownContact>> {
  return changeConversation<KnownContact>(
    deps,
    principal,
    conversationId,
    async (change, row, { contact }) => {
      const connections = await deps.listConnections(principal.scope);
      const chat = connections.find(({ id }) => id === row.connection_id);
      const news = noteContact(change, contact, told, chat);
      return Object.keys(news).length === 0
        ? { outcome: 'done', value: {} }
        : { outcome: 'change', value: news };
    },
  );
}

/** The same within a change that is made anyway. @returns what is news; nothing where there is none */
export function noteContact(
  change: ConversationChange,
  contact: ConversationState['contact'],
  told: KnownContact,
  chat: Pick<ConnectionView, 'settings' | 'status'> | undefined,
  before: KnownContact = {},
): KnownContact {
  const news = contact === null ? {} : newsOfContact(contact, told, before);
  if (contact === null || Object.keys(news).length === 0) return {};
  change.contact = {
    id: contact.id,
    externalContactId: contact.external_contact_id,
    ...news,
    variables: {},
  };
  addFact(change, { type: 'conversation.updated', data: {} }, new Date());
  if (chat !== undefined && chat.status !== 'disconnected') {
    const variables = contactVariables(chat.settings['contactVariables'], news);
    if (variables.length > 0) owe(change, { kind: 'set-variables', variables });
  }
  return news;
}
