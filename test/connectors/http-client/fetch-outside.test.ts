import http from 'node:http';
import zlib from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createFetchOutside,
  createGuardedAgents,
  type FetchOptions,
} from '../../../src/connectors/http-client/index.js';
import { type Listener, listen } from './listener.js';

let here: Listener;
let elsewhere: Listener;
const options: FetchOptions = { maxBytes: 1_000, deadlineSeconds: 5, allowPrivate: true };
const fetchOutside = createFetchOutside();
const at = (path: string) => `http://127.0.0.1:${here.port}${path}`;

beforeAll(async () => {
  here = await listen('127.0.0.1');
  elsewhere = await listen('127.0.0.2', here.port);
});
beforeEach(() => {
  here.connections = 0;
  elsewhere.connections = 0;
});
afterAll(async () => {
  await here.stop();
  await elsewhere.stop();
});

describe('fetching', () => {
  it('brings the bytes and what they are said to be', async () => {
    here.handle = (request, response) => {
      expect(request.headers).toMatchObject({ 'accept-encoding': 'identity' });
      expect(request.headers).not.toHaveProperty('authorization');
      response.setHeader('content-type', 'image/png').end('abc');
    };
    expect(await fetchOutside(at('/a'), options)).toEqual({
      outcome: 'fetched',
      bytes: Buffer.from('abc'),
      contentType: 'image/png',
    });
  });

  it.each([
    [401, false],
    [403, false],
    [410, false],
    [204, false],
    [206, false],
    [404, true],
    [408, true],
    [425, true],
    [429, true],
    [500, true],
    [503, true],
  ])('B37: says that the URL answers %i, and whether it may come later: %s', async (status, mayComeLater) => {
    here.handle = (_, response) => response.writeHead(status).end();
    expect(await fetchOutside(at('/a'), options)).toMatchObject({
      outcome: 'refused',
      code: 'url_unreachable',
      reason: expect.stringContaining(String(status)),
      mayComeLater,
    });
  });

  it.each(['text/html', 'Text/HTML; charset=utf-8', 'application/xhtml+xml'])(
    'B37: %s with a 200 is the page of a sign-in, not the file, unless a page is what it is called',
    async (type) => {
      here.handle = (_, response) => response.setHeader('content-type', type).end('<form>Sign in</form>');
      for (const asked of [
        await fetchOutside(at('/bill.pdf'), options),
        await fetchOutside(at('/1234'), options),
        await fetchOutside(at('/page.html'), { ...options, name: 'bill.pdf' }),
      ])
        expect(asked).toMatchObject({
          outcome: 'refused',
          code: 'url_unreachable',
          reason: expect.stringContaining('web page'),
          mayComeLater: false,
        });
      for (const wanted of [
        await fetchOutside(at('/page.HTML?x=1'), options),
        await fetchOutside(at('/1234'), { ...options, name: 'saved page.htm' }),
      ])
        expect(wanted).toMatchObject({ outcome: 'fetched' });
    },
  );

  it('B34: keeps to the size, announced, unannounced and compressed', async () => {
    const tooLarge = { outcome: 'refused', code: 'body_too_large' };
    here.handle = (_, response) => response.end(Buffer.alloc(1_000));
    expect(await fetchOutside(at('/fits'), options)).toMatchObject({ outcome: 'fetched' });
    here.handle = (_, response) => response.end(Buffer.alloc(1_001));
    expect(await fetchOutside(at('/a'), options)).toMatchObject(tooLarge);
    here.handle = (_, response) => {
      const more = () => {
        while (response.write(Buffer.alloc(500)));
      };
      response.on('drain', more);
      more();
    };
    expect(await fetchOutside(at('/endless'), options)).toMatchObject(tooLarge);
    const bomb = zlib.gzipSync(Buffer.alloc(50_000_000));
    here.handle = (_, response) => response.setHeader('content-encoding', 'gzip').end(bomb);
    const before = process.memoryUsage().arrayBuffers;
    expect(await fetchOutside(at('/bomb'), { ...options, maxBytes: 100_000 })).toMatchObject(tooLarge);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10_000_000);
    here.handle = (_, response) =>
      response.setHeader('content-encoding', 'br').end(zlib.brotliCompressSync('hello'));
    expect(await fetchOutside(at('/br'), options)).toMatchObject({ bytes: Buffer.from('hello') });
    here.handle = (_, response) => response.setHeader('content-encoding', 'gzip, gzip').end('x');
    expect(await fetchOutside(at('/twice'), options)).toMatchObject({ code: 'url_unreachable' });
    // A part of a file is not asked for, so a part is no answer.
    here.handle = (_, response) =>
      response.writeHead(206, { 'content-range': 'bytes 0-2/1000000' }).end('abc');
    expect(await fetchOutside(at('/part'), options)).toMatchObject({ code: 'url_unreachable' });
  });

  it('B34: a body shorter than announced is none, and an empty one is one of no bytes', async () => {
    here.handle = (_, response) => {
      response.setHeader('content-length', '100').write('abc');
      setImmediate(() => response.destroy());
    };
    expect(await fetchOutside(at('/lies'), options)).toMatchObject({
      outcome: 'refused',
      code: 'url_unreachable',
    });
    here.handle = (_, response) => response.end();
    expect(await fetchOutside(at('/empty'), options)).toMatchObject({
      outcome: 'fetched',
      bytes: Buffer.alloc(0),
    });
  });

  it('B34: one deadline ends silence, a slow drip and a chain of both', async () => {
    const hurried = { ...options, deadlineSeconds: 0.3 };
    const inTime = async (path: string) => {
      const startedAt = performance.now();
      expect(await fetchOutside(at(path), hurried)).toMatchObject({
        outcome: 'refused',
        code: 'url_unreachable',
      });
      expect(performance.now() - startedAt).toBeLessThan(1_500);
    };
    here.handle = () => undefined;
    await inTime('/silence');
    here.handle = (_, response) => {
      const drip = setInterval(() => response.write('x'), 50);
      response.on('close', () => clearInterval(drip));
    };
    await inTime('/drip');
    const never = createFetchOutside({ resolve: () => new Promise(() => undefined) });
    expect(await never('http://slow.x.io/', hurried)).toMatchObject({ code: 'url_unreachable' });
  });

  it('nobody there, no such name, no HTTP', async () => {
    const closed = createFetchOutside({ resolve: async () => Promise.reject(new Error('ENOTFOUND')) });
    expect(await closed('http://x.io/', options)).toMatchObject({ code: 'url_unreachable' });
    expect(await fetchOutside('http://127.0.0.1:1/', options)).toMatchObject({ code: 'url_unreachable' });
    here.handle = (_, response) => response.socket?.end('not http at all\r\n\r\n');
    expect(await fetchOutside(at('/'), options)).toMatchObject({ code: 'url_unreachable' });
  });
});

