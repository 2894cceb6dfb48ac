import type { Failure } from '../domain/conversation.js';
import type { LaneHead } from './lane-head.js';

/** What is written once an attempt is over. */
export type Settlement =
  | {
      as: 'delivered';
      externalId?: string | undefined;
      /** Of the conversation that the order has started. */
      externalConversationId?: string | undefined;
      attempt: number;
      attemptOutcome: 'delivered' | 'mended' | 'echoed';
      hadLeftLane?: boolean;
      /** Why the contact has got a link where a file was meant. */
      linked?: Failure | undefined;
    }
  | {
      as: 'retry';
      failure: Failure;
      httpStatus?: number | undefined;
      delaySeconds: number;
      tellDelay: boolean;
      usesAttempt: boolean;
      /** It has failed, whether or not that counts as one of its attempts. */
      isTroubled: boolean;
      attempt: number;
    }
  | {
      as: 'dead';
      failure: Failure;
      httpStatus?: number | undefined;
      attempt: number;
      attemptOutcome: 'refused' | 'exhausted';
    }
  | {
      as: 'uncertain';
      failure: Failure;
      httpStatus?: number | undefined;
      graceSeconds: number;
      attempt: number;
    }
  /** The agent is asked; the lane goes on. */
  | { as: 'ask'; failure: Failure; attempt: number }
  /** It may have arrived and is sent again, marked. */
  | { as: 'resend'; attempt: number; mark: boolean };

interface Terms {
  state: 'delivered' | 'waiting' | 'dead' | 'uncertain';
  isOver: boolean;
  /** Whether the lane goes on without it. */
  leavesLane: boolean;
  delaySeconds: number;
  troubled: boolean;
  delayTold: boolean;
  attemptOutcome: string;
  attemptsBack: 0 | 1;
  failure?: Failure;
  httpStatus?: number | undefined;
  externalId?: string | undefined;
  flag?: string;
  messageFlag?: string;
  messageState?: 'sent' | 'failed' | 'uncertain' | 'queued';
  fact?: { type: string; data: Record<string, unknown> };
}

/** Each way to settle, as the columns it sets. */
export function termsOf(settlement: Settlement, head: LaneHead): Terms {
  const about = head.messageId === undefined ? undefined : { messageId: head.messageId };
  const calm = { troubled: false, delayTold: false, delaySeconds: 0, attemptsBack: 0 } as const;
  switch (settlement.as) {
    case 'delivered':
      return {
        ...calm,
        state: 'delivered',
        isOver: true,
        leavesLane: true,
        attemptOutcome: settlement.attemptOutcome,
        externalId: settlement.externalId,
        ...(about === undefined
          ? {}
          : {
              messageState: 'sent' as const,
              fact: { type: 'message.sent', data: { ...about, ...failureIn(settlement.linked) } },
            }),
      };
    case 'dead':
      return {
        ...calm,
        state: 'dead',
        isOver: true,
        leavesLane: true,
        attemptOutcome: settlement.attemptOutcome,
        failure: settlement.failure,
        httpStatus: settlement.httpStatus,
        ...(about === undefined
          ? {
              fact: actionFailed(head, settlement.failure),
            }
          : {
              messageState: 'failed' as const,
              fact: { type: 'message.failed', data: { ...about, failure: settlement.failure } },
            }),
      };
    case 'retry':
      return {
        state: 'waiting',
        isOver: false,
        leavesLane: false,
        delaySeconds: settlement.delaySeconds,
        troubled: settlement.isTroubled,
        delayTold: head.delayTold || settlement.tellDelay,
        attemptOutcome: settlement.isTroubled ? 'retry' : 'credential',
        attemptsBack: settlement.usesAttempt ? 0 : 1,
        failure: settlement.failure,
        httpStatus: settlement.httpStatus,
        ...(settlement.tellDelay
          ? {
              fact:
                about === undefined
                  ? { ...actionFailed(head, settlement.failure), type: 'action.delayed' }
                  : { type: 'message.delayed', data: { ...about, failure: settlement.failure } },
            }
          : {}),
      };
    case 'uncertain':
      return {
        state: 'uncertain',
        isOver: false,
        leavesLane: false,
        delaySeconds: settlement.graceSeconds,
        troubled: true,
        delayTold: head.delayTold,
        attemptsBack: 0,
        attemptOutcome: 'uncertain',
        failure: settlement.failure,
        httpStatus: settlement.httpStatus,
      };
    case 'ask':
      return {
        ...calm,
        state: 'uncertain',
        isOver: false,
        leavesLane: true,
        attemptOutcome: 'uncertain',
        failure: settlement.failure,
        flag: 'asked',
        ...(about === undefined
          ? head.side === 'chat'
            ? {}
            : { fact: actionFailed(head, settlement.failure) }
          : {
              messageState: 'uncertain' as const,
              fact: { type: 'message.uncertain', data: { ...about, failure: settlement.failure } },
            }),
      };
    case 'resend':
      return {
        state: 'waiting',
        isOver: false,
        leavesLane: false,
        delaySeconds: 0,
        troubled: true,
        delayTold: head.delayTold,
        attemptsBack: 0,
        attemptOutcome: 'uncertain',
        ...(settlement.mark ? { flag: 'possibleDuplicate', messageFlag: 'possibleDuplicate' } : {}),
      };
  }
}

const failureIn = (failure: Failure | undefined) => (failure === undefined ? {} : { failure });

const actionFailed = (head: LaneHead, failure: Failure) => ({
  type: 'action.failed',
  data: { deliveryId: head.deliveryId, action: head.order.kind, failure },
});
