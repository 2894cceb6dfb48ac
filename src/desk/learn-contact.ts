import type { Principal } from '../access/principal.js';
import { contactVariables, type KnownContact, newsOfContact } from '../domain/contact-variables.js';
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
      const news = contact === null ? {} : newsOfContact(contact, told);
      if (contact === null || Object.keys(news).length === 0) return { outcome: 'done', value: {} };
      change.contact = {
        id: contact.id,
        externalContactId: contact.external_contact_id,
        ...news,
        variables: {},
      };
      addFact(change, { type: 'conversation.updated', data: {} }, new Date());
      const connection = (await deps.listConnections(principal.scope)).find(
        ({ id }) => id === row.connection_id,
      );
      if (connection !== undefined && connection.status !== 'disconnected') {
        const variables = contactVariables(connection.settings['contactVariables'], news);
        if (variables.length > 0) owe(change, { kind: 'set-variables', variables });
      }
      return { outcome: 'change', value: news };
    },
  );
}
