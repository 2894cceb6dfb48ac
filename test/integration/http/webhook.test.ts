import net from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { serve, type Served, errorOf } from './serve.js';

const key = '/webhooks/aaaa-bbbb';
const post = (served: Served, body: string | Buffer, type: string | undefined = 'application/json') => {
  const asking = served.ask.post(key);
  if (type !== undefined) asking.set('Content-Type', type);
  // A Buffer passes supertest unchanged only when it is written.
  asking.write(body);
  return asking;
};
const arrived = ({ calls }: Served) => calls.filter(([verb]) => verb === 'receive');

describe('the webhook entrance', () => {
  it('hands the body as it came to the intake, and its answer back', async () => {
    const served = await serve();
    const bytes = Buffer.from('\ufeff{"token":"t","n":12345678901234567890}');
    const answer = await post(served, bytes, 'application/json; charset=UTF-8');
    expect([answer.status, answer.body]).toEqual([200, { token: 'echo' }]);
    const [, connectionKey, arrival] = arrived(served)[0] as [
      string,
      string,
      { body: Buffer; remoteAddress: string },
    ];
    expect(connectionKey).toBe('aaaa-bbbb');
    expect(arrival.body.equals(bytes)).toBe(true);
    expect(arrival.remoteAddress).toBe('127.0.0.1');
  });

  it.each(['/webhooks/aaaa-bbbb?from=x', '/webhooks/aaaa%2Dbbbb'])(
    'is found by %s too, and the sender by what the outermost of our proxies says',
    async (path) => {
      const served = await serve({ trustProxyHops: 1 });
      const asking = served.ask.post(path).set({
        'Content-Type': 'application/json',
        'X-Forwarded-For': '192.0.2.1, 203.0.113.9',
      });
      expect((await asking.send('{}')).status).toBe(200);
      const [, connectionKey, arrival] = arrived(served)[0] as [string, string, { remoteAddress: string }];
      expect([connectionKey, arrival.remoteAddress]).toEqual(['aaaa-bbbb', '203.0.113.9']);
    },
  );

  it.each([
    '/webhooks/',
    '/webhooks/aaaa-bbbb/',
    '/webhooks/aaaa/bbbb',
    '/Webhooks/aaaa-bbbb',
    '/webhooks/%ff',
  ])('is not at %s', async (path) => {
    const served = await serve();
    const answer = await served.ask.post(path).set('Content-Type', 'application/json').send('{}');
    expect([400, 404]).toContain(answer.status);
    expect(arrived(served)).toEqual([]);
  });

  it.each(['', 'null', '[]', '"x"', '1', '{}', '{"a":', '\xff'])(
    'leaves the reading of %j to the connector, whose refusal keeps its code (B04, B05)',
    async (body) => {
      const served = await serve();
      served.answers.set('receive', () =>
        Promise.resolve({ outcome: 'refused', code: 'body_not_an_object', message: 'No object.' }),
      );
      const answer = await post(served, Buffer.from(body, 'latin1'));
      expect([answer.status, errorOf(answer).code]).toEqual([400, 'body_not_an_object']);
      expect(errorOf(answer).requestId).toBe(answer.headers['x-request-id']);
    },
  );

  it('tells of a refusal that the intake has not seen, with the id that was answered', async () => {
    const served = await serve();
    const answer = await post(served, 'x', 'text/plain');
    expect(served.refusedWebhooks).toEqual([
      { code: 'unsupported_media_type', requestId: errorOf(answer).requestId },
    ]);
  });

  it('gives the intake the id that it answers, the caller’s own where there is one', async () => {
    const served = await serve();
    const idOf = (nth: number) => (arrived(served)[nth]?.[2] as { requestId: string }).requestId;
    const own = await served.ask
      .post(key)
      .set({ 'Content-Type': 'application/json', 'X-Request-Id': 'trace-12345678' })
      .send('{}');
    const other = await post(served, '{}');
    expect([own.headers['x-request-id'], idOf(0)]).toEqual(['trace-12345678', 'trace-12345678']);
    expect(other.headers['x-request-id']).toBe(idOf(1));
    expect(idOf(1)).toMatch(/^[\w-]{36}$/);
  });

  it('says who is here to whoever asks that alone, and reads and counts nothing of it', async () => {
    const served = await serve();
    const answer = await served.ask.post(key).set('X-Desk-Bridge', 'probe').send('{"token":"x"}');
    expect([answer.status, answer.headers['x-desk-bridge'], answer.text]).toEqual([204, 'fake-bridge', '']);
    expect([arrived(served), served.refusedWebhooks]).toEqual([[], []]);
    expect((await post(served, '{}')).headers['x-desk-bridge']).toBeUndefined();
  });

  it.each([
    'application/json; charset=utf-7',
    'application/json;charset=latin1',
    'application/json; charset="utf-16"',
  ])('refuses %s (B06)', async (type) => {
    const served = await serve();
    const answer = await post(served, '{}', type);
    expect([answer.status, errorOf(answer).code]).toEqual([415, 'unsupported_charset']);
    expect(arrived(served)).toEqual([]);
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    'x/json',
  ])('refuses %s (B07)', async (type) => {
    const served = await serve();
    const answer = await post(served, '{}', type);
    expect([answer.status, errorOf(answer).code]).toEqual([415, 'unsupported_media_type']);
    expect(arrived(served)).toEqual([]);
  });

  it('takes 256 kB and refuses one byte more, declared or not (B08, S-HTTP-2)', async () => {
    const served = await serve();
    const most = JSON.stringify({ a: 'x'.repeat(256 * 1024 - 8) });
    expect(most).toHaveLength(256 * 1024);
    expect((await post(served, most)).status).toBe(200);
    for (const chunked of [true, false]) {
      const asking = served.ask.post(key).set('Content-Type', 'application/json');
      if (chunked) asking.set('Transfer-Encoding', 'chunked').write(`${most} `);
      const answer = await (chunked ? asking : asking.send(`${most} `));
      expect([answer.status, errorOf(answer).code]).toEqual([413, 'body_too_large']);
    }
    expect(arrived(served)).toHaveLength(1);
  });

  it('refuses compressed bodies unread, a bomb among them (B08)', async () => {
    const served = await serve();
    for (const encoding of ['gzip', 'br', 'zstd', 'gzip, gzip']) {
      const asking = served.ask
        .post(key)
        .set({ 'Content-Type': 'application/json', 'Content-Encoding': encoding });
      asking.write(gzipSync(Buffer.alloc(1_000_000)));
      const answer = await asking;
      expect([encoding, answer.status]).toEqual([encoding, 415]);
    }
    expect(arrived(served)).toEqual([]);
  });

  it('gives up on a body that never ends, and on a length that lies (B08)', async () => {
    const served = await serve({ bodySeconds: 0.2 });
    for (const head of [
      'Transfer-Encoding: chunked\r\n\r\n4\r\n{"a"',
      'Content-Length: 900\r\n\r\n{"a":1}',
    ]) {
      const answer = await raw(
        served.port,
        `POST ${key} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${head}`,
      );
      expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    }
    expect(arrived(served)).toEqual([]);
  });

  it.each(['get', 'put', 'delete', 'patch', 'options', 'trace'] as const)(
    'refuses %s with the way in (B22)',
    async (method) => {
      const served = await serve();
      const text = await raw(
        served.port,
        `${method.toUpperCase()} ${key} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      );
      expect(text).toMatch(/^HTTP\/1\.1 405 /);
      expect(text).toMatch(/\r\nAllow: .*POST/);
    },
  );

  it('tells an unauthentic sender nothing, and a guessing one to wait', async () => {
    const served = await serve();
    served.answers.set('receive', () =>
      Promise.resolve({
        outcome: 'refused',
        code: 'webhook_unauthorized',
        message: 'The webhook is not authentic.',
      }),
    );
    const refused = await post(served, '{"token":"guess-me"}');
    expect([refused.status, errorOf(refused).code]).toEqual([401, 'webhook_unauthorized']);
    expect(refused.text).not.toContain('guess-me');
    served.answers.set('receive', () =>
      Promise.resolve({
        outcome: 'refused',
        code: 'rate_limited',
        message: 'Wait.',
        retryAfterSeconds: 41.2,
      }),
    );
    const limited = await post(served, '{}');
    expect([limited.status, limited.headers['retry-after']]).toEqual([429, '42']);
  });

  it('asks for patience when the database is away, and hides surprises', async () => {
    const served = await serve();
    served.answers.set('receive', () => Promise.reject(new Error('ECONNREFUSED')));
    expect((await post(served, '{}')).status).toBe(503);
    served.answers.set('receive', () => Promise.reject(new Error('Bob said hi')));
    const answer = await post(served, '{}');
    expect([answer.status, errorOf(answer).code]).toEqual([500, 'internal']);
    expect(answer.text + JSON.stringify(served.failures)).not.toContain('Bob');
  });

  it('does not wait for ever for an intake that hangs', async () => {
    const served = await serve({ answerSeconds: 0.1 });
    served.answers.set('receive', () => new Promise(() => undefined));
    expect((await post(served, '{}')).status).toBe(503);
  });
});

/** What a server answers to bytes, until it closes or has answered. */
function raw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(bytes));
    let text = '';
    socket.on('data', (piece) => {
      text += piece.toString('latin1');
      if (text.includes('\r\n\r\n')) {
        socket.destroy();
        resolve(text);
      }
    });
    socket.on('error', reject);
    socket.on('end', () => resolve(text));
  });
}
