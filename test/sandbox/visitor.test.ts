import { mkdtempSync, readFileSync, rmSync, appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type House, openHouse } from './support/open-house.js';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(async () => {
  await house.close();
});

interface View {
  cursor: number;
  status: string;
  messages: { id: string; position: number; text?: string; receipt: string }[];
  isAnew: boolean;
}

/** Follow the page's stream until `isEnough`; answers what came. */
async function follow(id: string, after: number, isEnough: (views: View[]) => boolean): Promise<View[]> {
  const end = new AbortController();
  const answer = await fetch(`${house.url}/chat/api/conversations/${id}/stream?after=${after}`, {
    signal: end.signal,
  });
  const views: View[] = [];
  let text = '';
  for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
    text += Buffer.from(chunk).toString('utf8');
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) {
      const data = /^data: (.*)$/m.exec(part)?.[1];
      if (data) views.push(JSON.parse(data) as View);
    }
    if (isEnough(views)) break;
  }
  end.abort();
  return views;
}

const write = (id: string, text: string, clientId?: string) =>
  house.call('POST', `/chat/api/conversations/${id}/messages`, { text, ...(clientId ? { clientId } : {}) });

test('the bot greets with buttons, answers what it knows, and hands over when asked', async () => {
  const { body } = await house.call('POST', '/chat/api/conversations', { name: 'Nik' });
  const id = String(body['id']);
  await write(id, 'Where is my order?');
  await write(id, 'Talk to a human');
  const seen = await house.conversation(id);
  expect(seen.messages[1]).toMatchObject({
    from: 'bot',
    type: 'buttons',
    buttons: expect.arrayContaining(['Talk to a human']),
  });
  expect(seen.messages.map(({ from }) => from)).toEqual([
    'bot',
    'bot',
    'visitor',
    'bot',
    'bot',
    'visitor',
    'bot',
  ]);
  expect(seen).toMatchObject({ assignee: { type: 'team', name: 'Support' }, contact: { name: 'Nik' } });
  await write(id, 'hello?');
  expect((await house.conversation(id)).messages).toHaveLength(8);
});

test('a page that comes back with its cursor misses nothing and gets nothing twice', async () => {
  const id = await house.visitor({ human: true });
  for (const text of ['one', 'two']) await house.say(id, text);
  const [first] = await follow(id, 0, (views) => views.length > 0);
  expect(first?.messages.map(({ text }) => text)).toEqual(['one', 'two']);
  await house.say(id, 'three');
  const [second] = await follow(id, first?.cursor ?? 0, (views) => views.length > 0);
  expect(second?.messages.map(({ text, position }) => [text, position])).toEqual([['three', 2]]);
  const live = follow(id, second?.cursor ?? 0, (views) => views.some((view) => view.messages.length > 0));
  await house.until(async () => (await house.say(id, 'four')).status === 200);
  expect((await live).flatMap((view) => view.messages).map(({ text }) => text)).toEqual(['four']);
  const [late] = await follow(id, 9_999, (views) => views.length > 0);
  expect(late).toMatchObject({ isAnew: true });
  expect(late?.messages).toHaveLength(4);
});

test('a message that the page sends twice, as the first answer was lost, is written once', async () => {
  const id = await house.visitor({ human: true });
  const first = await write(id, 'hello', 'c1');
  const again = await write(id, 'hello', 'c1');
  expect(again.body).toEqual(first.body);
  await write(id, 'hello', 'c2');
  expect((await house.conversation(id)).messages).toHaveLength(2);
});

