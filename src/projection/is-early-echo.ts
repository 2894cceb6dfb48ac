import type { ChatFact } from '../domain/chat-fact.js';
import type { TriedMessageRow } from '../store/rows.js';
import type { Draft } from './draft.js';
import { hasLeftBefore, isSameAgent, mayBeTemplate, recogniseEcho } from './recognise-echo.js';

/** An attempt that is older was cut off: no answer will come. */
const UNDER_WAY_MILLISECONDS = 60_000;

/**
 * Whether an event is an agent's message that may be the echo of one of ours whose answer is still awaited:
 * its content does not tell, the answer will, by the id that it gives or by a refusal. It waits in the inbox
 * until then. `behind`: another one waits before it, and what agents say keeps its order.
 */
export function isEarlyEcho(
  draft: Draft,
  facts: readonly ChatFact[],
  receivedAt: Date,
  behind: boolean,
  now = Date.now(),
): boolean {
  const [fact, ...others] = facts;
  if (fact?.type !== 'message' || fact.author.type !== 'agent' || others.length > 0) return false;
  if (isKnown(draft, fact.externalMessageId)) return false;
  if (recogniseEcho(draft, fact, receivedAt) !== undefined) return false;
  return (
    behind ||
    draft.unechoed.some(
      (message) =>
        awaitsAnswer(message, now) &&
        (fact.externalMessageId === undefined
          ? mayBeTemplate(message, fact, receivedAt)
          : isSameAgent(message, fact) && hasLeftBefore(message, receivedAt)),
    )
  );
}

/** Shown or echoed already: its id says so. */
const isKnown = (draft: Draft, externalMessageId: string | undefined): boolean =>
  externalMessageId !== undefined &&
  (draft.brought.has(externalMessageId) ||
    draft.named.some((message) => message.external_message_id === externalMessageId));

const awaitsAnswer = (message: TriedMessageRow, now: number): boolean =>
  message.delivery_state === 'sending' &&
  message.external_message_id === null &&
  message.tried_at !== null &&
  now - Date.parse(message.tried_at) < UNDER_WAY_MILLISECONDS;
