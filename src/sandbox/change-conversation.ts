import type { Conversation } from './rows.js';
import type { World } from './world.js';

/** Save a change and let the visitor's page know. */
export function changeConversation(
  world: World,
  conversation: Conversation,
  change: Partial<Conversation> = {},
): Conversation {
  const current = world.records.conversations.get(conversation.id) ?? conversation;
  const changed = { ...current, ...change, revision: current.revision + 1 };
  world.records.conversations.put(changed.id, changed);
  world.feed.changed(changed.id);
  return changed;
}
