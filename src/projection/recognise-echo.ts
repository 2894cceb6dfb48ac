import type { ChatFact } from '../domain/chat-fact.js';
import { fingerprintsOfMessage } from '../domain/fingerprint.js';
import type { MessageRow } from '../store/rows.js';
import type { Draft } from './draft.js';

/** An equal text by the same agent this long after ours was sent is the agent's own, typed elsewhere. */
const ECHO_WINDOW_MILLISECONDS = 2 * 60_000;

/**
 * Finds the message of ours that an agent's message from outside is the echo of: by its outside id, or
 * failing that by what was really sent, the oldest first. The echo may come before the answer that gives
 * the id. What was sent again has an id and an echo for each time; it answers to them where no other does.
 */
export function recogniseEcho(
  draft: Draft,
  fact: Extract<ChatFact, { type: 'message' }>,
  receivedAt: Date,
): MessageRow | undefined {
  if (fact.author.type !== 'agent') return undefined;
  const byId =
    fact.externalMessageId === undefined
      ? undefined
      : draft.named.find(
          (message) => message.direction === 'out' && message.external_message_id === fact.externalMessageId,
        );
  if (byId !== undefined) return byId;
  const prints = fingerprintsOfMessage(fact);
  const candidates = draft.unechoed.filter(
    (message) =>
      message.fingerprint !== null &&
      prints.includes(message.fingerprint) &&
      isSameAgent(message, fact.author.email) &&
      isRecent(message, receivedAt),
  );
  return (
    candidates.find(
      (message) => message.echoed_at === null && mayHaveThatId(message, fact.externalMessageId),
    ) ?? candidates.find(wasSentAgain)
  );
}

export const wasSentAgain = (message: MessageRow): boolean => message.flags.includes('possibleDuplicate');

const isSameAgent = (message: MessageRow, email: string | undefined): boolean =>
  email === undefined || message.author.email === undefined || message.author.email === email;

/** Two ids that differ name two messages; where one side is silent the words decide. */
const mayHaveThatId = (message: MessageRow, externalMessageId: string | undefined): boolean =>
  message.external_message_id === null || externalMessageId === undefined;

const isRecent = (message: MessageRow, at: Date): boolean =>
  message.sent_at === null || at.getTime() - new Date(message.sent_at).getTime() < ECHO_WINDOW_MILLISECONDS;
