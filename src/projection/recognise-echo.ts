import type { ChatFact } from '../domain/chat-fact.js';
import { fingerprintsOfMessage, foldWords } from '../domain/fingerprint.js';
import type { MessageRow, TriedMessageRow } from '../store/rows.js';
import type { Draft } from './draft.js';

type SaidFact = Extract<ChatFact, { type: 'message' }>;

/** An equal text by the same agent this long after ours was sent is the agent's own, typed elsewhere. */
const ECHO_WINDOW_MILLISECONDS = 2 * 60_000;
/** Where only time and agent speak for an echo: longer than one takes, shorter than to write something elsewhere. */
const UNWORDED_WINDOW_MILLISECONDS = 15_000;

/**
 * Finds the message of ours that an agent's message from outside is the echo of: by its outside id, or
 * failing that by what was really sent, the oldest first. The echo may come before the answer that gives
 * the id. What was sent again has an id and an echo for each time; it answers to them where no other does.
 */
export function recogniseEcho(draft: Draft, fact: SaidFact, receivedAt: Date): MessageRow | undefined {
  if (fact.author.type !== 'agent') return undefined;
  const byId =
    fact.externalMessageId === undefined
      ? undefined
      : draft.named.find(
          (message) => message.direction === 'out' && message.external_message_id === fact.externalMessageId,
        );
  if (byId !== undefined) return byId;
  const prints = fingerprintsOfMessage(fact);
  return firstOf(
    draft.unechoed.filter(
      (message) =>
        message.fingerprint !== null &&
        prints.includes(message.fingerprint) &&
        isSameAgent(message, fact) &&
        isWithin(ECHO_WINDOW_MILLISECONDS, message.sent_at, receivedAt),
    ),
    fact,
  );
}

/**
 * Finds the template of ours that an agent's message from outside may be the echo of, where neither id nor
 * content tells: it comes back as the words that the outside has made of it. Only one whose answer is in, or
 * lost: while it is awaited nobody can say.
 */
export function guessTemplate(draft: Draft, fact: SaidFact, receivedAt: Date): MessageRow | undefined {
  if (fact.author.type !== 'agent') return undefined;
  return firstOf(
    draft.unechoed.filter(
      (message) =>
        (message.delivery_state === 'uncertain' ||
          message.delivery_state === 'delivered' ||
          wasSentAgain(message)) &&
        mayBeTemplate(message, fact, receivedAt),
    ),
    fact,
  );
}

/**
 * Whether these may be the words of that template: by its agent, after it left and soon enough. Where it was
 * filled in, one of the values stands in its words; only where it was not does the time decide alone.
 */
export function mayBeTemplate(message: TriedMessageRow, fact: SaidFact, receivedAt: Date): boolean {
  const { template } = message.content;
  const words = foldWords(fact.text);
  if (template === undefined || words === '' || !isSameAgent(message, fact)) return false;
  if (!hasLeftBefore(message, receivedAt)) return false;
  const values = (template.parameters?.body ?? []).map(foldWords).filter((value) => value !== '');
  const since = message.sent_at ?? message.tried_at;
  return values.length === 0
    ? isWithin(UNWORDED_WINDOW_MILLISECONDS, since, receivedAt)
    : isWithin(ECHO_WINDOW_MILLISECONDS, since, receivedAt) && values.some((value) => words.includes(value));
}

/** An event that was here before the message left is no echo of it; one sent again has left before. */
export const hasLeftBefore = (message: TriedMessageRow, receivedAt: Date): boolean =>
  message.tried_at !== null &&
  (wasSentAgain(message) || receivedAt.getTime() >= Date.parse(message.tried_at));

export const wasSentAgain = (message: MessageRow): boolean => message.flags.includes('possibleDuplicate');

/** Who starts a conversation is not told to the outside, so it cannot tell it back. */
export const isSameAgent = (message: TriedMessageRow, { author: { email } }: SaidFact): boolean =>
  email === undefined ||
  message.author.email === undefined ||
  message.author.email === email ||
  message.delivery_kind === 'start-conversation';

/** Of those that come into question the oldest that was not echoed, else one that was sent again. */
const firstOf = (candidates: TriedMessageRow[], fact: SaidFact): TriedMessageRow | undefined =>
  candidates.find(
    (message) => message.echoed_at === null && mayHaveThatId(message, fact.externalMessageId),
  ) ?? candidates.find(wasSentAgain);

/** Two ids that differ name two messages; where one side is silent the words decide. */
const mayHaveThatId = (message: MessageRow, externalMessageId: string | undefined): boolean =>
  message.external_message_id === null || externalMessageId === undefined;

const isWithin = (milliseconds: number, since: string | null, at: Date): boolean =>
  since === null || at.getTime() - Date.parse(since) < milliseconds;
