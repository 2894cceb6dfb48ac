import type {
  Assignee,
  Author,
  Failure,
  MessageContent,
  MessageFlag,
  MessageState,
  SlaBreach,
  Variables,
} from '../domain/conversation.js';
import { isStarting } from '../domain/starting.js';
import type { ContactView, ConversationView, LastMessage, MessageView, NoteView } from '../domain/views.js';

/**
 * Rows as `to_jsonb` gives them, and what the rooms see of them. The hot paths read whole rows as JSON, so
 * that one query can bring a conversation with everything that belongs to it.
 */

export interface ConversationRow {
  workspace_id: string;
  id: string;
  connection_id: string;
  external_conversation_id: string;
  contact_id: string;
  channel: string | null;
  title: string | null;
  status: 'open' | 'closed';
  assignee_type: Assignee['type'];
  assignee_key: string | null;
  assignee_name: string | null;
  labels: string[];
  variables: Variables;
  sla: SlaBreach | null;
  sla_breached_at: string | null;
  known: string[];
  last_seq: number;
  version: number;
  last_message: LastMessage | null;
  last_activity_at: string;
  started_at: string;
  closed_at: string | null;
}

export interface ContactRow {
  id: string;
  external_contact_id: string;
  name: string | null;
  email: string | null;
  phone: string | null;
  variables: Variables;
}

export interface MessageRow {
  id: string;
  conversation_id: string;
  seq: number;
  direction: 'in' | 'out';
  author: Author;
  kind: string;
  text: string;
  content: MessageContent;
  state: MessageState;
  external_message_id: string | null;
  fingerprint: string | null;
  echoed_at: string | null;
  delivery_id: string | null;
  origin_connection_id: string | null;
  failure: Failure | null;
  flags: MessageFlag[];
  occurred_at: string;
  sent_at: string | null;
  delivered_at: string | null;
  read_at: string | null;
}

/** A message of ours that was tried, and what has become of it. */
export interface TriedMessageRow extends MessageRow {
  delivery_kind: 'send-message' | 'start-conversation';
  delivery_state: 'waiting' | 'sending' | 'uncertain' | 'delivered' | 'dead' | 'cancelled';
  /** When its last attempt began, by the database's clock, as is when an event was received. */
  tried_at: string | null;
}

export interface NoteRow {
  id: string;
  conversation_id: string;
  seq: number;
  author: Author;
  text: string;
  origin_connection_id: string | null;
  occurred_at: string;
}

/** Leaves out what is null, as views have no nulls and no undefined. */
export function present<T extends Record<string, unknown>>(
  values: T,
): { [K in keyof T]?: NonNullable<T[K]> } {
  const kept: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(values))
    if (value !== null && value !== undefined) kept[key] = value;
  return kept as { [K in keyof T]?: NonNullable<T[K]> };
}

export const instant = (value: string | null): Date | undefined =>
  value === null ? undefined : new Date(value);

export function assigneeOf(
  row: Pick<ConversationRow, 'assignee_type' | 'assignee_key' | 'assignee_name'>,
): Assignee {
  switch (row.assignee_type) {
    case 'agent':
      return { type: 'agent', email: row.assignee_key ?? '', ...present({ name: row.assignee_name }) };
    case 'team':
      return { type: 'team', team: row.assignee_key ?? '' };
    case 'bot':
      return { type: 'bot', ...present({ name: row.assignee_name }) };
    case 'nobody':
      return { type: 'nobody' };
  }
}

export function contactView(row: ContactRow): ContactView {
  return {
    id: row.id,
    externalContactId: row.external_contact_id,
    variables: row.variables,
    ...present({ name: row.name, email: row.email, phone: row.phone }),
  };
}

export function conversationView(row: ConversationRow, contact: ContactRow | null): ConversationView {
  return {
    id: row.id,
    connectionId: row.connection_id,
    externalConversationId: row.external_conversation_id,
    status: row.status,
    assignee: assigneeOf(row),
    contact:
      contact === null ? { id: row.contact_id, externalContactId: '', variables: {} } : contactView(contact),
    labels: row.labels,
    variables: row.variables,
    lastSeq: row.last_seq,
    lastActivityAt: new Date(row.last_activity_at),
    startedAt: new Date(row.started_at),
    ...(isStarting(row.external_conversation_id) && row.status === 'open' ? { starting: true as const } : {}),
    ...present({
      title: row.title,
      channel: row.channel,
      sla: row.sla,
      lastMessage: row.last_message,
      closedAt: instant(row.closed_at),
    }),
  };
}

export function messageView(row: MessageRow): MessageView {
  return {
    id: row.id,
    conversationId: row.conversation_id,
    seq: row.seq,
    direction: row.direction,
    author: row.author,
    kind: row.kind,
    text: row.text,
    content: row.content,
    state: row.state,
    flags: row.flags,
    occurredAt: new Date(row.occurred_at),
    ...present({
      failure: row.failure,
      deliveryId: row.delivery_id,
      originConnectionId: row.origin_connection_id,
      externalMessageId: row.external_message_id,
      sentAt: instant(row.sent_at),
      deliveredAt: instant(row.delivered_at),
      readAt: instant(row.read_at),
    }),
  };
}

export function noteView(row: NoteRow): NoteView {
  return {
    id: row.id,
    conversationId: row.conversation_id,
    seq: row.seq,
    author: row.author,
    text: row.text,
    occurredAt: new Date(row.occurred_at),
    ...present({ originConnectionId: row.origin_connection_id }),
  };
}
