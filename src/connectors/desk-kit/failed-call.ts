import type { FailedSend } from '../connector.js';
import type { OutsideAnswer } from '../http-client/index.js';

/** Ends a chain of calls; `settleCall` makes an outcome of it, so that it never leaves the connector. */
export class FailedCall extends Error {
  override readonly name = 'FailedCall';
  readonly failed: FailedSend;

  constructor(failed: FailedSend) {
    super(failed.message);
    this.failed = failed;
  }
}

/** Runs a chain of calls; what ended it is the outcome. What is no failed call is a fault of ours. */
export async function settleCall<T>(run: () => Promise<T>): Promise<T | FailedSend> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof FailedCall) return error.failed;
    // Nobody knows how far the calls have got: asking comes before repeating.
    const message = 'The connector has met something that it does not expect; the desk may have taken it.';
    return { outcome: 'uncertain', code: 'unexpected_fault', message };
  }
}

export interface CallTerms {
  /** The desk's name, for people. */
  desk: string;
  /** Doing it twice is the same as doing it once. */
  repeatable: boolean;
}

/** Answers by which a desk says that what was sent is not as it wants it. */
const WRONG_WORDS = [400, 422];

/** The class of what is no success: `answer` is also one whose 2xx holds nothing that can be understood. */
export function judgeAnswer(answer: OutsideAnswer, { desk, repeatable }: CallTerms): FailedSend {
  if (answer.outcome === 'not_sent') {
    if (answer.code === 'url_not_allowed') {
      return {
        outcome: 'credential',
        code: answer.code,
        message: `${desk} cannot be called: ${answer.message}`,
      };
    }
    if (answer.code === 'paced') {
      const { code, retryAfterSeconds } = answer;
      return {
        outcome: 'retry',
        code,
        message: `${desk} takes no more calls from this account now.`,
        retryAfterSeconds,
      };
    }
    return { outcome: 'retry', code: answer.code, message: `${desk} cannot be reached now.` };
  }
  if (answer.outcome === 'unanswered') {
    const message = `${desk} has not answered: ${answer.message}`;
    return { outcome: repeatable ? 'retry' : 'uncertain', code: answer.code, message };
  }
  const httpStatus = answer.status;
  const retryAfter = answer.retryAfterSeconds;
  const later = retryAfter === undefined ? {} : { retryAfterSeconds: retryAfter };
  const told = `${desk} answers ${httpStatus}`;
  if (httpStatus === 401) {
    const message = `${desk} does not accept the credentials. Replace them.`;
    return { outcome: 'credential', code: 'credentials_refused', message, httpStatus };
  }
  if (httpStatus === 403) {
    const message = `${desk} forbids it to the bridge's user. Give that user the rights, or use another's credentials.`;
    return { outcome: 'credential', code: 'forbidden', message, httpStatus };
  }
  if (httpStatus === 429) {
    const message = `${desk} asks for fewer calls; the bridge waits.`;
    return { outcome: 'retry', code: 'rate_limited', message, httpStatus, ...later };
  }
  if (httpStatus === 408 || httpStatus === 425 || (httpStatus === 503 && retryAfter !== undefined)) {
    return { outcome: 'retry', code: 'unavailable', message: `${told}: not now.`, httpStatus, ...later };
  }
  if (httpStatus >= 500) {
    if (repeatable)
      return { outcome: 'retry', code: 'desk_failed', message: `${told}.`, httpStatus, ...later };
    const message = `${told}; whether it was done is not known.`;
    return { outcome: 'uncertain', code: 'desk_failed', message, httpStatus };
  }
  if (httpStatus >= 300 && httpStatus < 400) {
    const message = `${told}, a redirect, which is not followed. Check the address in the settings.`;
    return { outcome: 'refused', code: 'redirected', message, httpStatus };
  }
  if (httpStatus < 300) {
    const message = `${told} with something that cannot be understood. Check that the address in the settings is the desk's.`;
    return {
      outcome: repeatable ? 'retry' : 'uncertain',
      code: 'answer_not_understood',
      message,
      httpStatus,
    };
  }
  if (httpStatus === 404 || httpStatus === 410) {
    return {
      outcome: 'refused',
      code: 'not_found',
      message: `${desk} has no such thing (${httpStatus}).`,
      httpStatus,
    };
  }
  if (httpStatus === 413) {
    return {
      outcome: 'refused',
      code: 'too_large',
      message: `${desk} says that it is too large, or has no room for it. Make room there, then send it again.`,
      httpStatus,
    };
  }
  const hint = WRONG_WORDS.includes(httpStatus)
    ? ' Something that it asks for may be missing, or called differently there: see its log, and desk-bridge connection check.'
    : '';
  return {
    outcome: 'refused',
    code: 'refused',
    message: `${desk} refuses it (${httpStatus}).${hint}`,
    httpStatus,
  };
}
