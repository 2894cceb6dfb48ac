import { afterEach, beforeEach, expect, test } from 'vitest';
import type { FaultAction } from '../../src/sandbox/index.js';
import { type House, openHouse } from './support/open-house.js';

let house: House;
let id: string;
beforeEach(async () => {
  house = await openHouse();
  await house.register(undefined, ['message']);
  id = await house.visitor({ human: true });
});
afterEach(async () => {
  await house.close();
});

const send = { operation: 'send-message' };
const texts = async (): Promise<unknown[]> => (await house.conversation(id)).messages.map(({ text }) => text);
const echoes = () =>
  house.bridge
    .events(id)
    .map((event) => (event.payload as { message: { id?: string; text: string } }).message);

test('answer: a documented code, a status with Retry-After, a body verbatim, so many times and no more', async () => {
  await house.plant({ ...send, do: 'answer', code: 'CONTACT_IS_BLOCKED', times: 1 });
  expect(await house.say(id, 'a')).toMatchObject({
    status: 400,
    body: { code: 'CONTACT_IS_BLOCKED', ok: false },
  });
  await house.plant({ ...send, do: 'answer', status: 429, headers: { 'Retry-After': '7' }, times: 1 });
  const throttled = await house.say(id, 'b');
  expect([throttled.status, throttled.headers.get('retry-after')]).toEqual([429, '7']);
  await house.plant({ ...send, do: 'answer', status: 200, body: { ok: false, error: 'ODD' }, times: 1 });
  expect((await house.say(id, 'c')).body).toEqual({ ok: false, error: 'ODD' });
  expect((await house.say(id, 'd')).status).toBe(200);
  expect(await texts()).toEqual(['d']);
});

test('delay: the answer takes its time, before or after the work is done', async () => {
  const times = async () => {
    const lines = (await (await fetch(`${house.url}/sandbox/requests`)).json()) as {
      at: string;
      answer: { at: string };
    }[];
    const line = lines.at(-1);
    const asked = Date.parse(line?.at ?? '');
    const done = Date.parse((await house.conversation(id)).messages.at(-1)?.receivedAt ?? '');
    return { untilDone: done - asked, untilAnswered: Date.parse(line?.answer.at ?? '') - done };
  };
  await house.plant({ ...send, do: 'delay', ms: 120, times: 1 });
  await house.say(id, 'late');
  expect((await times()).untilDone).toBeGreaterThanOrEqual(115);
  await house.plant({ ...send, do: 'delay', ms: 120, after: true, times: 1 });
  await house.say(id, 'done already');
  expect((await times()).untilAnswered).toBeGreaterThanOrEqual(115);
});

test('accept-then-drop: the visitor has it, the caller hears nothing', async () => {
  await house.plant({ ...send, do: 'accept-then-drop', times: 1 });
  await expect(house.say(id, 'kept')).rejects.toThrow();
  expect(await texts()).toEqual(['kept']);
  const lines = (await (await fetch(`${house.url}/sandbox/requests`)).json()) as Record<string, unknown>[];
  expect(lines.at(-1)).toMatchObject({
    operation: 'send-message',
    bearerOk: true,
    fault: 'accept-then-drop',
  });
  expect(lines.at(-1)).not.toHaveProperty('answer');
});

