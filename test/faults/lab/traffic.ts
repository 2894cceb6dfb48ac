import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import type { Tenancy } from '../../support/tenancy.js';
import type { Visitor } from '../../support/visitor.js';
import { wordsOf } from '../sayings.js';
import { pause } from './figures.js';

/** One answer that a sender got, or that it got none. */
export interface Answer {
  /** By performance.now(), when it was asked. */
  at: number;
  milliseconds: number;
  /** 0: no answer. */
  status: number;
  code?: string;
  retryAfter?: string;
}

/** A conversation under load: what was said in it and acknowledged. */
export interface TrafficLane {
  visitor: Visitor;
  conversationId: string;
  /** Acknowledged with 200, in order. */
  written: string[];
  /** Acknowledged with 202, in order. */
  accepted: string[];
  webhookAnswers: Answer[];
  replyAnswers: Answer[];
}

export interface TrafficOptions {
  lanes: number;
  /** Between what one lane says and its next words. */
  everyMilliseconds?: number;
  /** After a refusal. */
  retryMilliseconds?: number;
  /** How long a sender waits for an answer, as WotNot does. */
  patienceMilliseconds?: number;
  inbound?: boolean;
  outbound?: boolean;
  /** A webhook is sent twice now and then, as WotNot does. */
  repeats?: (() => number) | undefined;
}

export interface Traffic {
  lanes: TrafficLane[];
  webhookAnswers(): Answer[];
  replyAnswers(): Answer[];
  /** Lets every lane finish what it is saying, then ends. @throws when it is not acknowledged in time */
  stop(seconds?: number): Promise<void>;
}

/** Conversations for the load, each past the bot. */
export async function openLanes(tenancy: Tenancy, count: number): Promise<TrafficLane[]> {
  const lanes: TrafficLane[] = [];
  for (let at = 0; at < count; at += 10) {
    const some = await Promise.all(
      Array.from({ length: Math.min(10, count - at) }, () => tenancy.arriveAndFind('start')),
    );
    lanes.push(
      ...some.map((place) => ({ ...place, written: [], accepted: [], webhookAnswers: [], replyAnswers: [] })),
    );
  }
  await tenancy.settle(60);
  return lanes;
}

/**
 * Visitors write and agents answer in every lane, one thing after the other; what is refused is sent again,
 * the same with the same id, until it is acknowledged.
 */
export function startTraffic(
  tenancy: Tenancy,
  lanes: TrafficLane[],
  options: Omit<TrafficOptions, 'lanes'>,
): Traffic {
  const { everyMilliseconds = 40, retryMilliseconds = 100, patienceMilliseconds = 20_000 } = options;
  let isOver = false;
  let deadline = Number.POSITIVE_INFINITY;
  const run = randomBytes(3).toString('hex');

  const insist = async (answers: Answer[], wanted: number, send: () => Promise<Answer>): Promise<void> => {
    for (;;) {
      const answer = await send();
      answers.push(answer);
      if (answer.status === wanted) return;
      if (performance.now() > deadline) throw new Error(`not acknowledged: ${JSON.stringify(answer)}`);
      await pause(retryMilliseconds);
    }
  };
  const write = async (lane: TrafficLane): Promise<void> => {
    while (!isOver) {
      const text = wordsOf({
        direction: 'in',
        conversation: lane.conversationId,
        n: lane.written.length + 1,
      });
      const id = `${run}.${lane.visitor.id}.${lane.written.length}`;
      const body = webhookBody(tenancy, lane.visitor, id, text);
      const send = (): Promise<Answer> => post(tenancy.webhookUrl, {}, body, patienceMilliseconds);
      await insist(lane.webhookAnswers, 200, send);
      lane.written.push(text);
      if (options.repeats !== undefined && options.repeats() < 0.05) lane.webhookAnswers.push(await send());
      await pause(everyMilliseconds);
    }
  };
  const answer = async (lane: TrafficLane): Promise<void> => {
    const url = new URL(`/v1/conversations/${lane.conversationId}/messages`, tenancy.webhookUrl).href;
    while (!isOver) {
      const text = wordsOf({
        direction: 'out',
        conversation: lane.conversationId,
        n: lane.accepted.length + 1,
      });
      const headers = {
        authorization: `Bearer ${tenancy.apiKey}`,
        'idempotency-key': `${run}.${lane.conversationId}.${lane.accepted.length}`,
      };
      const body = JSON.stringify({ type: 'text', text, by: 'ada@fern.example' });
      await insist(lane.replyAnswers, 202, () => post(url, headers, body, patienceMilliseconds));
      lane.accepted.push(text);
      await pause(everyMilliseconds);
    }
  };
  const running = Promise.all([
    ...(options.inbound === false ? [] : lanes.map(write)),
    ...(options.outbound === false ? [] : lanes.map(answer)),
  ]);
  // Told at the stop.
  running.catch(() => undefined);
  return {
    lanes,
    webhookAnswers: () => lanes.flatMap((lane) => lane.webhookAnswers),
    replyAnswers: () => lanes.flatMap((lane) => lane.replyAnswers),
    async stop(seconds = 60) {
      isOver = true;
      deadline = performance.now() + seconds * 1_000;
      await running;
    },
  };
}

/** A visitor's words as WotNot tells them. */
export function webhookBody(
  tenancy: Pick<Tenancy, 'webhookToken'>,
  visitor: Pick<Visitor, 'id' | 'visitorKey'>,
  id: string,
  text: string,
): string {
  const payload = {
    message: { id, type: 'text', text: `<p>${text}</p>` },
    message_by: { type: 'visitor' },
    created_at: new Date().toISOString(),
  };
  const event = { type: 'message', payload };
  return JSON.stringify({
    events: [{ event, conversation: { key: visitor.id }, visitor: { key: visitor.visitorKey } }],
    token: tenancy.webhookToken,
  });
}

/** One POST, however it ends. */
export function post(
  url: string,
  headers: Record<string, string>,
  body: string,
  patienceMilliseconds: number,
): Promise<Answer> {
  const at = performance.now();
  return new Promise((resolve) => {
    const done = (answer: Omit<Answer, 'at' | 'milliseconds'>): void => {
      clearTimeout(late);
      resolve({ at, milliseconds: performance.now() - at, ...answer });
    };
    const sent = request(
      url,
      { method: 'POST', headers: { 'content-type': 'application/json', ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', () => done({ status: 0, code: 'broken' }));
        response.on('end', () => {
          const { statusCode = 0 } = response;
          const retryAfter = response.headers['retry-after'];
          done({
            status: statusCode,
            ...(statusCode < 400 ? {} : { code: codeIn(Buffer.concat(chunks).toString('utf8')) }),
            ...(retryAfter === undefined ? {} : { retryAfter }),
          });
        });
      },
    );
    const late = setTimeout(() => {
      sent.destroy();
      done({ status: 0, code: 'no answer' });
    }, patienceMilliseconds);
    sent.on('error', (error: NodeJS.ErrnoException) => done({ status: 0, code: error.code ?? 'error' }));
    sent.end(body);
  });
}

function codeIn(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: { code?: string } };
    return error?.code ?? 'no code';
  } catch {
    return 'no json';
  }
}
