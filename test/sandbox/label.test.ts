import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readAnswers, sendBytes } from '../support/send-bytes.js';
import { type House, openHouse } from './support/open-house.js';

describe('that it is a sandbox is said on every answer', () => {
  let house: House;
  let id: string;
  let fileUrl: string;
  beforeAll(async () => {
    house = await openHouse();
    id = await house.visitor({ human: true });
    await house.call('PUT', `/chat/api/conversations/${id}/files?name=own.svg`, '<svg/>', {
      'content-type': 'image/svg+xml',
    });
    const { messages } = await house.conversation(id);
    fileUrl = messages.find(({ file }) => file !== undefined)?.file?.url ?? '';
  });
  afterAll(() => house.close());

  const account = (): string => `/v1/accounts/${house.sandbox.accountId}`;
  const bearer = (): Record<string, string> => ({ authorization: `Bearer ${house.sandbox.token}` });
  const json = { 'content-type': 'application/json' };

  test.each<[string, number, () => [path: string, init?: RequestInit]]>([
    ['a redirect', 302, () => ['/', { redirect: 'manual' }]],
    ['a page', 200, () => ['/chat']],
    ['the office', 200, () => ['/office']],
    ['nothing there', 404, () => ['/nowhere']],
    ['no such asset', 404, () => ['/assets/nowhere.js']],
    ['no such file', 404, () => ['/files/nowhere']],
    ['no such conversation of the page', 404, () => ['/chat/api/conversations/nowhere']],
    ['a file', 200, () => [fileUrl]],
    ['a part of a file', 206, () => [fileUrl, { headers: { range: 'bytes=0-1' } }]],
    ['the head of a file', 200, () => [fileUrl, { method: 'HEAD' }]],
    ['an answer of the API', 200, () => [`${account()}/bots`, { headers: bearer() }]],
    ['an API call without a token', 401, () => [`${account()}/bots`]],
    ['an API call nobody knows', 404, () => [`${account()}/nowhere`, { headers: bearer() }]],
    [
      'a message to nowhere',
      404,
      () => [
        '/api/v1/conversation/nowhere/messages',
        {
          method: 'POST',
          headers: { ...bearer(), ...json },
          body: '{"message":{"type":"text","data":{"body":"x"}},"user":{"by":"ada@fern.example"}}',
        },
      ],
    ],
    [
      'broken JSON to the API',
      400,
      () => [
        `/api/v1/conversation/${id}/messages`,
        { method: 'POST', headers: { ...bearer(), ...json }, body: '{' },
      ],
    ],
    [
      'an upload without a form',
      400,
      () => [
        '/api/v1/ai/knowledge-base/1/upload/sources',
        { method: 'POST', headers: { ...bearer(), ...json }, body: '[]' },
      ],
    ],
    [
      'an upload of the page',
      201,
      () => [`/chat/api/conversations/${id}/files?name=a.txt`, { method: 'PUT', body: 'a' }],
    ],
    ['an empty upload', 400, () => [`/chat/api/conversations/${id}/files?name=a.txt`, { method: 'PUT' }]],
    [
      'broken JSON to the controls',
      400,
      () => ['/sandbox/faults', { method: 'POST', headers: json, body: '{' }],
    ],
    [
      'a fault that is none',
      400,
      () => ['/sandbox/faults', { method: 'POST', headers: json, body: '{"do":"fly"}' }],
    ],
    [
      'a body beyond measure',
      413,
      () => ['/sandbox/faults', { method: 'POST', headers: json, body: `"${'x'.repeat(3_000_000)}"` }],
    ],
    ['an address that cannot be read', 400, () => ['/chat/api/conversations/%zz']],
    [
      'a website that may not',
      403,
      () => ['/sandbox/requests', { headers: { origin: 'https://evil.example' } }],
    ],
    ['a method that nobody takes', 404, () => ['/chat', { method: 'DELETE' }]],
  ])('%s: %i', async (_what, status, ask) => {
    const [path, init] = ask();
    const answer = await fetch(new URL(path, house.url), init);
    await answer.arrayBuffer();
    expect([answer.status, answer.headers.get('x-sandbox')]).toEqual([status, 'WotNot sandbox']);
  });

  test('a stream that stays open', async () => {
    const leaving = new AbortController();
    const answer = await fetch(`${house.url}/chat/api/conversations/${id}/stream`, {
      signal: leaving.signal,
    });
    expect([answer.status, answer.headers.get('x-sandbox')]).toEqual([200, 'WotNot sandbox']);
    leaving.abort();
  });

  test.each([
    [{ do: 'answer', status: 503, body: { busy: true } }],
    [{ do: 'answer', code: 'CONVERSATION_CLOSED' }],
    [{ do: 'accept-then-500' }],
    [{ do: 'drip', ms: 1 }],
    [{ do: 'delay', ms: 1 }],
  ] as const)('an answer that goes wrong as it was told to: %j', async (fault) => {
    await house.plant({ ...fault, operation: 'send-message', times: 1 });
    const { headers } = await fetch(`${house.url}/api/v1/conversation/${id}/messages`, {
      method: 'POST',
      headers: { ...bearer(), ...json },
      body: '{"message":{"type":"text","data":{"body":"x"}},"user":{"by":"ada@fern.example"}}',
    });
    expect(headers.get('x-sandbox')).toBe('WotNot sandbox');
  });

  test.each([
    ['bytes that are no request', 'NONSENSE\r\n\r\n'],
    [
      'a length and chunks',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
    ],
    ['a head beyond measure', `GET / HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`],
    ['no host', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n'],
  ])('%s', async (_what, bytes) => {
    const [answer] = readAnswers(await sendBytes(house.url, bytes));
    expect([answer?.status, answer?.headers['x-sandbox']]).toEqual([
      expect.toSatisfy((status: number) => status >= 400 && status < 500),
      'WotNot sandbox',
    ]);
  });
});