describe('where it does not go', () => {
  const notAllowed = { outcome: 'refused', code: 'url_not_allowed' };
  /** As strict as in production, but the tests’ servers speak no TLS and have ports of their own. */
  const only = (...allowed: string[]) => ({
    plainHttp: true,
    anyPort: true,
    localNames: false,
    isAllowedAddress: (address: string) => allowed.includes(address),
  });

  it('B30: with no connection made, whatever the spelling', async () => {
    const spellings = [
      '127.1',
      '0x7f.1',
      '2130706433',
      '0177.0.0.1',
      '127。0。0。1',
      '１２７.0.0.1',
      '[::ffff:7f00:1]',
      '[::1]',
      '0',
      'localhost',
      'localhost.',
    ];
    for (const host of spellings) {
      expect(
        await fetchOutside(`https://${host}:${here.port}/`, { ...options, allowPrivate: false }),
      ).toMatchObject(notAllowed);
      const portless = createFetchOutside({ policyFor: () => only() });
      expect(await portless(`http://${host}:${here.port}/`, options)).toMatchObject(notAllowed);
    }
    expect(here.connections).toBe(0);
  });

  it.each([
    ['to a private address', [{ address: '127.0.0.1', family: 4 }]],
    [
      'to a public and a private one',
      [
        { address: '127.0.0.2', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ],
    ],
    ['to a mapped private one', [{ address: '::ffff:127.0.0.1', family: 6 }]],
  ])('B31: no name that leads %s', async (_, addresses) => {
    const guarded = createFetchOutside({
      resolve: async () => addresses,
      policyFor: () => only('127.0.0.2'),
    });
    expect(await guarded(`http://public.x.io:${here.port}/`, options)).toMatchObject(notAllowed);
    expect(here.connections + elsewhere.connections).toBe(0);
  });

  it('B31: a name is asked once per hop, and the answer that was judged is the one that is used', async () => {
    let asked = 0;
    const flips = async () => {
      asked += 1;
      return [{ address: asked === 1 ? '127.0.0.2' : '127.0.0.1', family: 4 }];
    };
    elsewhere.handle = (_, response) => response.end('ok');
    const guarded = createFetchOutside({ resolve: flips, policyFor: () => only('127.0.0.2') });
    expect(await guarded(`http://flips.x.io:${here.port}/`, options)).toMatchObject({ outcome: 'fetched' });
    expect(await guarded(`http://flips.x.io:${here.port}/`, options)).toMatchObject(notAllowed);
    expect([asked, elsewhere.connections, here.connections]).toEqual([2, 1, 0]);
  });

  it('B32: not through a redirect either, and not for ever', async () => {
    const guarded = createFetchOutside({
      resolve: async () => [{ address: '127.0.0.1', family: 4 }],
      policyFor: () => only('127.0.0.2'),
    });
    const start = `http://127.0.0.2:${here.port}/`;
    for (const location of [
      at('/'),
      `http://name.x.io:${here.port}/`,
      'file:///etc/passwd',
      'http://localhost/',
      'gopher://127.0.0.2/',
    ]) {
      elsewhere.handle = (_, response) => response.writeHead(302, { location }).end();
      expect(await guarded(start, options)).toMatchObject(notAllowed);
    }
    expect(here.connections).toBe(0);
    elsewhere.connections = 0;
    elsewhere.handle = (_, response) => response.writeHead(307, { location: '/again' }).end();
    expect(await guarded(start, options)).toMatchObject(notAllowed);
    expect(elsewhere.connections).toBe(4);
    elsewhere.handle = (request, response) =>
      request.url === '/c'
        ? response.end('ok')
        : response.writeHead(301, { location: request.url === '/' ? '/b' : '/c' }).end();
    expect(await guarded(start, options)).toMatchObject({ outcome: 'fetched', bytes: Buffer.from('ok') });
  });

  it('S-OUT-4: nor do connections that stay open between calls', async () => {
    const resolve = async () => [{ address: '127.0.0.1', family: 4 }];
    const guarded = createGuardedAgents(only('127.0.0.2'), resolve);
    const agents = createGuardedAgents(only('127.0.0.1'), resolve);
    here.handle = (_, response) => response.end();
    const call = (agent: http.Agent) =>
      new Promise<string>((done) => {
        const request = http.get({ agent, host: 'name.x.io', port: here.port });
        request.on('response', (response) => done(String(response.resume().statusCode)));
        request.on('error', (error) => done(error.name));
      });
    expect(await call(guarded.httpAgent)).toBe('AddressNotAllowedError');
    expect(here.connections).toBe(0);
    expect(await call(agents.httpAgent)).toBe('200');
    guarded.stop();
    agents.stop();
  });
});