test('accept-then-500: the visitor has it, the caller hears of a failure', async () => {
  await house.plant({ ...send, do: 'accept-then-500', times: 1 });
  const answer = await fetch(`${house.url}/api/v1/conversation/${id}/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${house.sandbox.token}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      message: { type: 'text', data: { body: 'kept' } },
      user: { by: 'ada@fern.example' },
    }),
  });
  expect(answer.status).toBe(500);
  expect(await texts()).toEqual(['kept']);
});

test('refuse: the connection ends before anything is read, and nothing happened', async () => {
  await house.plant({ path: '/messages', do: 'refuse', times: 1 });
  await expect(house.say(id, 'never')).rejects.toThrow();
  expect(await texts()).toEqual([]);
  expect((await house.say(id, 'now')).status).toBe(200);
});

test('drip: the whole answer, a byte at a time', async () => {
  await house.plant({ ...send, do: 'drip', ms: 2, times: 1 });
  const began = Date.now();
  const answer = await house.say(id, 'slowly');
  expect(answer.body).toMatchObject({ ok: true, message_id: expect.any(String) });
  expect(Date.now() - began).toBeGreaterThan(60);
});

test('skip lets the first ones pass; conversationId strikes one conversation only', async () => {
  const other = await house.visitor({ human: true });
  await house.plant({ ...send, do: 'answer', status: 503, skip: 1, times: 1, conversationId: id });
  const statuses = [];
  for (const target of [id, other, id, id]) statuses.push((await house.say(target, 'x')).status);
  expect(statuses).toEqual([200, 200, 503, 200]);
});

test('webhook-duplicate, webhook-drop, webhook-delay', async () => {
  await house.plant({ event: 'message', do: 'webhook-duplicate', copies: 3, times: 1 });
  await house.say(id, 'thrice');
  await house.until(() => echoes().length === 3);
  expect(new Set(echoes().map((echo) => echo.id)).size).toBe(1);
  await house.plant({ do: 'webhook-drop', times: 1 });
  await house.say(id, 'lost');
  await house.plant({ do: 'webhook-delay', ms: 80, times: 1 });
  await house.say(id, 'later');
  await house.until(() => echoes().length === 4);
  const saidAt = Date.parse((await house.conversation(id)).messages.at(-1)?.receivedAt ?? '');
  expect((house.bridge.seen.at(-1)?.at ?? 0) - saidAt).toBeGreaterThanOrEqual(75);
  expect(echoes().at(-1)?.text).toBe('<p>later</p>');
});

test('webhook-reorder holds one and sends it after the next; webhook-together sends two in one request', async () => {
  await house.plant({ do: 'webhook-reorder', times: 1 });
  await house.say(id, 'first');
  await house.say(id, 'second');
  await house.until(() => echoes().length === 2);
  expect(echoes().map((echo) => echo.text)).toEqual(['<p>second</p>', '<p>first</p>']);
  await house.plant({ do: 'webhook-together', times: 1 });
  await house.say(id, 'third');
  await house.say(id, 'fourth');
  await house.until(() => echoes().length === 4);
  expect(house.bridge.seen.at(-1)?.body.events).toHaveLength(2);
});

test('the echo leaves after the answer, with the same id', async () => {
  let tick = 0;
  const strict = await openHouse({ now: () => new Date(1_700_000_000_000 + tick++) });
  await strict.register(undefined, ['message']);
  const target = await strict.visitor({ human: true });
  const { body } = await strict.say(target, 'hello');
  await strict.until(() => strict.bridge.events(target).length === 1);
  expect(strict.bridge.events(target)[0]?.payload).toMatchObject({
    message: { id: body['message_id'], type: 'text', text: '<p>hello</p>' },
    message_by: { type: 'agent', email: 'ada@fern.example' },
  });
  const requests = (await (await fetch(`${strict.url}/sandbox/requests`)).json()) as {
    answer: { at: string };
  }[];
  const [webhook] = (await strict.conversation(target)).webhooks;
  expect(webhook?.tries[0]?.at ?? '').not.toBe('');
  expect(Date.parse(webhook?.tries[0]?.at ?? '')).toBeGreaterThan(
    Date.parse(requests.at(-1)?.answer.at ?? ''),
  );
  await strict.close();
});

test('echo-without-id, echo-none, echo-delay, echo-first', async () => {
  await house.plant({ do: 'echo-without-id', times: 1 });
  await house.say(id, 'anonymous');
  await house.until(() => echoes().length === 1);
  expect(echoes()[0]).not.toHaveProperty('id');

  await house.plant({ do: 'echo-none', times: 1 });
  await house.say(id, 'unheard');
  await house.plant({ do: 'echo-delay', ms: 60, times: 1 });
  await house.say(id, 'late');
  await house.until(() => echoes().length === 2);
  expect(echoes()[1]?.text).toBe('<p>late</p>');

  await house.plant({ do: 'echo-first', times: 1 });
  await house.say(id, 'early');
  expect(echoes().at(-1)?.text).toBe('<p>early</p>');
});

test('undeliverable: taken and echoed, told as failed, and never seen by the visitor', async () => {
  await house.register(undefined, ['message', 'message_status']);
  await house.plant({ do: 'undeliverable', times: 1 });
  const { status, body } = await house.say(id, 'lost');
  expect(status).toBe(200);
  await house.say(id, 'heard');
  const told = (type: string) => house.bridge.events(id).filter((event) => event.type === type);
  await house.until(() => told('message_status').length === 2);
  expect(told('message')).toHaveLength(2);
  expect(told('message_status')[0]?.payload).toMatchObject({
    message_id: body['message_id'],
    status: 'failed',
    reason: expect.any(String),
  });
  const page = (await house.call('GET', `/chat/api/conversations/${id}`)).body['messages'];
  expect(page).toMatchObject([{ text: 'heard' }]);
});

test('a fault that makes no sense is refused with the reason, and faults can be cleared', async () => {
  for (const wrong of [
    {},
    [],
    'x',
    { do: 'explode' },
    { do: 'delay' },
    { do: 'refuse', times: -1 },
    { do: 'refuse', x: 1 },
  ]) {
    const reply = await house.plant(wrong as FaultAction);
    expect(reply.status).toBe(400);
    expect(reply.body).toMatchObject({ error: { code: expect.any(String), message: expect.any(String) } });
  }
  await house.plant({ ...send, do: 'answer', status: 500 });
  expect((await house.say(id, 'a')).status).toBe(500);
  await house.call('DELETE', '/sandbox/faults');
  expect((await house.say(id, 'b')).status).toBe(200);
});
