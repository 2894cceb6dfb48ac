import { request } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WorkspaceScope } from '../../../src/store/scope.js';
import { attempt, type House, listen, openHouse, until } from './support/open-house.js';

let house: House;
afterEach(() => house.stop());

const W = 'wsp_one';
const POLL = '/socket.io/?EIO=4&transport=polling';

/** A bare HTTP request, so that nothing adds or repairs a header. */
function ask(
  path: string,
  options: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<{ status: number; body: string; headers: NodeJS.Dict<string | string[]> }> {
  return new Promise((resolve, reject) => {
    const call = request(
      `${house.url}${path}`,
      { method: options.method ?? 'GET', headers: options.headers ?? {} },
      (answer) => {
        let body = '';
        answer.setEncoding('utf8');
        answer.on('data', (part: string) => {
          body += part;
        });
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body, headers: answer.headers }));
      },
    );
    call.on('error', reject);
    call.end(options.body);
  });
}

/** The status line of a WebSocket upgrade, or its whole head. */
function upgrade(headers: Record<string, string>, query = '', whole = false): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port, host } = new URL(house.url);
    const socket = connect(Number(port), hostname);
    const lines = Object.entries({ Host: host, ...headers }).map(([name, value]) => `${name}: ${value}`);
    socket.write(
      `GET /socket.io/?EIO=4&transport=websocket${query} HTTP/1.1\r\n${lines.join('\r\n')}\r\nConnection: Upgrade\r\n` +
        'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    socket.once('data', (data) => {
      resolve(String(data).split(whole ? '\r\n\r\n' : '\r\n')[0] ?? '');
      socket.destroy();
    });
    socket.once('error', reject);
    socket.once('close', () => resolve('closed'));
  });
}

/** A WebSocket that never says who it is: resolves when the server sends the frame that closes it. */
function silence(): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port, host } = new URL(house.url);
    const socket = connect(Number(port), hostname);
    socket.write(
      `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\n` +
        'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
    );
    socket.on('data', (data) => {
      if (data[0] !== 0x88) return;
      socket.destroy();
      resolve('closed');
    });
    socket.once('error', reject);
  });
}

describe('S-WS-1, B47: where a page may connect from', () => {
  const evil = [
    'https://evil.example',
    'null',
    'http://127.0.0.1.evil.example',
    'https://desk.example.evil.example',
    'file://',
    'https://desk.example:444',
    '',
  ];

  it.each(evil)('refuses Origin %j on both transports', async (origin) => {
    house = await openHouse();
    const polled = await ask(POLL, { headers: { Origin: origin } });
    expect(polled.status).toBe(403);
    expect(polled.body).toContain('origin_not_allowed');
    expect(await upgrade({ Origin: origin })).toContain('400');
    expect(house.telemetry.filter(({ kind }) => kind === 'refused')).toHaveLength(2);
  });

  it('accepts our own origin, an allowed one, and programs that send none', async () => {
    house = await openHouse();
    for (const headers of [{ Origin: house.url }, { Origin: 'https://desk.example' }, {}]) {
      expect((await ask(POLL, { headers: headers })).status).toBe(200);
      expect(await upgrade(headers as Record<string, string>)).toContain('101');
    }
  });

  it('S-WS-10: compresses nothing, whatever is offered', async () => {
    house = await openHouse();
    const head = await upgrade({ 'Sec-WebSocket-Extensions': 'permessage-deflate' }, '', true);
    expect(head).toContain('101');
    expect(head).not.toMatch(/permessage-deflate/iu);
  });

  it('lets an allowed page read the answers of long polling, and no other', async () => {
    house = await openHouse();
    const allowed = await ask(POLL, { headers: { Origin: 'https://desk.example' } });
    expect(allowed.headers['access-control-allow-origin']).toBe('https://desk.example');
    expect(allowed.headers['access-control-allow-credentials']).toBeUndefined();
    const own = await ask(POLL, { headers: { Origin: house.url } });
    expect(own.headers['access-control-allow-origin']).not.toBe('*');
  });

  it('judges the later requests of a session too: polls, posts and the upgrade', async () => {
    house = await openHouse();
    const opened = await ask(POLL);
    const { sid } = JSON.parse(opened.body.slice(1)) as { sid: string };
    const headers = { Origin: 'https://evil.example' };
    expect((await ask(`${POLL}&sid=${sid}`, { headers })).status).toBe(400);
    expect((await ask(`${POLL}&sid=${sid}`, { method: 'POST', headers, body: '40{}' })).status).toBe(400);
    expect(await upgrade(headers, `&sid=${sid}`)).toMatch(/closed|400/);
  });

  it('answers other methods with 405, never 500', async () => {
    house = await openHouse();
    const { sid } = JSON.parse((await ask(POLL)).body.slice(1)) as { sid: string };
    for (const method of ['PUT', 'DELETE', 'PATCH', 'HEAD']) {
      expect((await ask(`${POLL}&sid=${sid}`, { method })).status).toBe(405);
    }
  });
});

