import { afterEach, beforeEach, expect, test } from 'vitest';
import { type House, openHouse } from './support/open-house.js';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(async () => {
  await house.close();
});

test('registering sends the token alone and is accepted when the same token comes back', async () => {
  const reply = await house.register();
  expect(reply).toMatchObject({ status: 200, body: { ok: true } });
  expect(house.bridge.seen.map((webhook) => webhook.body)).toEqual([{ token: 'shared-secret' }]);
});

test('registering is refused when another token comes back, another status, or nobody answers', async () => {
  house.bridge.answerWith(() => ({ status: 200, body: '{"token":"another"}' }));
  expect((await house.register()).body).toMatchObject({ ok: false, code: 'WEBHOOK_NOT_VERIFIED' });
  house.bridge.answerWith(() => ({ status: 201, body: '{"token":"shared-secret"}' }));
  expect((await house.register()).body).toMatchObject({ ok: false, code: 'WEBHOOK_NOT_VERIFIED' });
  expect((await house.register('http://127.0.0.1:1/x')).status).toBe(400);
  await house.visitor({ text: 'hello' });
  expect(house.bridge.events()).toEqual([]);
});

test('a plain-text token is accepted too', async () => {
  house.bridge.answerWith((webhook) => ({ status: 200, body: webhook.body.token }));
  expect((await house.register()).status).toBe(200);
});

test('a visitor with a human is created, heard and handed over, in that order, with the token on each', async () => {
  await house.register();
  const id = await house.visitor({
    name: 'Nik',
    email: 'nik@x.example',
    text: 'Is <b>anyone</b> there?',
    human: true,
  });
  const events = await house.until(() => house.bridge.events(id).length === 3 && house.bridge.events(id));
  expect(events.map((event) => event.type)).toEqual(['conversation_create', 'message', 'assignee_change']);
  expect(events[0]?.payload).toMatchObject({
    is_closed: 0,
    is_new_visitor: true,
    assigned_to_user: { type: 'bot', id: '8181' },
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/),
  });
  expect(events[1]?.payload).toMatchObject({
    message: { id: expect.any(String), type: 'text', text: '<p>Is &lt;b&gt;anyone&lt;/b&gt; there?</p>' },
    message_by: { type: 'visitor' },
    created_at: expect.any(String),
  });
  expect(events[2]?.payload).toMatchObject({ assigned_to_user: null, assigned_to_team: { name: 'Support' } });
  expect(house.bridge.seen.every((webhook) => webhook.body.token === 'shared-secret')).toBe(true);
});

test('only what is subscribed is sent', async () => {
  await house.register(undefined, ['message']);
  const id = await house.visitor({ text: 'hi', human: true });
  await house.until(() => house.bridge.events(id).length > 0);
  expect(house.bridge.events(id).map((event) => event.type)).toEqual(['message']);
});

test('a conversation is told in order even when the bridge is slow, and does not hold up another', async () => {
  await house.register(undefined, ['message']);
  const slow = await house.visitor({ human: true });
  const quick = await house.visitor({ human: true });
  let isFirst = true;
  house.bridge.answerWith((webhook) => {
    if (webhook.body.events?.[0]?.conversation.key !== slow || !isFirst) return undefined;
    isFirst = false;
    return { status: 503, body: '' };
  });
  const texts = Array.from({ length: 20 }, (_, index) => `line ${index}`);
  for (const text of texts) await house.call('POST', `/sandbox/conversations/${slow}/messages`, { text });
  await house.call('POST', `/sandbox/conversations/${quick}/messages`, { text: 'me too' });
  await house.until(() => house.bridge.events(slow).length === 21 && house.bridge.events(quick).length === 1);
  const heard = house.bridge
    .events(slow)
    .map((event) => (event.payload as { message: { text: string } }).message.text);
  expect(heard).toEqual(['<p>line 0</p>', ...texts.map((text) => `<p>${text}</p>`)]);
});

test('after five refusals an event is given up and the next one goes on', async () => {
  await house.register(undefined, ['message']);
  const id = await house.visitor({ human: true });
  house.bridge.answerWith((webhook) =>
    JSON.stringify(webhook.body).includes('poison') ? { status: 500, body: '' } : undefined,
  );
  await house.call('POST', `/sandbox/conversations/${id}/messages`, { text: 'poison' });
  await house.call('POST', `/sandbox/conversations/${id}/messages`, { text: 'cure' });
  await house.until(() => JSON.stringify(house.bridge.events(id)).includes('cure'));
  const { webhooks } = await house.conversation(id);
  expect(webhooks.map(({ state, tries }) => [state, tries.length])).toEqual([
    ['failed', 5],
    ['delivered', 1],
  ]);
});

test('while the bridge is down events wait for it, and arrive in order when it is back', async () => {
  await house.register(undefined, ['message']);
  const id = await house.visitor({ human: true });
  await house.bridge.stop();
  for (const text of ['one', 'two', 'three']) {
    await house.call('POST', `/sandbox/conversations/${id}/messages`, { text });
  }
  await house.until(async () => ((await house.conversation(id)).webhooks[0]?.tries.length ?? 0) >= 2);
  await house.bridge.start();
  await house.until(() => house.bridge.events(id).length === 3);
  expect(JSON.stringify(house.bridge.events(id))).toMatch(/one.*two.*three/);
});
