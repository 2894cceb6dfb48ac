import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BridgeError, createBridgeClient } from '../../../src/client/index.js';

interface Asked {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

let server: Server;
let baseUrl: string;
let asked: Asked[];
let answer: (request: Asked, response: ServerResponse) => void;

beforeEach(async () => {
  asked = [];
  server = createServer((request, response) => {
    let body = '';
    request.setEncoding('latin1');
    request.on('data', (part: string) => {
      body += part;
    });
    request.on('end', () => {
      const one = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body };
      asked.push(one);
      answer(one, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  vi.useRealTimers();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const reply =
  (status: number, body: unknown, headers: Record<string, string> = {}) =>
  (_request: Asked, response: ServerResponse): void => {
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers });
    response.end(JSON.stringify(body));
  };
const refusal = (code: string) => ({ error: { code, message: 'No.', requestId: 'req_1' } });

describe('REST', () => {
  it('asks with the token, leaves out what is not given, and encodes ids', async () => {
    answer = reply(200, { data: [], nextCursor: null });
    const client = createBridgeClient({ baseUrl: `${baseUrl}/`, token: 'adb_key' });
    await client.conversations.list({ status: 'open', q: undefined, slaBreached: true });
    await client.conversations.events('a/../b?c', { after: 3 });
    await client.ticketLinks.find('con_1', 'T#1');
    expect(asked.map(({ url }) => url)).toEqual([
      '/v1/conversations?status=open&slaBreached=true',
      '/v1/conversations/a%2F..%2Fb%3Fc/events?after=3',
      '/v1/ticket-links/con_1/T%231',
    ]);
    expect(asked[0]?.headers.authorization).toBe('Bearer adb_key');
    client.stop();
  });

  it('gives what creates a key of its own', async () => {
    answer = reply(202, { id: 'msg_1' });
    const client = createBridgeClient({ baseUrl, token: 'adb_key' });
    await client.conversations.sendMessage('cnv_1', { type: 'text', text: 'hello' });
    await client.conversations.addNote('cnv_1', { text: 'hm' }, { idempotencyKey: 'mine' });
    expect(asked[0]?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
    expect(asked[1]?.headers['idempotency-key']).toBe('mine');
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual({ type: 'text', text: 'hello' });
  });

  it('uploads bytes as they are', async () => {
    answer = reply(201, { fileId: 'fil_1' });
    const client = createBridgeClient({ baseUrl, token: 'adb_key' });
    await client.files.upload({
      name: 'a b.png',
      bytes: new Uint8Array([0, 255, 10]),
      contentType: 'image/png',
    });
    await client.files.upload({ name: 'c', bytes: new Blob(['hello']) });
    expect(asked[0]).toMatchObject({ url: '/v1/files?name=a+b.png', body: '\u0000\u00ff\n' });
    expect(asked[0]?.headers['content-type']).toBe('image/png');
    expect(asked[1]?.body).toBe('hello');
  });

  it('throws a refusal with its code, status, request id and details', async () => {
    answer = reply(422, {
      error: {
        code: 'file_unknown',
        message: 'No such file.',
        requestId: 'req_9',
        details: [{ path: 'fileId', message: 'x' }],
      },
    });
    const client = createBridgeClient({ baseUrl, token: 'adb_key' });
    const error = await client.conversations.read('cnv_1').catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(BridgeError);
    expect(error).toMatchObject({
      code: 'file_unknown',
      status: 422,
      requestId: 'req_9',
      message: 'No such file.',
      details: [{ path: 'fileId', message: 'x' }],
    });
  });

  it.each([
    ['a page of some proxy', 502, '<html>', 'text/html'],
    ['an error in another shape', 500, '{"message":"x"}', 'application/json'],
    ['a success that is no JSON', 200, 'OK', 'text/plain'],
    ['a redirect', 302, '', 'text/plain'],
  ])('says unexpected_answer to %s', async (_name, status, body, type) => {
    answer = (_request, response) =>
      response.writeHead(status, { 'Content-Type': type, Location: 'http://127.0.0.1:1/' }).end(body);
    const client = createBridgeClient({ baseUrl, token: 'adb_key' });
    await expect(client.me()).rejects.toMatchObject({ code: 'unexpected_answer', status });
  });

  it('says unreachable and timeout, and never shows the token', async () => {
    const nowhere = createBridgeClient({ baseUrl: 'http://127.0.0.1:9', token: 'adb_secret' });
    const unreachable = await nowhere.me().catch((caught: unknown) => caught);
    expect(unreachable).toMatchObject({ code: 'unreachable' });
    answer = () => {};
    const slow = createBridgeClient({ baseUrl, token: 'adb_secret', timeoutSeconds: 0.1 });
    const timeout = await slow.me().catch((caught: unknown) => caught);
    expect(timeout).toMatchObject({ code: 'timeout' });
    for (const error of [unreachable, timeout]) {
      expect(
        JSON.stringify(error) +
          String((error as Error).stack) +
          JSON.stringify(Object.entries(error as object)),
      ).not.toContain('adb_secret');
    }
  });
});

describe('the session', () => {
  const session = (token: string, seconds: number) => ({
    token,
    expiresAt: new Date(Date.now() + seconds * 1000).toISOString(),
    workspace: { id: 'wsp_1', name: 'W' },
    agent: { id: 'agt_1', email: 'a@example.com', name: 'A' },
  });

  it('begins with a code, which is sent without a token, and goes on with the token of the answer', async () => {
    answer = ({ url }, response) =>
      reply(200, url === '/v1/session' ? session('ses_1', 900) : { data: [] })({} as Asked, response);
    const kept: string[] = [];
    const client = createBridgeClient({ baseUrl, onToken: ({ token }) => kept.push(token) });
    await client.session.exchangeCode('cod_1');
    await client.conversations.list();
    expect(asked[0]?.headers.authorization).toBeUndefined();
    expect(JSON.parse(asked[0]?.body ?? '')).toEqual({ code: 'cod_1' });
    expect(asked[1]?.headers.authorization).toBe('Bearer ses_1');
    expect(kept).toEqual(['ses_1']);
    client.stop();
  });

  it('replaces an expired token once and repeats the call; calls at the same time share the renewal', async () => {
    answer = ({ url, headers }, response) => {
      if (url === '/v1/session/renew') reply(200, session('ses_2', 900))({} as Asked, response);
      else if (headers.authorization === 'Bearer ses_1')
        reply(401, refusal('token_expired'))({} as Asked, response);
      else reply(200, { data: [] })({} as Asked, response);
    };
    const client = createBridgeClient({
      baseUrl,
      token: { token: 'ses_1', expiresAt: session('', 900).expiresAt },
    });
    await Promise.all([client.conversations.list(), client.deliveries.list(), client.connections.list()]);
    expect(asked.filter(({ url }) => url === '/v1/session/renew')).toHaveLength(1);
    expect(client.session.held?.token).toBe('ses_2');
    client.stop();
  });

  it('renews before the token ends, by the clock of the server when ours is wrong', async () => {
    // The server is an hour ahead: by our clock the token would seem to live for an hour and ten seconds.
    const ahead = Date.now() + 3_600_000;
    answer = (_request, response) =>
      reply(
        200,
        {
          ...session('ses_x', 0),
          token: `ses_${asked.length}`,
          expiresAt: new Date(ahead + 7_000).toISOString(),
        },
        { Date: new Date(ahead).toUTCString() },
      )({} as Asked, response);
    const client = createBridgeClient({ baseUrl });
    await client.session.exchangeCode('cod_1');
    await vi.waitFor(() => expect(client.session.held?.token).toBe('ses_2'), {
      timeout: 8_000,
      interval: 50,
    });
    client.stop();
  });

  it('tells once that it is over when it cannot be renewed, and throws the refusal', async () => {
    answer = reply(401, refusal('token_expired'));
    const over: string[] = [];
    const client = createBridgeClient({
      baseUrl,
      token: { token: 'ses_1', expiresAt: session('', 900).expiresAt },
      onSignedOut: ({ code }) => over.push(code),
    });
    await expect(client.me()).rejects.toMatchObject({ code: 'token_expired', requestId: 'req_1' });
    expect(over).toEqual(['token_expired']);
    client.stop();
  });

  it('asks for a token where one is fetched elsewhere', async () => {
    let count = 0;
    answer = ({ headers }, response) =>
      headers.authorization === 'Bearer made_2'
        ? reply(200, { data: [] })({} as Asked, response)
        : reply(401, refusal('token_expired'))({} as Asked, response);
    const client = createBridgeClient({ baseUrl, fetchToken: async () => `made_${(count += 1)}` });
    await client.conversations.list();
    expect(count).toBe(2);
    client.stop();
  });

  it('does not try to renew an API key', async () => {
    answer = reply(401, refusal('token_invalid'));
    const client = createBridgeClient({ baseUrl, token: 'adb_key' });
    await expect(client.me()).rejects.toMatchObject({ code: 'token_invalid' });
    expect(asked).toHaveLength(1);
  });
});