describe('S-WS-2: who is connecting', () => {
  it.each([
    ['no token', {}],
    ['an unknown token', { token: 'ses_nobody' }],
    ['an empty token', { token: '' }],
    ['a number', { token: 7 }],
    ['a list', { token: ['ses_a'] }],
    ['an object', { token: { $ne: null } }],
    ['a token beyond all measure', { token: 'x'.repeat(10_000) }],
    ['a cursor that is none', { token: 'good', cursor: { a: 1 } }],
  ])('refuses %s in the same words', async (_name, auth) => {
    house = await openHouse();
    expect(await attempt(house.connect(auth))).toEqual({ outcome: 'refused', code: 'token_invalid' });
  });

  it('refuses an expired token in the same words', async () => {
    house = await openHouse();
    expect(await attempt(house.connect({ token: house.agent(W, 'ada', -1) }))).toEqual({
      outcome: 'refused',
      code: 'token_invalid',
    });
  });

  it('does not read a token from the address', async () => {
    house = await openHouse();
    const token = house.agent(W, 'ada');
    expect(await attempt(house.connect({}, { query: { token } }))).toEqual({
      outcome: 'refused',
      code: 'token_invalid',
    });
  });

  it('lets API keys for the desk in, and none without that right', async () => {
    house = await openHouse();
    const scope = WorkspaceScope.open(W);
    house.tokens.set('key', { type: 'program', scope, keyId: 'key_1', name: 'app', permissions: ['desk'] });
    house.tokens.set('bare', { type: 'program', scope, keyId: 'key_2', name: 'app', permissions: [] });
    expect(await attempt(house.connect({ token: 'key' }))).toEqual({ outcome: 'connected' });
    expect(await attempt(house.connect({ token: 'bare' }))).toEqual({
      outcome: 'refused',
      code: 'forbidden',
    });
  });

  it('works over long polling alone', async () => {
    house = await openHouse();
    const heard = listen(house.connect({ token: house.agent(W, 'ada') }, { transports: ['polling'] }));
    await until(() => heard.caughtUp.length === 1, 'caught up');
    house.feed.commit(W, 'cnv_1');
    await until(() => heard.cursors.length === 1, 'the fact');
  });

  it('says that it is our fault when the look-up fails, and nothing of it', async () => {
    house = await openHouse({
      deps: { access: { authenticate: () => Promise.reject(new Error('secret detail')) } },
    });
    expect(await attempt(house.connect({ token: 'ses_a' }))).toEqual({
      outcome: 'refused',
      code: 'internal',
    });
  });

  it('S-WS-9, B45: has one namespace; a guess is refused', async () => {
    house = await openHouse();
    const { io } = await import('socket.io-client');
    for (const name of ['/admin', '/w:wsp_one', '/__proto__', '/../']) {
      const socket = io(`${house.url}${name}`, {
        forceNew: true,
        reconnection: false,
        transports: ['websocket'],
        auth: { token: house.agent(W, 'a') },
      });
      const refusal = await new Promise((resolve) =>
        socket.once('connect_error', (error) => resolve(error.message)),
      );
      expect(refusal).toBe('Invalid namespace');
      socket.disconnect();
    }
  });
});

