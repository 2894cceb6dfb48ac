import type { ChatFact } from '../domain/chat-fact.js';
import type { ConversationState } from '../store/conversation-state.js';
import type { WaitingEvent } from '../store/inbox.js';

/**
 * Takes out the lanes of conversations that are not there and of which nothing is told but what became of a
 * message, a campaign's or one from before: no conversation is made of that. @returns their events
 */
export function takeIdle(
  byLane: Map<string, { events: { event: WaitingEvent; facts: ChatFact[] }[] }>,
  states: ReadonlyMap<string, ConversationState>,
): WaitingEvent[] {
  const idle: WaitingEvent[] = [];
  for (const [key, { events }] of byLane) {
    const saysMore = events.some(({ facts }) => facts.some(({ type }) => type !== 'receipt'));
    if (saysMore || states.has(key)) continue;
    byLane.delete(key);
    idle.push(...events.map(({ event }) => event));
  }
  return idle;
}
