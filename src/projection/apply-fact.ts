import { changedVariables } from '../domain/changed-variables.js';
import type { ChatFact } from '../domain/chat-fact.js';
import { newId } from '../domain/ids.js';
import { applyMessage } from './apply-message.js';
import { applyReceipt } from './apply-receipt.js';
import { applyStart } from './apply-start.js';
import { applyStatus } from './apply-status.js';
import { byOf, type Draft, emit, isNews, type Occasion, setAssignee, touch } from './draft.js';
import { contactOf, meetContact } from './meet-contact.js';

/** Applies one fact from a chat side to the draft of its conversation. Pure but for new ids. */
export function applyFact(draft: Draft, fact: ChatFact, occasion: Occasion): void {
  const at = fact.occurredAt === undefined ? occasion.receivedAt : new Date(fact.occurredAt);
  switch (fact.type) {
    case 'conversation-started':
      applyStart(draft, fact, occasion);
      return;
    case 'message':
      applyMessage(draft, fact, occasion);
      return;
    case 'receipt':
      applyReceipt(draft, fact, at);
      return;
    case 'status':
      applyStatus(draft, fact, at, occasion);
      return;
    case 'assignee': {
      if (!isNews(draft, 'assignee', fact.occurredAt) || !setAssignee(draft, fact.assignee)) return;
      emit(draft, { type: 'conversation.assigned', data: { assignee: fact.assignee, ...byOf(fact.by) } }, at);
      touch(draft, occasion.receivedAt);
      return;
    }
    case 'variables': {
      applyVariables(draft, fact, at);
      return;
    }
    case 'labels': {
      const labels = changedLabels(draft.row.labels, fact);
      if (labels.join('\n') === draft.row.labels.join('\n')) return;
      draft.row.labels = labels;
      emit(draft, { type: 'labels.changed', data: { labels } }, at);
      return;
    }
    case 'note': {
      const id = newId('note');
      const seq = emit(draft, { type: 'note.added', data: { noteId: id } }, at);
      draft.change.notes.push({ id, seq, author: fact.author, text: fact.text, occurredAt: at });
      touch(draft, occasion.receivedAt);
      return;
    }
    case 'sla-breached': {
      // Without a time of its own it was breached when we heard of it.
      const breach = { ...fact.breach, breachedAt: at.toISOString() };
      draft.row.sla = breach;
      draft.row.sla_breached_at = breach.breachedAt;
      emit(draft, { type: 'sla.breached', data: breach }, at);
      touch(draft, occasion.receivedAt);
      return;
    }
  }
}

/** The conversation's own, and what is told with them of the contact. */
function applyVariables(draft: Draft, fact: Extract<ChatFact, { type: 'variables' }>, at: Date): void {
  const variables = changedVariables(draft.row.variables, fact.variables);
  const before = contactOf(draft);
  meetContact(draft, fact.contact);
  const after = contactOf(draft);
  const contactVariables = changedVariables(before.variables, fact.contact.variables ?? {});
  draft.row.variables = { ...draft.row.variables, ...variables };
  if (Object.keys(contactVariables).length > 0)
    emit(draft, { type: 'variables.changed', data: { variables, contactVariables } }, at);
  else if (Object.keys(variables).length > 0)
    emit(draft, { type: 'variables.changed', data: { variables } }, at);
  else if (before.name !== after.name || before.email !== after.email || before.phone !== after.phone)
    emit(draft, { type: 'conversation.updated', data: {} }, at);
}

function changedLabels(labels: string[], fact: Extract<ChatFact, { type: 'labels' }>): string[] {
  switch (fact.change) {
    case 'set':
      return [...new Set(fact.labels)];
    case 'add':
      return [...new Set([...labels, ...fact.labels])];
    case 'remove':
      return labels.filter((label) => !fact.labels.includes(label));
  }
}
