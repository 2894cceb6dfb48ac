import type {
  ChatwootData,
  StoredContact,
  StoredConversation,
  StoredInbox,
  StoredMessage,
  StoredUser,
} from './chatwoot-data.js';
import { inSeconds } from './chatwoot-data.js';

const typeWords = ['incoming', 'outgoing', 'activity', 'template'];

export function userShape(data: ChatwootData, { id, email, name, role }: StoredUser) {
  return {
    id,
    account_id: data.accountId,
    availability_status: 'online',
    auto_offline: true,
    confirmed: true,
    email,
    available_name: name,
    name,
    role,
    thumbnail: '',
    custom_role_id: null,
  };
}

export function contactShape(data: ChatwootData, contact: StoredContact) {
  return {
    additional_attributes: {},
    availability_status: 'offline',
    email: contact.email,
    id: contact.id,
    name: contact.name,
    phone_number: contact.phone,
    blocked: false,
    identifier: contact.identifier,
    thumbnail: '',
    custom_attributes: contact.custom,
    last_activity_at: 1_700_000_000,
    created_at: 1_700_000_000,
    contact_inboxes: contact.sources.map(({ inboxId, sourceId }) => ({
      source_id: sourceId,
      inbox: sourceInboxShape(data, inboxId),
    })),
  };
}

function sourceInboxShape(data: ChatwootData, id: number) {
  const inbox = data.inboxes.find((one) => one.id === id);
  const channel_type = inbox?.channelType ?? 'Channel::Api';
  return {
    id,
    avatar_url: '',
    channel_id: id + 1_000,
    name: inbox?.name ?? '',
    channel_type,
    provider: '',
  };
}

export const contactInboxShape = (data: ChatwootData, sourceId: string, inboxId: number) => ({
  source_id: sourceId,
  inbox: { ...sourceInboxShape(data, inboxId), provider: '' },
});

function senderShape(data: ChatwootData, message: StoredMessage) {
  if (message.senderType === 'User') {
    const user = [data.me, ...data.users].find(({ id }) => id === message.senderId);
    if (user === undefined) return undefined;
    const { id, name, email } = user;
    return { id, name, available_name: name, avatar_url: '', type: 'user', email, thumbnail: '' };
  }
  const contact = data.contacts.find(({ id }) => id === message.senderId);
  if (message.senderType !== 'Contact' || contact === undefined) return undefined;
  const { id, name, email, identifier, phone } = contact;
  return { id, name, email, identifier, phone_number: phone, thumbnail: '', type: 'contact' };
}

function attachmentShapes(data: ChatwootData, url: string, message: StoredMessage) {
  return message.files.map((file) => ({
    id: file.id,
    message_id: message.id,
    file_type: file.contentType.startsWith('image/') ? 'image' : 'file',
    account_id: data.accountId,
    extension: null,
    data_url: `${url}/rails/active_storage/blobs/redirect/signed-${data.signature}-${file.id}/${encodeURIComponent(file.name)}`,
    thumb_url: '',
    file_size: file.bytes.length,
  }));
}

/** As the API tells it. */
export function messageShape(
  data: ChatwootData,
  url: string,
  conversation: StoredConversation,
  message: StoredMessage,
) {
  const sender = senderShape(data, message);
  return {
    id: message.id,
    content: message.content,
    account_id: data.accountId,
    inbox_id: conversation.inboxId,
    conversation_id: conversation.id,
    message_type: message.type,
    content_type: 'text',
    status: 'sent',
    content_attributes: {},
    created_at: inSeconds(message.at),
    updated_at: inSeconds(message.at),
    private: message.private,
    source_id: null,
    sender_type: message.senderType,
    sender_id: message.senderId,
    ...(sender === undefined ? {} : { sender }),
    ...(message.files.length === 0 ? {} : { attachments: attachmentShapes(data, url, message) }),
  };
}

/** As a webhook tells it: words for the types, times as text. */
export function messageEvent(
  data: ChatwootData,
  url: string,
  conversation: StoredConversation,
  message: StoredMessage,
) {
  const inbox = data.inboxes.find(({ id }) => id === conversation.inboxId);
  const sender = senderShape(data, message);
  return {
    id: message.id,
    content: message.content,
    created_at: new Date(message.at).toISOString(),
    message_type: typeWords[message.type],
    content_type: 'text',
    private: message.private,
    content_attributes: {},
    source_id: null,
    ...(sender === undefined ? {} : { sender }),
    inbox: { id: conversation.inboxId, name: inbox?.name ?? '' },
    conversation: conversationShape(data, url, conversation),
    account: { id: data.accountId, name: 'Acme Inc' },
    ...(message.files.length === 0 ? {} : { attachments: attachmentShapes(data, url, message) }),
    event: 'message_created',
  };
}

export function conversationShape(data: ChatwootData, url: string, conversation: StoredConversation) {
  const contact = data.contacts.find(({ id }) => id === conversation.contactId);
  const assignee = data.users.find(({ id }) => id === conversation.assigneeId);
  const team = data.teams.find(({ id }) => id === conversation.teamId);
  const last = conversation.messages.at(-1);
  return {
    meta: {
      sender: contact === undefined ? {} : { ...contactShape(data, contact), last_activity_at: 0 },
      channel: 'Channel::Api',
      ...(assignee === undefined ? {} : { assignee: userShape(data, assignee) }),
      ...(team === undefined ? {} : { team: teamShape(data, team) }),
      hmac_verified: false,
    },
    id: conversation.id,
    messages: last === undefined ? [] : [messageShape(data, url, conversation, last)],
    account_id: data.accountId,
    uuid: `00000000-0000-4000-8000-${String(conversation.id).padStart(12, '0')}`,
    additional_attributes: {},
    agent_last_seen_at: 0,
    assignee_last_seen_at: 0,
    can_reply: true,
    contact_last_seen_at: 0,
    custom_attributes: conversation.custom,
    inbox_id: conversation.inboxId,
    labels: conversation.labels,
    muted: false,
    snoozed_until: null,
    status: conversation.status,
    created_at: inSeconds(conversation.createdAt),
    updated_at: conversation.updatedAt / 1_000,
    timestamp: inSeconds(conversation.activityAt),
    first_reply_created_at: 0,
    unread_count: 0,
    last_activity_at: inSeconds(conversation.activityAt),
    priority: conversation.priority,
    waiting_since: 0,
    sla_policy_id: null,
  };
}

export const teamShape = (data: ChatwootData, team: { id: number; name: string }) => ({
  ...team,
  description: null,
  allow_auto_assign: false,
  account_id: data.accountId,
  is_member: false,
});

export const inboxShape = (inbox: StoredInbox) => ({
  id: inbox.id,
  name: inbox.name,
  channel_type: inbox.channelType,
  channel_id: inbox.id + 1_000,
  avatar_url: '',
  lock_to_single_conversation: inbox.lock,
  webhook_url: inbox.webhookUrl,
});