describe('S-WS-6, B46: how many may connect', () => {
  it('caps the sockets of one agent, and gives places back', async () => {
    house = await openHouse({ limits: { socketsPerPrincipal: 3 } });
    const token = house.agent(W, 'ada');
    const sockets = [0, 1, 2].map(() => house.connect({ token }));
    for (const socket of sockets) expect(await attempt(socket)).toEqual({ outcome: 'connected' });
    expect(await attempt(house.connect({ token }))).toEqual({
      outcome: 'refused',
      code: 'too_many_connections',
    });
    expect(await attempt(house.connect({ token: house.agent(W, 'bob') }))).toEqual({ outcome: 'connected' });
    sockets[0]?.disconnect();
    await until(() => house.gateway.stats().sockets === 3, 'one has left');
    expect(await attempt(house.connect({ token }))).toEqual({ outcome: 'connected' });
  });

  it('of 1,000 connections of one agent at once lets in as many as it may have', async () => {
    house = await openHouse({ limits: { socketsPerPrincipal: 20, socketsPerAddress: 2_000 } });
    const token = house.agent(W, 'ada');
    const outcomes = await Promise.all(
      Array.from({ length: 1_000 }, () => attempt(house.connect({ token }, { timeout: 30_000 }))),
    );
    expect(outcomes.filter(({ outcome }) => outcome === 'connected')).toHaveLength(20);
    expect(house.gateway.stats().sockets).toBe(20);
  }, 60_000);

  it('caps the sockets of one workspace, and of one address before anyone says who it is', async () => {
    house = await openHouse({ limits: { socketsPerWorkspace: 2, socketsPerAddress: 4 } });
    expect(await attempt(house.connect({ token: house.agent(W, 'a') }))).toEqual({ outcome: 'connected' });
    expect(await attempt(house.connect({ token: house.agent(W, 'b') }))).toEqual({ outcome: 'connected' });
    expect(await attempt(house.connect({ token: house.agent(W, 'c') }))).toEqual({
      outcome: 'refused',
      code: 'too_many_connections',
    });
    expect(await attempt(house.connect({ token: house.agent('wsp_two', 'd') }))).toEqual({
      outcome: 'connected',
    });
    const sessions = await Promise.all(Array.from({ length: 50 }, () => ask(POLL)));
    expect(sessions.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(4);
    expect(house.gateway.stats().sockets).toBe(3);
  });

  it('closes a connection that never says who it is', async () => {
    house = await openHouse({ limits: { connectSeconds: 0.2, socketsPerAddress: 2 } });
    const silent = await Promise.all([silence(), silence()]);
    expect(silent).toEqual(['closed', 'closed']);
    const { sid } = JSON.parse((await ask(POLL)).body.slice(1)) as { sid: string };
    await new Promise((resolve) => setTimeout(resolve, 300));
    // The poll that comes next is told so; the one after that finds nothing.
    expect((await ask(`${POLL}&sid=${sid}`)).body.split('\u001e')).toContain('1');
    expect((await ask(`${POLL}&sid=${sid}`)).body).toContain('Session ID unknown');
  });

  it('believes X-Forwarded-For only as far as there are proxies of ours', async () => {
    house = await openHouse({ limits: { socketsPerAddress: 1, trustProxyHops: 1 } });
    const first = house.connect(
      { token: house.agent(W, 'a') },
      { extraHeaders: { 'X-Forwarded-For': '9.9.9.9, 10.0.0.1' } },
    );
    const same = house.connect(
      { token: house.agent(W, 'b') },
      { extraHeaders: { 'X-Forwarded-For': '8.8.8.8, 10.0.0.1' } },
    );
    const other = house.connect(
      { token: house.agent(W, 'c') },
      { extraHeaders: { 'X-Forwarded-For': '10.0.0.2' } },
    );
    const outcomes = (await Promise.all([first, same, other].map(attempt))).map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === 'connected')).toHaveLength(2);
    expect(outcomes[2]).toBe('connected');
  });
});
