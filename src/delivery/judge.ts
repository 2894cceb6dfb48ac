import type { SendOutcome } from '../connectors/connector.js';
import { pauseAfter, pauseAsAsked } from '../domain/backoff.js';
import type { DoubtfulHead, LaneHead, Settlement } from '../store/outbox.js';

/** After so long a trouble the agent is told that a message is delayed. */
const TELL_DELAY_SECONDS = 15 * 60;
/** After so many unclear attempts nothing is sent again without a person's word. */
const UNCLEAR_ATTEMPTS = 2;

export interface Judgement {
  settlement: Settlement;
  /** The connection's credential is refused: nothing more goes out until it is mended. */
  pause?: { code: string; message: string };
  /** Whether the far side is unwell, for the breaker. */
  health: 'well' | 'unwell' | 'unknown';
}

/** What follows from an attempt: one of four answers, plus success. */
export function judgeAttempt(
  head: LaneHead,
  outcome: SendOutcome,
  graceSeconds: number,
  chance: number,
): Judgement {
  const { attempt } = head;
  switch (outcome.outcome) {
    case 'delivered':
      return {
        settlement: {
          as: 'delivered',
          externalId: outcome.externalId,
          externalConversationId: outcome.externalConversationId,
          attempt,
          attemptOutcome: outcome.mended === true ? 'mended' : 'delivered',
        },
        health: 'well',
      };
    case 'refused':
      return {
        settlement: {
          as: 'dead',
          failure: failureOf(outcome),
          httpStatus: outcome.httpStatus,
          attempt,
          attemptOutcome: 'refused',
        },
        health: 'well',
      };
    case 'credential':
      return {
        settlement: {
          as: 'retry',
          failure: failureOf(outcome),
          httpStatus: outcome.httpStatus,
          delaySeconds: 0,
          tellDelay: false,
          usesAttempt: false,
          attempt,
        },
        pause: failureOf(outcome),
        health: 'well',
      };
    case 'uncertain':
      // What may be done twice without harm needs no certainty.
      if (!mayBeDoubled(head)) return retryOf(head, outcome, chance);
      return {
        settlement: {
          as: 'uncertain',
          failure: failureOf(outcome),
          httpStatus: outcome.httpStatus,
          graceSeconds,
          attempt,
        },
        health: 'unwell',
      };
    case 'retry':
      return retryOf(head, outcome, chance);
  }
}

function retryOf(
  head: LaneHead,
  outcome: Extract<SendOutcome, { outcome: 'retry' | 'uncertain' }>,
  chance: number,
): Judgement {
  const { attempt } = head;
  const asked = outcome.outcome === 'retry' ? outcome.retryAfterSeconds : undefined;
  const scheduled = pauseAfter(attempt, chance);
  if (scheduled === undefined) {
    return {
      settlement: {
        as: 'dead',
        failure: failureOf(outcome),
        httpStatus: outcome.httpStatus,
        attempt,
        attemptOutcome: 'exhausted',
      },
      health: 'unwell',
    };
  }
  return {
    settlement: {
      as: 'retry',
      failure: failureOf(outcome),
      httpStatus: outcome.httpStatus,
      delaySeconds: asked === undefined ? scheduled : pauseAsAsked(asked, chance),
      tellDelay: head.troubledSeconds >= TELL_DELAY_SECONDS && !head.delayTold,
      usesAttempt: true,
      attempt,
    },
    health: 'unwell',
  };
}

/**
 * What follows for a head that was left in doubt. `awakeSeconds`: for how long this process has been there for
 * its echo to find; before that it may have found nobody.
 */
export function judgeDoubt(head: DoubtfulHead, graceSeconds: number, awakeSeconds: number): Settlement {
  const { attempt } = head;
  const failure = {
    code: 'uncertain',
    message: 'The answer to this message was lost: it may or may not have reached the contact.',
  };
  if (head.echoed) return { as: 'delivered', attempt, attemptOutcome: 'echoed', hadLeftLane: head.asked };
  if (!mayBeDoubled(head)) return { as: 'resend', attempt, mark: false };
  // A crash: its echo may have found us away, so the time for it counts from now.
  if (head.state === 'sending') return { as: 'uncertain', failure, graceSeconds, attempt };
  const waitedSeconds = Math.min(head.sinceSeconds, awakeSeconds);
  if (waitedSeconds < graceSeconds)
    return { as: 'uncertain', failure, graceSeconds: graceSeconds - waitedSeconds, attempt };
  const mayResend =
    head.order.kind === 'send-message' &&
    (head.connectionEchoes || head.uncertainPolicy === 'resend') &&
    attempt < UNCLEAR_ATTEMPTS;
  return mayResend ? { as: 'resend', attempt, mark: true } : { as: 'ask', failure, attempt };
}

/** What the contact would hear twice. */
const mayBeDoubled = ({ order }: LaneHead): boolean =>
  order.kind === 'send-message' || order.kind === 'start-conversation';

const failureOf = (outcome: { code: string; message: string }): { code: string; message: string } => ({
  code: outcome.code,
  message: outcome.message,
});
