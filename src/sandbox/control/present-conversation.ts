import type { Conversation, Message } from '../rows.js';
import type { World } from '../world.js';

function presentMessage(message: Message) {
  const { id, from, agent, type, text, buttons, file, receivedAt, receipt } = message;
  return {
    id,
    from,
    ...(agent ? { agent } : {}),
    type,
    ...(text === undefined ? {} : { text }),
    ...(buttons ? { buttons } : {}),
    ...(file ? { file: { ...file, ...(file.fileId ? { url: `/files/${file.fileId}` } : {}) } } : {}),
    receivedAt,
    receipt,
  };
}

/** What the visitor has really received, in order, and what the bridge was told about it. */
export function presentConversation(world: World, conversation: Conversation) {
  const { contacts, messages, webhooks } = world.records;
  return {
    id: conversation.id,
    externalKey: conversation.externalKey,
    visitorKey: conversation.contactKey,
    channel: conversation.channel,
    status: conversation.status,
    assignee: conversation.assignee,
    contact: contacts.get(conversation.contactKey),
    variables: conversation.variables,
    labels: conversation.labels,
    notes: conversation.notes,
    createdAt: conversation.createdAt,
    messages: messages.of(conversation.id).map(presentMessage),
    webhooks: webhooks.of(conversation.id),
  };
}

export function presentBriefly(world: World, conversation: Conversation) {
  const messages = world.records.messages.of(conversation.id);
  const last = messages.at(-1);
  return {
    id: conversation.id,
    visitorKey: conversation.contactKey,
    channel: conversation.channel,
    status: conversation.status,
    assignee: conversation.assignee,
    contact: world.records.contacts.get(conversation.contactKey),
    createdAt: conversation.createdAt,
    messageCount: messages.length,
    lastMessage: last ? presentMessage(last) : null,
  };
}
