import type { z } from 'zod';
import { errorCodes, isWotNotErrorCode } from './error-codes.js';
import type { Failure } from './errors.js';
import { judgeStatus } from './judge-status.js';
import type { Operation } from './operation.js';
import { parseJson } from './parse-json.js';
import { readMessages } from './read-messages.js';
import { readRetryAfter } from './read-retry-after.js';
import { type Redact, takeExcerpt } from './redact.js';
import type { Exchange } from './transport.js';

export type Reading<Answer> = { outcome: 'ok'; answer: Answer } | { outcome: 'failed'; failure: Failure };

type Answered = Extract<Exchange, { outcome: 'answered' }>;

/** Makes a typed answer, or a failure, of what came back. Only a readable success is a success. */
export function readAnswer<Schema extends z.ZodType>(
  operation: Operation<z.ZodType, z.ZodType | null, Schema>,
  answered: Answered,
  redact: Redact,
): Reading<z.output<Schema>> {
  const parsed = answered.extent === 'whole' ? parseJson(answered.bytes) : { outcome: 'not_json' as const };
  const fields = parsed.outcome === 'json' && isObject(parsed.value) ? parsed.value : null;
  const isSuccess = answered.status >= 200 && answered.status < 300;
  if (!isSuccess || fields?.['ok'] === false) {
    return { outcome: 'failed', failure: readFailure(operation, answered, fields, redact) };
  }
  const answer = parsed.outcome === 'json' ? operation.answer.safeParse(parsed.value) : null;
  if (answer?.success) return { outcome: 'ok', answer: answer.data };
  const messages = (answer?.error.issues ?? []).slice(0, 10).map((issue) => ({
    message: redact(issue.message),
    path: issue.path.map((part) => (typeof part === 'number' ? part : redact(String(part).slice(0, 200)))),
  }));
  const code =
    answered.extent === 'cut'
      ? 'answer_too_large'
      : answered.extent === 'broken'
        ? 'connection_lost'
        : 'answer_unreadable';
  // A 2xx says that it was done, in words that cannot be read.
  const whatToDo = operation.repeatable ? 'retry' : 'uncertain';
  return {
    outcome: 'failed',
    failure: { ...blank(answered), code, whatToDo, messages, excerpt: takeExcerpt(answered.bytes, redact) },
  };
}

function readFailure(
  operation: Operation,
  answered: Answered,
  fields: Record<string, unknown> | null,
  redact: Redact,
): Failure {
  const said = [fields?.['code'], fields?.['error']].filter((code) => typeof code === 'string');
  const known = said.find(isWotNotErrorCode);
  const messages = readMessages(fields?.['message'], redact);
  const retryAfterSeconds = readRetryAfter(answered.retryAfter, new Date());
  if (known !== undefined) {
    return { ...blank(answered), code: known, whatToDo: errorCodes[known], messages, retryAfterSeconds };
  }
  const status = readBodyStatus(fields?.['status']) ?? answered.status;
  const judged = judgeStatus(status, operation.repeatable);
  const reportedCode = said[0] === undefined ? null : redact(said[0].slice(0, 200));
  // Refused, and the reason did not arrive: it may have been one that passes.
  const isReasonLost = answered.extent === 'broken' && judged.whatToDo === 'permanent';
  return {
    ...blank(answered),
    code: isReasonLost ? 'connection_lost' : reportedCode === null ? judged.code : 'undocumented',
    reportedCode,
    whatToDo: isReasonLost ? 'retry' : judged.whatToDo,
    messages,
    retryAfterSeconds,
    excerpt: messages.length > 0 ? null : takeExcerpt(answered.bytes, redact),
  };
}

function blank(answered: Answered): Omit<Failure, 'code' | 'whatToDo'> {
  return {
    reportedCode: null,
    httpStatus: answered.status,
    messages: [],
    retryAfterSeconds: null,
    networkCode: null,
    excerpt: null,
  };
}

/** The status that the body claims; on failures it is the better of the two where they disagree. */
function readBodyStatus(status: unknown): number | null {
  const number = typeof status === 'string' && /^\d{3}$/.test(status) ? Number(status) : status;
  return typeof number === 'number' && Number.isInteger(number) && number >= 300 && number <= 599
    ? number
    : null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
