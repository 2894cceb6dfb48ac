import { type ChatwootConversation, type ChatwootContact, contactConversations } from '../calling/answers.js';
import { inboxOf } from '../calling/inbox-of.js';
import type { ChatwootClient } from '../calling/open-client.js';

/** Where the conversation's id of ours stands on Chatwoot's. */
export const referenceAttribute = 'wotnot_conversation_id';

/** The contact's conversation that was made for our conversation. Chatwoot lists the last twenty of a contact. */
export async function findConversation(
  client: ChatwootClient,
  { id }: ChatwootContact,
  reference: string,
): Promise<ChatwootConversation | undefined> {
  const path = `/contacts/${id}/conversations`;
  const { payload } = await client.ask(contactConversations, { method: 'GET', path });
  const inboxId = inboxOf(client);
  return payload.find((one) => one.inbox_id === inboxId && isFor(one, reference));
}

export const isFor = (one: ChatwootConversation, reference: string): boolean =>
  one.custom_attributes?.[referenceAttribute] === reference;