test('a file that an agent sends is fetched at once and shown; one that cannot be fetched says so', async () => {
  const host = createServer((request, response) => {
    if (request.url === '/ok.png') response.end(Buffer.alloc(1234, 7));
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
  const base = `http://127.0.0.1:${(host.address() as AddressInfo).port}`;
  await house.register();
  const id = await house.visitor({ human: true });
  const file = (name: string) => ({
    message: { type: 'file', file: { path: `${base}/${name}`, name, type: 'image/png', size: 1 } },
    user: { by: 'ada@fern.example' },
  });
  expect((await house.api('POST', `/api/v1/conversation/${id}/messages`, file('ok.png'))).status).toBe(200);
  expect((await house.api('POST', `/api/v1/conversation/${id}/messages`, file('gone.png'))).status).toBe(200);
  const messages = await house.until(async () => {
    const seen = (await house.conversation(id)).messages;
    return seen.every((message) => message.file?.state !== 'fetching') && seen;
  });
  expect(messages[0]).toMatchObject({ file: { state: 'stored', size: 1234 }, receipt: 'delivered' });
  expect(messages[1]).toMatchObject({
    file: { state: 'failed', problem: expect.stringContaining('404') },
    receipt: 'failed',
  });
  const shown = await fetch(`${house.url}${messages[0]?.file?.url ?? ''}`, {
    headers: { range: 'bytes=10-19' },
  });
  expect([shown.status, shown.headers.get('content-type')]).toEqual([206, 'image/png']);
  expect((await shown.arrayBuffer()).byteLength).toBe(10);
  await house.until(() => house.bridge.events(id).find(({ payload }) => payload['status'] === 'failed'));
  const receipts = () => house.bridge.events(id).filter(({ type }) => type === 'message_status');
  await house.until(() => receipts().length === 2);
  // Each once, and none before its file was there.
  expect(
    receipts()
      .map(({ payload }) => [payload['message_id'], payload['status']])
      .sort((one, other) => String(one[1]).localeCompare(String(other[1]))),
  ).toEqual([
    [messages[0]?.id, 'delivered'],
    [messages[1]?.id, 'failed'],
  ]);
  host.closeAllConnections();
  host.close();
});

test('a file of the visitor is told to the bridge with an address on the sandbox; a page in it does not run', async () => {
  await house.register();
  const id = await house.visitor({ human: true });
  const answer = await fetch(`${house.url}/chat/api/conversations/${id}/files?name=evil.html`, {
    method: 'PUT',
    headers: { 'content-type': 'text/html' },
    body: '<script>alert(1)</script>',
  });
  expect(answer.status).toBe(201);
  const event = await house.until(() => house.bridge.events(id).find(({ type }) => type === 'message'));
  const { file } = event.payload['message'] as { file: { path: string; size: number } };
  expect(file).toMatchObject({ name: 'evil.html', type: 'text/html', size: 25 });
  const download = await fetch(file.path);
  expect(await download.text()).toBe('<script>alert(1)</script>');
  expect(download.headers.get('content-disposition')).toMatch(/^attachment/);
  expect(download.headers.get('content-type')).toBe('application/octet-stream');
});

test('what the visitor has seen becomes a receipt, once', async () => {
  await house.register(undefined, ['message_status']);
  const { body } = await house.call('POST', '/chat/api/conversations', {});
  const id = String(body['id']);
  const { messages } = await house.conversation(id);
  const ids = messages.map((message) => message.id);
  expect(messages.map(({ receipt }) => receipt)).toEqual(['sent', 'sent']);
  for (const isRead of [false, true, true])
    await house.call('POST', `/chat/api/conversations/${id}/seen`, { ids, isRead });
  await house.until(() => house.bridge.events(id).length === 4);
  expect(house.bridge.events(id).map(({ payload }) => payload['status'])).toEqual([
    'delivered',
    'delivered',
    'read',
    'read',
  ]);
});

test('what is done in the back office is told to the bridge', async () => {
  await house.register();
  const id = await house.visitor({ human: true });
  const act = (deed: string, fields: Record<string, unknown>) =>
    house.call('POST', `/office/api/conversations/${id}/${deed}`, fields);
  expect((await act('assign', { to: 'grace@fern.example' })).status).toBe(200);
  await act('message', { text: 'From WotNot itself', by: 'grace@fern.example' });
  await act('note', { text: 'a <note>' });
  await act('label', { name: 'vip' });
  await act('variable', { name: 'order', value: '7' });
  await act('sla-breach', {});
  await act('close', {});
  expect((await act('message', { text: 'too late' })).status).toBe(400);
  await house.until(() => house.bridge.events(id).some(({ type }) => type === 'status'));
  const told = house.bridge.events(id).filter(({ type }) => type !== 'message_status');
  expect(told.map(({ type }) => type)).toEqual([
    'conversation_create',
    'assignee_change',
    'assignee_change',
    'message',
    'note',
    'conversation_labels',
    'variables',
    'sla_breached',
    'status',
  ]);
  expect(told[4]?.payload).toMatchObject({ note: { text: '<p>a &lt;note&gt;</p>' } });
});

test('any event can be emitted verbatim', async () => {
  await house.register(undefined, []);
  await house.call('POST', '/sandbox/events', {
    type: 'mystery',
    payload: { deep: [1, 'two'] },
    conversationId: 'nobody-knows',
    visitorKey: 'v',
  });
  const [webhook] = await house.until(() => house.bridge.seen.length > 1 && house.bridge.seen.slice(1));
  expect(webhook?.body.events).toEqual([
    {
      event: { type: 'mystery', payload: { deep: [1, 'two'] } },
      conversation: { key: 'nobody-knows' },
      visitor: { key: 'v' },
    },
  ]);
});

test('reset forgets everything but who we are', async () => {
  await house.register();
  await house.visitor({ text: 'hi' });
  await house.call('POST', '/sandbox/reset');
  for (const what of ['conversations', 'requests', 'webhooks', 'faults']) {
    expect([what, await (await fetch(`${house.url}/sandbox/${what}`)).json()]).toEqual([what, []]);
  }
  expect((await house.register()).status).toBe(200);
  await house.call('POST', '/sandbox/reset', { keepWebhook: true });
  const id = await house.visitor({ human: true, text: 'still told' });
  await house.until(() => house.bridge.events(id).length === 3);
});

test('with a data file a new sandbox knows the conversations, the settings, the files and what it still had to send', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
  const dataFile = join(folder, 'sandbox.jsonl');
  const first = await openHouse({ dataFile });
  await first.register();
  const id = await first.visitor({ name: 'Nik', human: true, text: 'remember me' });
  await first.call('PUT', `/chat/api/conversations/${id}/files?name=a.txt`, 'hello', {
    'content-type': 'text/plain',
  });
  await first.until(() => first.bridge.events(id).length === 4);
  await first.bridge.stop();
  await first.call('POST', `/sandbox/conversations/${id}/messages`, { text: 'while you were away' });
  await first.sandbox.stop();
  const before = readFileSync(dataFile, 'utf8');
  expect(before).toContain('remember me');
  appendFileSync(dataFile, '["message","x",{"cut of');

  const second = await openHouse({ dataFile });
  const seen = await second.conversation(id);
  expect(seen.messages.map(({ text }) => text)).toEqual(['remember me', undefined, 'while you were away']);
  const file = await fetch(`${second.url}${seen.messages[1]?.file?.url ?? ''}`);
  expect(await file.text()).toBe('hello');
  await first.bridge.start();
  await second.until(() => first.bridge.events(id).length === 5, 10_000);
  expect(JSON.stringify(first.bridge.events(id).at(-1))).toContain('while you were away');
  await second.close();
  await first.close();
  rmSync(folder, { recursive: true });
});
