import type { ChatFact } from '../domain/chat-fact.js';
import type { MessageRow } from '../store/rows.js';
import type { Draft } from './draft.js';

/** A receipt that is older is of a message that we shall not get to know. */
const KEPT_MILLISECONDS = 5 * 60_000;
/** An answer without an id is followed by an echo that has one, or by none. */
const NAMED_MILLISECONDS = 2 * 60_000;

/**
 * Whether an event is a receipt that has overtaken the answer to its message: nobody here has its id, and a
 * message of ours is on its way whose id is not known yet. It waits in the inbox until that is known.
 */
export function isEarly(
  draft: Draft,
  facts: readonly ChatFact[],
  receivedAt: Date,
  now = Date.now(),
): boolean {
  if (facts.length === 0 || now - receivedAt.getTime() > KEPT_MILLISECONDS) return false;
  return (
    facts.every(
      (fact) =>
        fact.type === 'receipt' &&
        !draft.brought.has(fact.externalMessageId) &&
        !draft.named.some((message) => message.external_message_id === fact.externalMessageId),
    ) && draft.unechoed.some((message) => mayGetAnId(message, now))
  );
}

function mayGetAnId(message: MessageRow, now: number): boolean {
  if (message.external_message_id !== null) return false;
  switch (message.state) {
    case 'queued':
    case 'sending':
      return true;
    case 'sent':
      return message.sent_at !== null && now - Date.parse(message.sent_at) < NAMED_MILLISECONDS;
    // Given up, or a person was asked: no answer will come any more.
    case 'uncertain':
    case 'failed':
    case 'received':
      return false;
  }
}
