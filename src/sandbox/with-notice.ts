import type { Conversation, Notice } from './records.js';
import type { World } from './world.js';

/** The conversation's notices with one more at the end. */
export function withNotice(
  world: World,
  conversation: Conversation,
  type: Notice['type'],
  name?: string,
): Notice[] {
  const notice: Notice = {
    id: conversation.notices.length + 1,
    at: world.now().toISOString(),
    after: world.records.messages.of(conversation.id).length,
    type,
    ...(name === undefined ? {} : { name }),
  };
  return [...conversation.notices, notice];
}
