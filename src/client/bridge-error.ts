import type { ErrorCode, ErrorDetail } from '../contract/errors.js';

/**
 * Why a call did not do what was asked: a code of the contract, or one of the client's own.
 * unreachable: no answer came · timeout: none came in time · unexpected_answer: what answered is not the
 * bridge · unconfirmed: it was sent and may have been carried out · stopped: the client was stopped.
 */
export type BridgeErrorCode =
  | ErrorCode
  | 'unreachable'
  | 'timeout'
  | 'unexpected_answer'
  | 'unconfirmed'
  | 'stopped';

export interface BridgeErrorFacts {
  /** The HTTP status, where one came. */
  status?: number | undefined;
  requestId?: string | undefined;
  details?: ErrorDetail[] | Record<string, unknown> | undefined;
  retryAfterSeconds?: number | undefined;
}

export class BridgeError extends Error {
  override readonly name = 'BridgeError';
  readonly code: BridgeErrorCode;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly details: ErrorDetail[] | Record<string, unknown> | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(code: BridgeErrorCode, message: string, facts: BridgeErrorFacts = {}) {
    super(message);
    this.code = code;
    this.status = facts.status;
    this.requestId = facts.requestId;
    this.details = facts.details;
    this.retryAfterSeconds = facts.retryAfterSeconds;
  }
}
