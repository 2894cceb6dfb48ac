import type { ChatNotice } from './chat/chat-view.js';
import type { Conversation } from './rows.js';
import type { World } from './world.js';

/** The conversation's notices with one more at the end. */
export function withNotice(
  world: World,
  conversation: Conversation,
  type: ChatNotice['type'],
  name?: string,
): ChatNotice[] {
  const notice: ChatNotice = {
    id: conversation.notices.length + 1,
    at: world.now().toISOString(),
    after: world.records.messages.of(conversation.id).length,
    type,
    ...(name === undefined ? {} : { name }),
  };
  return [...conversation.notices, notice];
}
