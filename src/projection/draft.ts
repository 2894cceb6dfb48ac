import { createHash } from 'node:crypto';
import type { ContactFacts } from '../domain/chat-fact.js';
import { isMadeUpName } from '../domain/contact-variables.js';
import type { Assignee, Author } from '../domain/conversation.js';
import type { ConversationFact } from '../domain/facts.js';
import { newId } from '../domain/ids.js';
import { type ConversationChange, type MessageUpdate, startChange } from '../store/conversation-change.js';
import type { ConversationState } from '../store/conversation-state.js';
import type { ContactRow, ConversationRow, MessageRow, TriedMessageRow } from '../store/rows.js';

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
export function isNews(draft: Draft, aspect: 'status' | 'assignee', occurredAt: string | undefined): boolean {
  const known = draft.row.known.find((entry) => entry === aspect || entry.startsWith(`${aspect}@`));
  const knownAt = known?.split('@')[1];
  if (knownAt !== undefined && occurredAt !== undefined && occurredAt < knownAt) return false;
  const entry = occurredAt === undefined ? aspect : `${aspect}@${occurredAt}`;
  draft.row.known = [...draft.row.known.filter((other) => other !== known), entry];
  return true;
}

export const isKnown = (draft: Draft, aspect: 'status' | 'assignee'): boolean =>
  draft.row.known.some((entry) => entry === aspect || entry.startsWith(`${aspect}@`));

/** Keeps what an event tells of the contact; the outside's id of the contact wins over a provisional one. */
export function meetContact(draft: Draft, told: ContactFacts, variables: Record<string, string> = {}): void {
  const facts = withoutMadeUpName(draft, told);
  const known = draft.change.contact;
  if (isAlreadyKnown(draft, facts, variables)) return;
  const id =
    facts.externalContactId === undefined
      ? draft.row.contact_id
      : contactIdOf(draft.row.connection_id, facts.externalContactId);
  const earlier =
    known !== undefined && (known.id === id || known.externalContactId.startsWith('conversation:'))
      ? known
      : undefined;
  const before = provisionalContact(draft);
  draft.row.contact_id = id;
  draft.change.contact = {
    id,
    externalContactId:
      facts.externalContactId ??
      earlier?.externalContactId ??
      `conversation:${draft.row.external_conversation_id}`,
    name: facts.name ?? earlier?.name ?? before.name,
    email: facts.email ?? earlier?.email ?? before.email,
    phone: facts.phone ?? earlier?.phone ?? before.phone,
    variables: { ...earlier?.variables, ...variables },
  };
}

/** A name that the outside has made up does not replace one that somebody has told. */
function withoutMadeUpName({ contact, change }: Draft, facts: ContactFacts): ContactFacts {
  const isSomebodyElse =
    contact !== null &&
    facts.externalContactId !== undefined &&
    facts.externalContactId !== contact.external_contact_id &&
    !contact.external_contact_id.startsWith('conversation:');
  const known = isSomebodyElse ? undefined : (change.contact?.name ?? contact?.name ?? undefined);
  if (facts.name === undefined || known === undefined || isMadeUpName(known) || !isMadeUpName(facts.name))
    return facts;
  const { name: _madeUp, ...rest } = facts;
  return rest;
}

/** What was known of the contact before the outside gave it an id: it stays with the conversation. */
function provisionalContact({ contact }: Draft): { name?: string; email?: string; phone?: string } {
  if (contact?.external_contact_id.startsWith('conversation:') !== true) return {};
  const { name, email, phone } = contact;
  return {
    ...(name === null ? {} : { name }),
    ...(email === null ? {} : { email }),
    ...(phone === null ? {} : { phone }),
  };
}

/** Whether the contact's row says all of this already: most messages tell nothing new of their contact. */
function isAlreadyKnown(draft: Draft, facts: ContactFacts, variables: Record<string, string>): boolean {
  const says = draft.contact;
  const tells = (fact: string | undefined, row: string | null | undefined): boolean =>
    fact !== undefined && fact !== row;
  return !(
    tells(facts.externalContactId, says?.external_contact_id) ||
    tells(facts.name, says?.name) ||
    tells(facts.email, says?.email) ||
    tells(facts.phone, says?.phone) ||
    Object.entries(variables).some(([name, value]) => says?.variables[name] !== value)
  );
}

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

/** One contact has one id however often and wherever it is met. */
function contactIdOf(connectionId: string, externalContactId: string): string {
  return `ctc_${createHash('sha256').update(`${connectionId}\n${externalContactId}`).digest('hex').slice(0, 26)}`;
}
