import { type WhatToDo, WotNotError, WotNotInputError } from '../../../wotnot/index.js';
import type { FailedSend } from '../../connector.js';
import { sentenceFor } from './known-sentences.js';

/**
 * What a failed call means for the delivery. `mayBeSent`: an error of an unknown kind came at a moment
 * when WotNot may have accepted a message.
 */
export function judgeFailure(error: unknown, mayBeSent: boolean): FailedSend {
  if (error instanceof WotNotInputError) {
    const message = `${sentenceFor('invalid_request')} The field at fault: ${error.field}.`;
    return { outcome: 'refused', code: 'invalid_request', message };
  }
  if (!(error instanceof WotNotError)) {
    // Nothing is known: what must not be done twice is not repeated blindly.
    const message = 'The attempt failed in an unforeseen way.';
    return { outcome: mayBeSent ? 'uncertain' : 'retry', code: 'unforeseen', message };
  }
  const httpStatus = error.httpStatus === null ? {} : { httpStatus: error.httpStatus };
  const failure = { code: error.code, message: sentenceFor(error.code), ...httpStatus };
  const outcome = outcomes[error.whatToDo];
  if (outcome !== 'retry' || error.retryAfterSeconds === null) return { outcome, ...failure };
  return { outcome, ...failure, retryAfterSeconds: error.retryAfterSeconds };
}

/** What cannot be mended by the one who comes here is as permanent as the rest. */
const outcomes = {
  permanent: 'refused',
  mendable: 'refused',
  retry: 'retry',
  credential: 'credential',
  uncertain: 'uncertain',
} as const satisfies Record<WhatToDo, FailedSend['outcome']>;
