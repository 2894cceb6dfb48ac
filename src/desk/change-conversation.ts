import { setTimeout as pause } from 'node:timers/promises';
import type { Principal } from '../access/principal.js';
import type { ConversationFact } from '../domain/facts.js';
import { newId } from '../domain/ids.js';
import type { ChatOrder } from '../domain/order.js';
import { type ConversationChange, startChange } from '../store/conversation-change.js';
import type { ConversationState } from '../store/conversation-state.js';
import type { ConversationRow } from '../store/rows.js';
import type { DeskAnswer } from './desk.js';
import { type DeskDeps, refused } from './desk-store.js';

/** How often a decision is made again because the conversation changed under it. */
const TRIES = 300;
/** After so many the next one waits a little while of chance, so as not to march in step with whoever wins. */
const TRIES_AT_ONCE = 2;
const LONGEST_PAUSE_MILLISECONDS = 60;

export type Decision<T> =
  | { outcome: 'change'; value: T }
  | Extract<DeskAnswer<T>, { outcome: 'refused' }>
  | { outcome: 'done'; value: T };

/**
 * Reads a conversation, decides, and writes the decision on condition that nothing changed meanwhile; else
 * again. `decide` fills the change and answers `change`, or answers without one.
 */
export async function changeConversation<T>(
  deps: Pick<DeskDeps, 'conversations' | 'writer'>,
  principal: Pick<Principal, 'scope'>,
  conversationId: string,
  decide: (
    change: ConversationChange,
    row: ConversationRow,
    state: ConversationState,
  ) => Decision<T> | Promise<Decision<T>>,
): Promise<DeskAnswer<T>> {
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const state = await deps.conversations.readById(principal.scope, conversationId);
    if (state === undefined) return refused('not_found', 'There is no such conversation.');
    const row = structuredClone(state.row);
    const change = startChange(state.row.version, row, state.contact);
    const decision = await decide(change, row, state);
    if (decision.outcome !== 'change') return decision;
    const [written] = await deps.writer.write([change]);
    if (written === true) return { outcome: 'done', value: decision.value };
    if (attempt >= TRIES_AT_ONCE)
      await pause(Math.random() * Math.min(attempt * 4, LONGEST_PAUSE_MILLISECONDS));
  }
  // Only a conversation that changes without pause gets here; the caller may simply ask again.
  throw new Error('the conversation kept changing');
}

/** Numbers a fact. @returns its seq */
export function addFact(change: ConversationChange, fact: ConversationFact, at: Date): number {
  change.row.last_seq += 1;
  change.facts.push({ seq: change.row.last_seq, fact, occurredAt: at });
  return change.row.last_seq;
}

/** Owes an order to the conversation's chat side. @returns the delivery's id */
export function owe(change: ConversationChange, order: ChatOrder, messageId?: string): string {
  const id = newId('delivery');
  change.deliveries.push({
    id,
    connectionId: change.row.connection_id,
    kind: order.kind,
    payload: order,
    messageId,
    idempotencyKey: id,
  });
  return id;
}
