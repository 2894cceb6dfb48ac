import type { ChatFact } from '../domain/chat-fact.js';
import { type Draft, emit, isKnown, type Occasion, setAssignee } from './draft.js';
import { contactOf, meetContact } from './meet-contact.js';

/**
 * What the outside says when a conversation begins. It may come late: then it fills in what is not known
 * yet and undoes nothing that an event of its own has told.
 */
export function applyStart(
  draft: Draft,
  fact: Extract<ChatFact, { type: 'conversation-started' }>,
  occasion: Occasion,
): void {
  const { row } = draft;
  const isFirst = draft.change.version === 0 && row.last_seq === 1;
  const at = fact.occurredAt === undefined ? occasion.receivedAt : new Date(fact.occurredAt);
  // A beginning that comes late is older than what has been told of the contact meanwhile.
  const variables = isFirst ? {} : contactOf(draft).variables;
  meetContact(draft, { ...fact.contact, variables: { ...fact.contact.variables, ...variables } });
  row.title ??= fact.title ?? null;
  row.channel ??= fact.channel ?? null;
  row.variables = { ...fact.variables, ...row.variables };
  if (at.toISOString() < row.started_at) row.started_at = at.toISOString();
  draft.change.aliases.push(...fact.aliases.filter((alias) => alias !== row.external_conversation_id));

  if (
    fact.assignee !== undefined &&
    !isKnown(draft, 'assignee') &&
    setAssignee(draft, fact.assignee) &&
    !isFirst
  ) {
    emit(draft, { type: 'conversation.assigned', data: { assignee: fact.assignee } }, at);
  }
  // Nobody has spoken in it before it began: a contact's word came later.
  const isOverSince = fact.status === 'closed' && isKnown(draft, 'word');
  if (fact.status !== undefined && !isOverSince && !isKnown(draft, 'status') && fact.status !== row.status) {
    row.status = fact.status;
    row.closed_at = fact.status === 'closed' ? at.toISOString() : null;
    emit(
      draft,
      { type: fact.status === 'closed' ? 'conversation.closed' : 'conversation.reopened', data: {} },
      at,
    );
  }
  if (!isFirst) emit(draft, { type: 'conversation.updated', data: {} }, occasion.receivedAt);
}
