import { changeConversation } from './change-conversation.js';
import { emit } from './emit.js';
import type { Conversation } from './rows.js';
import { withNotice } from './with-notice.js';
import { statusPayload } from './webhook-events.js';
import type { World } from './world.js';

/** End the conversation. Closing a closed one changes nothing. */
export function close(
  world: World,
  conversation: Conversation,
  by: string,
  gate?: Promise<void>,
): Conversation {
  const current = world.records.conversations.get(conversation.id) ?? conversation;
  if (current.status === 'closed') return current;
  const closed = changeConversation(world, current, {
    status: 'closed',
    notices: withNotice(world, current, 'closed'),
  });
  world.feed.setTyping(closed.id, null);
  void emit(world, closed.id, 'status', statusPayload(closed, by, world.now()), gate ? { gate } : {});
  return closed;
}
