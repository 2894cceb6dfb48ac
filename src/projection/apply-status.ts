import type { ChatFact } from '../domain/chat-fact.js';
import { withOpenHere, withoutOpenHere } from '../domain/open-here.js';
import { byOf, type Draft, emit, isKnown, isNews, knownAt, type Occasion, touch } from './draft.js';

/** The outside has opened or closed the conversation. */
export function applyStatus(
  draft: Draft,
  fact: Extract<ChatFact, { type: 'status' }>,
  at: Date,
  occasion: Occasion,
): void {
  const { row } = draft;
  if (!isNews(draft, 'status', fact.occurredAt)) return;
  if (fact.status === 'closed' && isBeforeLastWord(draft, fact.occurredAt)) {
    row.known = withOpenHere(row.known);
    return;
  }
  row.known = withoutOpenHere(row.known);
  if (row.status === fact.status) return;
  row.status = fact.status;
  row.closed_at = fact.status === 'closed' ? at.toISOString() : null;
  const type = fact.status === 'closed' ? 'conversation.closed' : 'conversation.reopened';
  emit(draft, { type, data: byOf(fact.by) }, at);
  touch(draft, occasion.receivedAt);
}

/**
 * The contact has said something. Said after the conversation was closed it opens it again, as nobody looks
 * at closed ones; where times are missing, the order of arrival decides.
 */
export function hearContact(draft: Draft, occurredAt: string | undefined, at: Date): void {
  const { row } = draft;
  const before = knownAt(draft, 'word');
  const tellsTime = occurredAt !== undefined && (before === undefined || occurredAt > before);
  if (tellsTime || !isKnown(draft, 'word')) isNews(draft, 'word', occurredAt);
  if (row.status !== 'closed') return;
  const closedAt = knownAt(draft, 'status');
  if (occurredAt !== undefined && closedAt !== undefined && occurredAt < closedAt) return;
  row.status = 'open';
  row.closed_at = null;
  row.known = withOpenHere(row.known);
  emit(draft, { type: 'conversation.reopened', data: {} }, at);
}

function isBeforeLastWord(draft: Draft, closedAt: string | undefined): boolean {
  const saidAt = knownAt(draft, 'word');
  if (saidAt === undefined || closedAt === undefined) return false;
  // One that carries the time at which the conversation began does not tell when it was closed.
  return closedAt < saidAt && Date.parse(closedAt) !== Date.parse(draft.row.started_at);
}
