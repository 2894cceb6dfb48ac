import { z } from 'zod';
import type { FailedSend } from '../../connector.js';
import type { OutsideAnswer } from '../../http-client/index.js';
import { sentences } from './sentences.js';

/**
 * What it means when the answer is lost. no: nothing changes there · once: it may have been done, and a
 * repeat would do it again · again: doing it twice is doing it once.
 */
export type Changes = 'no' | 'once' | 'again';

/** What Zendesk objects to, as far as callers act on it. */
export type Problem = 'not_found' | 'closed' | 'key_reused' | 'forbidden' | 'invalid';

export interface Failed {
  outcome: 'failed';
  failure: FailedSend;
  problem?: Problem;
  /** The fields that it names, of a fixed alphabet: never their values. */
  fields: string[];
}

export type Asked = { outcome: 'done'; body: Record<string, unknown>; serverTime: Date | undefined } | Failed;

const errorShape = z.object({
  error: z.union([z.string(), z.object({ title: z.string().catch('') }).transform(({ title }) => title)]),
  description: z.string().catch(''),
  details: z.record(z.string(), z.unknown()).catch({}),
});
type ErrorBody = z.infer<typeof errorShape>;

/** Turns what came back into what it means. A success is one by its body, not by its status. */
export function judgeAnswer(answer: OutsideAnswer, changes: Changes): Asked {
  if (answer.outcome === 'not_sent') {
    if (answer.code === 'paced') {
      const { code, retryAfterSeconds } = answer;
      return failed({ outcome: 'retry', code, message: sentences[code], retryAfterSeconds });
    }
    const outcome = answer.code === 'url_not_allowed' ? 'credential' : 'retry';
    return failed({ outcome, code: answer.code, message: sentences[answer.code] });
  }
  if (answer.outcome === 'unanswered') return failed(lost(changes, answer.code));
  const { status, json } = answer;
  if (status >= 200 && status < 300) {
    if (typeof json === 'object' && json !== null && !Array.isArray(json)) {
      return { outcome: 'done', body: json as Record<string, unknown>, serverTime: timeOf(answer.headers) };
    }
    return failed({ ...lost(changes, 'unreadable_answer'), httpStatus: status });
  }
  return judgeRefusal(answer, changes);
}

function judgeRefusal(answer: Extract<OutsideAnswer, { outcome: 'answered' }>, changes: Changes): Failed {
  const { status: httpStatus } = answer;
  const parsed = errorShape.safeParse(answer.json);
  const said = parsed.success ? parsed.data : undefined;
  const pause = answer.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: answer.retryAfterSeconds };
  if (httpStatus === 429) return failed({ ...retry('rate_limited', httpStatus), ...pause });
  if (httpStatus === 503) return failed({ ...retry('unavailable', httpStatus), ...pause });
  if (httpStatus >= 500)
    return failed({ ...lost(changes, 'server_error'), httpStatus, ...pauseOf(changes, pause) });
  if (httpStatus === 409) return failed(retry('conflict', httpStatus));
  if (httpStatus === 401) return failed(credential('unauthorised', httpStatus));
  if (httpStatus === 403) return failed(credential('forbidden', httpStatus), 'forbidden');
  if (httpStatus < 400) return failed(credential('redirected', httpStatus));
  // A subdomain that nobody has answers 404 as well, with a page for people.
  if (httpStatus === 404 && said === undefined) return failed(credential('no_such_account', httpStatus));
  if (httpStatus === 404) return failed(refused('not_found', httpStatus), 'not_found');
  if (said?.error === 'IdempotentRequestError' || /idempotency/iu.test(said?.description ?? '')) {
    return failed(
      { outcome: 'uncertain', code: 'key_reused', message: sentences.key_reused, httpStatus },
      'key_reused',
    );
  }
  return judgeInvalid(said, httpStatus);
}

function judgeInvalid(said: ErrorBody | undefined, httpStatus: number): Failed {
  const details = said?.details ?? {};
  if (/closed prevents ticket update/iu.test(JSON.stringify(details['status'] ?? ''))) {
    return failed(refused('ticket_closed', httpStatus), 'closed');
  }
  const fields = Object.keys(details)
    .filter((name) => /^[a-z0-9_]{1,40}$/u.test(name))
    .slice(0, 5);
  const code = httpStatus === 413 ? 'too_large' : 'invalid';
  const failure = refused(code, httpStatus);
  const named = fields.length === 0 ? '' : ` Zendesk names: ${fields.join(', ')}.`;
  return { ...failed({ ...failure, message: failure.message + named }, 'invalid'), fields };
}

const failed = (failure: FailedSend, problem?: Problem): Failed => ({
  outcome: 'failed',
  failure,
  fields: [],
  ...(problem === undefined ? {} : { problem }),
});

type Code = keyof typeof sentences;
const retry = (code: Code, httpStatus: number): FailedSend => ({
  outcome: 'retry',
  code,
  message: sentences[code],
  httpStatus,
});
const refused = (code: Code, httpStatus: number): FailedSend => ({
  ...retry(code, httpStatus),
  outcome: 'refused',
});
const credential = (code: Code, httpStatus: number): FailedSend => ({
  ...retry(code, httpStatus),
  outcome: 'credential',
});

const lost = (changes: Changes, code: Code): FailedSend => ({
  outcome: changes === 'once' ? 'uncertain' : 'retry',
  code,
  message: sentences[code],
});

const pauseOf = <T extends object>(changes: Changes, pause: T): T | object =>
  changes === 'once' ? {} : pause;

function timeOf(headers: Readonly<Record<string, string | undefined>>): Date | undefined {
  const at = Date.parse(headers['date'] ?? '');
  return Number.isFinite(at) ? new Date(at) : undefined;
}
