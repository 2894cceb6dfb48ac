import type { BuiltRequest } from './build-request.js';
import type { CheckedOptions } from './client-options.js';
import type { Deadline, EndedBy } from './deadline.js';
import type { WhatToDo } from './error-codes.js';
import type { Failure, LocalErrorCode } from './errors.js';
import type { Operation } from './operation.js';
import { type Reading, readAnswer } from './read-answer.js';
import type { Redact } from './redact.js';
import type { Exchange, Transport } from './transport.js';

export interface Attempt {
  operation: Operation;
  request: BuiltRequest;
  deadline: Deadline;
  /** Whether it may leave now. */
  leaving: () => boolean;
}

export interface AttemptDeps {
  options: CheckedOptions;
  token: string;
  transport: Transport;
  redact: Redact;
}

/** Sends a request once and says what came of it. */
export async function attemptCall(
  deps: AttemptDeps,
  attempt: Attempt,
): Promise<Reading<unknown> & { status: number | null; reached: boolean; heldBack: boolean }> {
  const { operation, deadline } = attempt;
  const upload = watchUpload(attempt.request.body);
  let heldBack = false;
  const leaving = (): boolean => {
    heldBack ||= !attempt.leaving();
    return !heldBack;
  };
  const exchange = await exchangeOnce(deps, { ...attempt, leaving });
  const isUploadBroken = upload.finish();
  if (heldBack && exchange.outcome === 'unanswered' && !exchange.reached) {
    return {
      outcome: 'failed',
      failure: localFailure('aborted', 'retry'),
      status: null,
      reached: false,
      heldBack,
    };
  }
  if (exchange.outcome === 'unanswered') {
    const failure = judgeSilence(operation, exchange, deadline, isUploadBroken);
    return { outcome: 'failed', failure, status: null, reached: exchange.reached, heldBack };
  }
  const reading = readAnswer(operation, exchange, deps.redact);
  const endedBy = deadline.endedBy();
  if (reading.outcome === 'failed' && reading.failure.code === 'connection_lost' && endedBy !== null) {
    reading.failure.code = nameEnd(endedBy);
  }
  return { ...reading, status: exchange.status, reached: true, heldBack };
}

async function exchangeOnce(
  deps: AttemptDeps,
  { operation, request, deadline, leaving }: Attempt,
): Promise<Exchange> {
  try {
    return await deps.transport({
      method: operation.method,
      baseUrl: deps.options.baseUrl,
      path: request.path,
      headers: {
        ...request.headers,
        Accept: 'application/json',
        'User-Agent': 'agent-desk-bridge',
        Authorization: `Bearer ${deps.token}`,
      },
      body: request.body,
      signal: deadline.signal,
      maxAnswerBytes: deps.options.maxAnswerBytes,
      onLeaving: leaving,
    });
  } catch {
    // A transport brought from outside: what it throws may hold the headers, so nothing of it is kept.
    return { outcome: 'unanswered', reached: true, networkCode: null };
  }
}

/** Tells a body that could not be read from one that was given up with its request. */
function watchUpload(body: BuiltRequest['body']): { finish: () => boolean } {
  let isBroken = false;
  if (body === null || Buffer.isBuffer(body)) return { finish: () => false };
  body.on('error', () => {
    isBroken = true;
  });
  return {
    finish: () => {
      const before = isBroken;
      body.destroy();
      return before;
    },
  };
}

/** No answer at all: what counts is whether the request can have been read. */
function judgeSilence(
  operation: Operation,
  exchange: Extract<Exchange, { outcome: 'unanswered' }>,
  deadline: Deadline,
  isUploadBroken: boolean,
): Failure {
  const maybeAccepted: WhatToDo = exchange.reached && !operation.repeatable ? 'uncertain' : 'retry';
  const endedBy = deadline.endedBy();
  if (endedBy !== null) return localFailure(nameEnd(endedBy), maybeAccepted);
  // A body without its end was not accepted, and the same file will not read better by itself.
  if (isUploadBroken) return localFailure('upload_failed', 'permanent');
  const code = exchange.reached ? 'connection_lost' : 'connection_failed';
  return localFailure(code, maybeAccepted, exchange.networkCode);
}

export function nameEnd(endedBy: EndedBy): LocalErrorCode {
  return endedBy === 'caller' ? 'aborted' : 'deadline_exceeded';
}

export function localFailure(
  code: LocalErrorCode,
  whatToDo: WhatToDo,
  networkCode: string | null = null,
): Failure {
  return {
    code,
    whatToDo,
    networkCode,
    reportedCode: null,
    httpStatus: null,
    messages: [],
    retryAfterSeconds: null,
    excerpt: null,
  };
}
