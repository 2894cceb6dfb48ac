import type { Assignee, Author } from '../domain/conversation.js';
import type { ConversationFact } from '../domain/facts.js';
import { newId } from '../domain/ids.js';
import { type ConversationChange, type MessageUpdate, startChange } from '../store/conversation-change.js';
import type { ConversationState } from '../store/conversation-state.js';
import type { ContactRow, ConversationRow, MessageRow, TriedMessageRow } from '../store/rows.js';
import { contactIdOf } from './contact-id.js';

/** A conversation while its waiting events are applied to it. */
export interface Draft {
  change: ConversationChange;
  row: ConversationRow;
  /** The contact as it is stored, if it is. */
  contact: ContactRow | null;
  /** Messages of ours that may still come back, oldest first. */
  unechoed: TriedMessageRow[];
  /** Messages that waiting events name by an outside id. */
  named: MessageRow[];
  /** Outside ids of messages that this very change brings. */
  brought: Set<string>;
}

/** What an event of its own tells; word: the contact's last. */
export type Aspect = 'status' | 'assignee' | 'word';

/** The event that is being applied: when it came, and what it may be flagged with. */
export interface Occasion {
  receivedAt: Date;
  flags: string[];
}

export interface DraftOrigin {
  workspaceId: string;
  connectionId: string;
  externalConversationId: string;
}

export function openDraft(
  state: ConversationState | undefined,
  origin: DraftOrigin,
  occasion: Occasion,
): Draft {
  if (state !== undefined) {
    const row = structuredClone(state.row);
    return {
      change: startChange(state.row.version, row, state.contact),
      row,
      contact: state.contact,
      unechoed: [...state.unechoed],
      named: [...state.named, ...state.unechoed],
      brought: new Set(),
    };
  }
  const at = occasion.receivedAt.toISOString();
  const row: ConversationRow = {
    workspace_id: origin.workspaceId,
    id: newId('conversation'),
    connection_id: origin.connectionId,
    external_conversation_id: origin.externalConversationId,
    contact_id: contactIdOf(origin.connectionId, `conversation:${origin.externalConversationId}`),
    channel: null,
    title: null,
    status: 'open',
    assignee_type: 'nobody',
    assignee_key: null,
    assignee_name: null,
    labels: [],
    variables: {},
    sla: null,
    sla_breached_at: null,
    known: [],
    last_seq: 0,
    version: 0,
    last_message: null,
    last_activity_at: at,
    started_at: at,
    closed_at: null,
  };
  const draft: Draft = {
    change: startChange(0, row),
    row,
    contact: null,
    unechoed: [],
    named: [],
    brought: new Set(),
  };
  emit(draft, { type: 'conversation.opened', data: {} }, occasion.receivedAt);
  // Whoever it turns out to be: a conversation always has a contact.
  draft.change.contact = {
    id: row.contact_id,
    externalContactId: `conversation:${origin.externalConversationId}`,
    variables: {},
  };
  return draft;
}

/** Notes what becomes of a message; several times it is one update, as one statement writes a row once. */
export function updateMessage(draft: Draft, update: MessageUpdate): void {
  const updates = draft.change.messageUpdates;
  const index = updates.findIndex(({ id }) => id === update.id);
  const told = Object.entries(update).filter(([, value]) => value !== undefined);
  if (index < 0) updates.push(update);
  else updates[index] = Object.assign({}, updates[index], Object.fromEntries(told));
}

/** Numbers a fact and keeps it. @returns its seq */
export function emit(draft: Draft, fact: ConversationFact, occurredAt: Date): number {
  draft.row.last_seq += 1;
  draft.change.facts.push({ seq: draft.row.last_seq, fact, occurredAt });
  return draft.row.last_seq;
}

/**
 * Whether a fact about `aspect` is news: one that happened before what is already known is not. Remembers
 * it if so. Times are compared only where both events told theirs.
 */
export function isNews(draft: Draft, aspect: Aspect, occurredAt: string | undefined): boolean {
  const known = entryOf(draft, aspect);
  const before = knownAt(draft, aspect);
  if (before !== undefined && occurredAt !== undefined && occurredAt < before) return false;
  const entry = occurredAt === undefined ? aspect : `${aspect}@${occurredAt}`;
  draft.row.known = [...draft.row.known.filter((other) => other !== known), entry];
  return true;
}

export const isKnown = (draft: Draft, aspect: Aspect): boolean => entryOf(draft, aspect) !== undefined;

/** When it happened, where the event that told it told its time. */
export const knownAt = (draft: Draft, aspect: Aspect): string | undefined =>
  entryOf(draft, aspect)?.split('@')[1];

const entryOf = (draft: Draft, aspect: Aspect): string | undefined =>
  draft.row.known.find((entry) => entry === aspect || entry.startsWith(`${aspect}@`));

export function setAssignee(draft: Draft, assignee: Assignee): boolean {
  const key = assignee.type === 'agent' ? assignee.email : assignee.type === 'team' ? assignee.team : null;
  const name = assignee.type === 'agent' || assignee.type === 'bot' ? (assignee.name ?? null) : null;
  const same = draft.row.assignee_type === assignee.type && draft.row.assignee_key === key;
  draft.row.assignee_type = assignee.type;
  draft.row.assignee_key = key;
  draft.row.assignee_name = name ?? (same ? draft.row.assignee_name : null);
  return !same;
}

/** How a fact names who did it. */
export function byOf(author: Author | undefined): { by?: string } {
  const by = author?.email ?? author?.name;
  return by === undefined ? {} : { by };
}

export function touch(draft: Draft, at: Date): void {
  const iso = at.toISOString();
  if (iso > draft.row.last_activity_at) draft.row.last_activity_at = iso;
}
