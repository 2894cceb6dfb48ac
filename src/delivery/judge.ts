import type { FindOutcome, SendOutcome } from '../connectors/connector.js';
import { pauseAfter, pauseAsAsked } from '../domain/backoff.js';
import { TWICE_IS_TOO_OFTEN, UNCLEAR_ATTEMPTS } from '../domain/doubt.js';
import type { DoubtfulHead, LaneHead, Settlement } from '../store/outbox.js';
import type { AttemptOutcome } from './attempt-outcome.js';

/** After so long a trouble the agent is told that a message is delayed. */
export const TELL_DELAY_SECONDS = 15 * 60;

/** How long what is recorded may take to be looked through, before it is asked again. */
const UNHEARD_SECONDS = 0.5;

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
  outcome: AttemptOutcome,
  graceSeconds: number,
  chance: number,
): Judgement {
  const { attempt } = head;
  switch (outcome.outcome) {
    case 'delivered':
      return {
        settlement: {
          as: 'delivered',
          ...learntFrom(outcome),
          attempt,
          attemptOutcome: 'mended' in outcome && outcome.mended ? 'mended' : 'delivered',
          ...('linked' in outcome ? { linked: outcome.linked } : {}),
        },
        health: 'well',
      };
    case 'wait':
      return {
        settlement: {
          as: 'retry',
          failure: failureOf(outcome),
          delaySeconds: outcome.seconds,
          tellDelay:
            outcome.isTrouble === true && head.troubledSeconds >= TELL_DELAY_SECONDS && !head.delayTold,
          usesAttempt: false,
          isTroubled: outcome.isTrouble === true,
          attempt,
        },
        health: 'unknown',
      };
    case 'ticket_renewed':
      return { settlement: { as: 'resend', attempt, mark: false }, health: 'well' };
    case 'ticket_gone':
      // It goes to the ticket that took the old one's place; where there is none it cannot be delivered.
      return outcome.mergedInto === undefined
        ? {
            settlement: {
              as: 'dead',
              failure: failureOf(outcome),
              attempt,
              attemptOutcome: 'refused',
            },
            health: 'well',
          }
        : { settlement: { as: 'resend', attempt, mark: false }, health: 'well' };
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
          isTroubled: false,
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
  // One that was tried before its time keeps that time.
  const isEarly = head.earlySeconds > 0;
  const own = isEarly ? head.earlySeconds : pauseAfter(attempt, chance);
  if (own === undefined) {
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
      delaySeconds: asked === undefined ? own : Math.max(head.earlySeconds, pauseAsAsked(asked, chance)),
      tellDelay: head.troubledSeconds >= TELL_DELAY_SECONDS && !head.delayTold,
      usesAttempt: !isEarly,
      isTroubled: true,
      attempt,
    },
    health: 'unwell',
  };
}

/**
 * What follows for a head that was left in doubt. `awakeSeconds`: for how long this process has been there for
 * its echo to find; before that it may have found nobody. `neverLeft`: it is certain that nothing was sent.
 */
export function judgeDoubt(
  head: DoubtfulHead,
  graceSeconds: number,
  awakeSeconds: number,
  neverLeft = false,
): Settlement {
  const { attempt } = head;
  const failure = {
    code: 'uncertain',
    message: 'Nothing has confirmed this message: it may or may not have reached the contact.',
  };
  if (head.echoed) return { as: 'delivered', attempt, attemptOutcome: 'echoed', hadLeftLane: head.asked };
  if (!mayBeDoubled(head) || neverLeft) return { as: 'resend', attempt, mark: false };
  // A crash: its echo may have found us away, so the time for it counts from now.
  if (head.state === 'sending') return { as: 'uncertain', failure, graceSeconds, attempt };
  const waitedSeconds = Math.min(head.sinceSeconds, awakeSeconds);
  if (waitedSeconds < graceSeconds)
    return { as: 'uncertain', failure, graceSeconds: graceSeconds - waitedSeconds, attempt };
  // Nobody can say that there was no echo while what has come in is not looked through.
  if (head.unheard) return { as: 'uncertain', failure, graceSeconds: UNHEARD_SECONDS, attempt };
  const mayResend =
    (head.order.kind === 'send-message' || head.side === 'desk') &&
    (head.uncertainPolicy === 'resend' || (head.uncertainPolicy === 'by_echo' && head.connectionEchoes)) &&
    attempt < UNCLEAR_ATTEMPTS;
  return mayResend ? { as: 'resend', attempt, mark: true } : { as: 'ask', failure, attempt };
}

/** What follows once a desk was asked whether a doubtful order has arrived. */
export function judgeFound(
  head: DoubtfulHead,
  found: FindOutcome,
  graceSeconds: number,
  awakeSeconds: number,
): Settlement {
  const { attempt } = head;
  switch (found.outcome) {
    case 'delivered':
      return {
        as: 'delivered',
        ...learntFrom(found),
        attempt,
        attemptOutcome: 'echoed',
        hadLeftLane: head.asked,
      };
    case 'absent':
      return { as: 'resend', attempt, mark: false };
    case 'unknown':
      return judgeDoubt(head, graceSeconds, awakeSeconds);
    case 'retry':
    case 'credential':
      return {
        as: 'uncertain',
        failure: failureOf(found),
        graceSeconds: Math.max(graceSeconds, ('retryAfterSeconds' in found && found.retryAfterSeconds) || 5),
        attempt,
      };
  }
}

function learntFrom(outcome: Extract<AttemptOutcome, { outcome: 'delivered' }>): {
  externalId?: string | undefined;
  externalConversationId?: string | undefined;
} {
  if ('writtenIds' in outcome)
    return { externalId: outcome.ticket?.externalTicketId ?? outcome.writtenIds[0] };
  return { externalId: outcome.externalId, externalConversationId: outcome.externalConversationId };
}

/** What somebody would read twice. */
const mayBeDoubled = ({ order }: LaneHead): boolean => TWICE_IS_TOO_OFTEN.includes(order.kind);

const failureOf = (outcome: { code: string; message: string }): { code: string; message: string } => ({
  code: outcome.code,
  message: outcome.message,
});
