import { emit } from './emit.js';
import { newKey } from './new-key.js';
import { nextNumber } from './records.js';
import type { Assignee, Channel, Contact, Conversation, Origin, Variable } from './rows.js';
import { conversationCreatePayload } from './webhook-events.js';
import type { World } from './world.js';

export interface NewConversation {
  contact: Contact;
  channel: Channel;
  origin: Origin;
  assignee?: Assignee;
  variables?: Variable[];
  gate?: Promise<void>;
}

/** Open a conversation and tell the bridge. Unless said otherwise the bot has it. */
export function startConversation(world: World, given: NewConversation): Conversation {
  const { records } = world;
  const id = newKey();
  const earlier = records.conversations.of(given.contact.key).length;
  const conversation = records.conversations.put(id, {
    id,
    number: earlier + 1,
    // Deliberately another key than the id: on the wire the two may differ, and the API knows only the id.
    externalKey: newKey().toLowerCase() + String(nextNumber(records, 'external-key', 1_000)),
    contactKey: given.contact.key,
    channel: given.channel,
    origin: given.origin,
    status: 'open',
    assignee: given.assignee ?? { type: 'bot' },
    variables: given.variables ?? [],
    labels: [],
    notes: [],
    notices: [],
    createdAt: world.now().toISOString(),
    revision: 1,
  });
  const payload = conversationCreatePayload(conversation, given.contact, world.url());
  void emit(world, id, 'conversation_create', payload, given.gate ? { gate: given.gate } : {});
  world.log({ event: 'conversation.started', conversationId: id, channel: given.channel });
  return conversation;
}
