import { afterEach, describe, expect, test } from 'vitest';
import { createWotNotClient, type WotNotClient, type WotNotClientOptions } from '../../src/wotnot/index.js';
import { createRateBudget } from '../../src/wotnot/rate-budget.js';
import { type Answer, answerJson, type FarSide, failureOf, startFarSide } from './far-side.js';

const token = 'behaviour-token-0123456789';
const done = answerJson(200, { ok: true });
const close = { conversation_id: 'c1', user: { by: 'ada@example.com' } };

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function pair(
  answer: Answer,
  options: Partial<WotNotClientOptions> = {},
): Promise<[WotNotClient, FarSide]> {
  const farSide = await startFarSide(answer);
  const wotnot = createWotNotClient({ baseUrl: farSide.url, token, accountId: 1, ...options });
  cleanups.push(
    () => farSide.stop(),
    () => wotnot.stop(),
  );
  return [wotnot, farSide];
}

/** Fails the first calls with one answer, then succeeds. */
function failFirst(times: number, answer: Answer): Answer {
  let seen = 0;
  return (...given) => {
    seen += 1;
    (seen <= times ? answer : done)(...given);
  };
}

describe('further tries', () => {
  test('there are none unless asked for', async () => {
    const [wotnot, farSide] = await pair(failFirst(1, answerJson(503, {})));
    expect(await failureOf(wotnot.closeConversation(close))).toMatchObject({ code: 'unavailable' });
    expect(farSide.received).toHaveLength(1);
  });

  test.each([429, 503])('a %i is tried again after the time that it names', async (status) => {
    const [wotnot, farSide] = await pair(failFirst(1, answerJson(status, {}, { 'retry-after': '1' })), {
      retries: 2,
    });
    const startedAt = performance.now();
    await wotnot.closeConversation(close);
    expect(performance.now() - startedAt).toBeGreaterThan(990);
    expect(farSide.received).toHaveLength(2);
  });

  test('no connection is tried again', async () => {
    const [wotnot, farSide] = await pair(done);
    let attempts = 0;
    const away = createWotNotClient({
      baseUrl: farSide.url,
      token,
      accountId: 1,
      retries: 1,
      transport: async () => {
        attempts += 1;
        if (attempts === 1) return { outcome: 'unanswered', reached: false, networkCode: 'ECONNREFUSED' };
        return {
          outcome: 'answered',
          status: 200,
          retryAfter: null,
          bytes: Buffer.from('{"ok":true}'),
          extent: 'whole',
        };
      },
    });
    await away.closeConversation(close);
    expect(attempts).toBe(2);
    wotnot.stop();
  });

  test.each([
    ['a bare 500', answerJson(500, {})],
    ['a permanent code', answerJson(400, { ok: false, code: 'CONVERSATION_CLOSED' })],
    ['a permanent code under 503', answerJson(503, { ok: false, code: 'CONVERSATION_CLOSED' })],
    [
      'a code that passes by itself, which is not ours to wait for',
      answerJson(400, { ok: false, code: 'CONVERSATION_CREATION_EXCEPTION' }),
    ],
    ['a reset', (_, __, socket) => socket.resetAndDestroy()],
  ])('%s is not tried again, even where that would do no harm', async (_, answer) => {
    const [wotnot, farSide] = await pair(failFirst(1, answer), { retries: 3 });
    await failureOf(wotnot.closeConversation(close));
    expect(farSide.received).toHaveLength(1);
  });

  test('a wait that the deadline does not allow is not begun', async () => {
    const [wotnot, farSide] = await pair(answerJson(429, {}, { 'retry-after': '60' }), { retries: 3 });
    const startedAt = performance.now();
    expect(await failureOf(wotnot.closeConversation(close))).toMatchObject({
      code: 'throttled',
      retryAfterSeconds: 60,
    });
    expect(performance.now() - startedAt).toBeLessThan(1000);
    expect(farSide.received).toHaveLength(1);
  });

  test("the caller's signal ends the wait between two tries", async () => {
    const [wotnot, farSide] = await pair(answerJson(429, {}, { 'retry-after': '5' }), { retries: 3 });
    const caller = new AbortController();
    const call = failureOf(wotnot.closeConversation(close, { signal: caller.signal }));
    await expect.poll(() => farSide.received.length).toBe(1);
    caller.abort();
    expect(await call).toMatchObject({ code: 'aborted', whatToDo: 'retry' });
    expect(farSide.received).toHaveLength(1);
  });
});

describe('the rate budget', () => {
  test('a burst goes at once, the rest keeps the pace, in order', () => {
    let clock = 0;
    const budget = createRateBudget({ perSecond: 10, burst: 3 }, () => clock);
    expect([1, 2, 3, 4, 5].map(() => budget.take())).toEqual([0, 0, 0, 100, 200]);
    budget.giveBack();
    expect(budget.take()).toBe(200);
    clock = 10_000;
    expect([1, 2, 3, 4].map(() => budget.take())).toEqual([0, 0, 0, 100]);
  });

  test('holds a client back', async () => {
    const [wotnot, farSide] = await pair(done, { rate: { perSecond: 20, burst: 1 } });
    const startedAt = performance.now();
    await Promise.all(Array.from({ length: 5 }, () => wotnot.closeConversation(close)));
    expect(performance.now() - startedAt).toBeGreaterThan(190);
    expect(farSide.received).toHaveLength(5);
  });

  test('a place that comes after the deadline is an error at once, and is free again', async () => {
    const [wotnot, farSide] = await pair(done, { rate: { perSecond: 0.1, burst: 1 }, deadlineSeconds: 1 });
    await wotnot.closeConversation(close);
    const startedAt = performance.now();
    for (let n = 0; n < 3; n += 1) {
      expect(await failureOf(wotnot.closeConversation(close))).toMatchObject({
        code: 'deadline_exceeded',
        whatToDo: 'retry',
        retryAfterSeconds: 10,
      });
    }
    expect(performance.now() - startedAt).toBeLessThan(500);
    expect(farSide.received).toHaveLength(1);
  });
});

describe('hooks', () => {
  test('tell what was called, how it went and how long it took, and nothing else', async () => {
    const told: unknown[] = [];
    const [wotnot] = await pair(failFirst(1, answerJson(503, {}, { 'retry-after': '0' })), {
      retries: 1,
      hooks: { onRequest: (request) => told.push(request), onAnswer: (answer) => told.push(answer) },
    });
    await wotnot.closeConversation(close);
    const operation = 'close-conversation';
    expect(told).toEqual([
      { operation, attempt: 1 },
      { operation, attempt: 1, status: 503, outcome: 'unavailable', durationMs: expect.any(Number) },
      { operation, attempt: 2 },
      { operation, attempt: 2, status: 200, outcome: 'ok', durationMs: expect.any(Number) },
    ]);
  });

  test('that throw change nothing', async () => {
    const fail = () => {
      throw new Error('observer');
    };
    const [wotnot] = await pair(done, { hooks: { onRequest: fail, onAnswer: fail } });
    await expect(wotnot.closeConversation(close)).resolves.toEqual({ ok: true });
  });
});
