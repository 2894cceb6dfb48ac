import { changeConversation } from './change-conversation.js';
import { newKey } from './new-key.js';
import type { Conversation, Message } from './rows.js';
import type { World } from './world.js';

export type NewMessage = Omit<Message, 'id' | 'conversationId' | 'revision' | 'receivedAt' | 'receipt'> & {
  /** Where nothing else shall become of it. */
  receipt?: 'failed';
};

/** Put a message into the conversation; from here on the visitor sees it. */
export function addMessage(world: World, conversation: Conversation, message: NewMessage): Message {
  const { revision } = changeConversation(world, conversation);
  const arrives = message.from === 'visitor' || !waitsToBeSeen(conversation, message);
  return putMessage(world, {
    ...message,
    id: newKey(),
    conversationId: conversation.id,
    revision,
    receivedAt: world.now().toISOString(),
    receipt: message.receipt ?? (arrives ? 'delivered' : 'sent'),
  });
}

/** Where a page reports for the visitor it says what has arrived; and nobody has a file that is still being fetched. */
function waitsToBeSeen({ origin }: Pick<Conversation, 'origin'>, { file }: Pick<Message, 'file'>): boolean {
  return origin === 'page' || file?.state === 'fetching';
}

/** Save what has become of a message: a receipt, a file that has arrived. */
export function changeMessage(world: World, message: Message, change: Partial<Message>): Message {
  const conversation = world.records.conversations.get(message.conversationId);
  const current = world.records.messages.get(message.id) ?? message;
  if (!conversation) return current;
  const { revision } = changeConversation(world, conversation);
  return putMessage(world, { ...current, ...change, revision });
}

function putMessage(world: World, message: Message): Message {
  world.records.messages.put(message.id, message);
  world.feed.changed(message.conversationId);
  return message;
}
