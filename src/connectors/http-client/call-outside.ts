import http, { type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import axios, { type AxiosResponse } from 'axios';
import { type Counting, createCallBudget, type Spending, type Taken } from './call-budget.js';
import { createGuardedAgents } from './guarded-agents.js';
import type { Resolve } from './guarded-lookup.js';
import { judgeUrl } from './judge-url.js';
import type { Policy } from './policy.js';

/** When a call is given up, and whom it asks at the wire. */
export interface Leave {
  signal: AbortSignal;
  /** Asked when a connection stands and nothing has been written to it yet; false: nothing may leave any more. */
  leaving?: (() => boolean) | undefined;
}

export interface OutsideCall extends Leave {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Scheme, host and port alone: `https://acme.zendesk.com`. */
  baseUrl: string;
  /** Path and query, each part already encoded. */
  path: string;
  headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is, with the content type in `headers`. */
  body?: Buffer;
  /** Sent as multipart/form-data. */
  form?: FormData;
  /** For everything, to the last byte. */
  deadlineSeconds?: number;
  maxAnswerBytes?: number;
  /** Of what the other side allows; the wait for it is not part of the deadline. */
  spending?: Spending;
}

export type OutsideAnswer =
  | {
      outcome: 'answered';
      status: number;
      /** Lower case. */
      headers: Readonly<Record<string, string | undefined>>;
      bytes: Buffer;
      /** The body as JSON; undefined when it is none. */
      json: unknown;
      /** Seconds from Retry-After, 1 to a day; undefined when there is none that makes sense. */
      retryAfterSeconds?: number;
    }
  /** Nothing can have been read by the other side. */
  | { outcome: 'not_sent'; code: 'connection_failed' | 'url_not_allowed' | 'aborted'; message: string }
  /** Nor here: it would be more than the other side allows. */
  | { outcome: 'not_sent'; code: 'paced'; message: string; retryAfterSeconds: number }
  /** It may have been read and done. */
  | {
      outcome: 'unanswered';
      code: 'connection_lost' | 'deadline_exceeded' | 'answer_too_large';
      message: string;
    };

export interface OutsideCaller {
  /** One HTTP exchange: no redirect followed, no proxy, addresses judged when the socket connects. Never throws. */
  call(call: OutsideCall): Promise<OutsideAnswer>;
  stop(): void;
}

const DEADLINE_SECONDS = 10;
const MOST_ANSWER_BYTES = 1_048_576;
const MOST_RETRY_AFTER = 86_400;
/** No desk allows so many calls a minute. */
const MOST_CALLS_TOLD = 1_000_000;

export function createOutsideCaller(
  policy: Policy,
  resolve?: Resolve,
  counting: Counting = {},
): OutsideCaller {
  const agents = createGuardedAgents(policy, resolve);
  const budget = createCallBudget(counting);
  const callNow = async (call: OutsideCall): Promise<OutsideAnswer> => {
    const judged = judgeUrl(call.baseUrl, policy);
    if (judged.outcome === 'refused')
      return { outcome: 'not_sent', code: 'url_not_allowed', message: judged.reason };
    if (call.signal.aborted)
      return { outcome: 'not_sent', code: 'aborted', message: 'The call was given up.' };
    const deadline = AbortSignal.timeout((call.deadlineSeconds ?? DEADLINE_SECONDS) * 1_000);
    const signal = AbortSignal.any([call.signal, deadline]);
    const wire = watchWire(call.leaving ?? (() => true));
    let response: AxiosResponse<Readable>;
    try {
      response = await axios.request<Readable>({
        method: call.method,
        baseURL: judged.url.origin,
        url: call.path,
        allowAbsoluteUrls: false,
        ...bodyOf(call),
        responseType: 'stream',
        validateStatus: () => true,
        maxRedirects: 0,
        maxBodyLength: Number.POSITIVE_INFINITY,
        proxy: false,
        signal,
        transport: wire.transport,
        httpAgent: agents.httpAgent,
        httpsAgent: agents.httpsAgent,
      });
    } catch {
      // What axios throws holds the headers: nothing of it is kept.
      if (wire.heldBack()) return { outcome: 'not_sent', code: 'aborted', message: 'The call was given up.' };
      if (!wire.reached())
        return {
          outcome: 'not_sent',
          code: 'connection_failed',
          message: 'No connection could be made to the other side.',
        };
      return unanswered(deadline.aborted);
    }
    return readAnswer(response, call.maxAnswerBytes ?? MOST_ANSWER_BYTES, signal, deadline);
  };
  return {
    async call(call) {
      if (call.spending === undefined) return callNow(call);
      const taken = await budget.take(call.spending, call.signal);
      if (taken.outcome === 'paced') return paced(taken);
      try {
        const answer = await callNow(call);
        const [account] = call.spending.of;
        if (account !== undefined && answer.outcome === 'answered')
          budget.learn(account, readBudget(answer.headers));
        return answer;
      } finally {
        taken.done();
      }
    },
    stop: () => agents.stop(),
  };
}

const paced = ({ seconds }: Extract<Taken, { outcome: 'paced' }>): OutsideAnswer => ({
  outcome: 'not_sent',
  code: 'paced',
  message: 'The other side takes no more calls now.',
  retryAfterSeconds: seconds,
});

/** What the other side allows a minute and how much of it is left, as Freshdesk and Zendesk name it. */
function readBudget(headers: Readonly<Record<string, string | undefined>>) {
  const number = (...names: string[]): number | undefined => {
    const text = names.map((name) => headers[name]).find((value) => value !== undefined);
    return text !== undefined && /^\d+$/u.test(text) ? Number(text) : undefined;
  };
  const total = number('x-ratelimit-total', 'x-rate-limit');
  const remaining = number('x-ratelimit-remaining', 'x-rate-limit-remaining');
  // Whoever names such numbers speaks of something else, in the other header as well.
  const isAbsurd = Math.max(total ?? 0, remaining ?? 0) > MOST_CALLS_TOLD;
  return isAbsurd ? { total: undefined, remaining: undefined } : { total, remaining };
}

function bodyOf(call: OutsideCall): { data?: unknown; headers: Record<string, string> } {
  const headers = { accept: 'application/json', 'user-agent': 'agent-desk-bridge', ...call.headers };
  if (call.form !== undefined) return { data: call.form, headers };
  if (call.body !== undefined) return { data: call.body, headers };
  if (call.json === undefined) return { headers };
  return {
    data: Buffer.from(JSON.stringify(call.json)),
    headers: { 'content-type': 'application/json', ...headers },
  };
}

function unanswered(late: boolean): OutsideAnswer {
  return late
    ? {
        outcome: 'unanswered',
        code: 'deadline_exceeded',
        message: 'The other side did not answer in time.',
      }
    : {
        outcome: 'unanswered',
        code: 'connection_lost',
        message: 'The connection was lost before the answer.',
      };
}

async function readAnswer(
  response: AxiosResponse<Readable>,
  most: number,
  signal: AbortSignal,
  deadline: AbortSignal,
): Promise<OutsideAnswer> {
  const body = response.data;
  const chunks: Buffer[] = [];
  let length = 0;
  const stop = (): void => void body.destroy(new Error('ended by the signal'));
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > most)
        return { outcome: 'unanswered', code: 'answer_too_large', message: 'The answer was too large.' };
      chunks.push(chunk);
    }
  } catch {
    return unanswered(deadline.aborted);
  } finally {
    signal.removeEventListener('abort', stop);
    body.destroy();
  }
  const bytes = Buffer.concat(chunks, length);
  const headers = Object.fromEntries(
    Object.entries(response.headers as Record<string, unknown>).map(([name, value]) => [
      name.toLowerCase(),
      typeof value === 'string' ? value : undefined,
    ]),
  );
  const retryAfterSeconds = readRetryAfter(headers['retry-after'], Date.now());
  return {
    outcome: 'answered',
    status: response.status,
    headers,
    bytes,
    json: parseJson(bytes),
    ...(retryAfterSeconds === undefined
      ? {}
      : { retryAfterSeconds: Math.min(MOST_RETRY_AFTER, Math.max(1, Math.ceil(retryAfterSeconds))) }),
  };
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8')) as unknown;
  } catch {
    return undefined;
  }
}

/** Seconds, or a date; undefined when it says neither, or something in the past. */
export function readRetryAfter(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,12}(\.\d+)?$/u.test(text.trim())) return Number(text);
  const at = /[a-z]/iu.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isFinite(at) && at > now ? (at - now) / 1_000 : undefined;
}

/**
 * Notes when a connection stands: until then nothing can have been accepted. What may not leave is ended then, before
 * Node writes the first byte to the connection.
 */
function watchWire(leaving: () => boolean) {
  let reached = false;
  let heldBack = false;
  return {
    reached: () => reached,
    heldBack: () => heldBack,
    transport: {
      request(options: RequestOptions, answer: (response: IncomingMessage) => void): ClientRequest {
        const secure = options.protocol === 'https:';
        const sent = (secure ? https : http).request(options, answer);
        const stand = (): void => {
          if (sent.destroyed) return;
          if (leaving()) {
            reached = true;
            return;
          }
          heldBack = true;
          sent.destroy(new Error('it may not leave'));
        };
        sent.once('socket', (socket: Socket) => {
          if (sent.reusedSocket) stand();
          else socket.once(secure ? 'secureConnect' : 'connect', stand);
        });
        return sent;
      },
    },
  };
}
