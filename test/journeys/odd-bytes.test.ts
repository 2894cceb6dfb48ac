import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type House, openHouse } from '../support/house.js';
import { readAnswers, sendBytes } from '../support/send-bytes.js';

/** Each of the bytes below asks for the workspace's own things, so that only their shape is wrong. */
describe('B23: bytes that are no proper request', () => {
  let house: House;
  beforeAll(async () => {
    house = await openHouse({ database: 'embedded' });
  });
  afterAll(() => house?.close());

  const path = (): string => new URL(house.webhookUrl).pathname;
  /** A webhook that would be recorded if it were read. */
  const body = (text: string): string =>
    JSON.stringify({
      token: house.webhookToken,
      events: [
        {
          event: {
            type: 'message',
            payload: { message: { id: `m-${text}`, type: 'text', text }, message_by: { type: 'visitor' } },
          },
          conversation: { key: 'odd-bytes' },
        },
      ],
    });
  const head = (...lines: string[]): string =>
    [`POST ${path()} HTTP/1.1`, 'Host: x', 'Content-Type: application/json', ...lines].join('\r\n');
  const recorded = (): Promise<number> =>
    house.app.database.prisma.inboundEvent.count({ where: { workspaceId: house.workspaceId } });
  /** What is answered; the process lives, and nothing but a later, proper webhook was recorded. */
  async function refused(bytes: string) {
    const before = await recorded();
    const answers = readAnswers(await sendBytes(house.url, bytes));
    expect(await recorded()).toBe(before);
    expect((await fetch(`${house.url}/health/live`)).status).toBe(200);
    expect(answers).toHaveLength(1);
    const [answer] = answers;
    const error = (answer?.body as { error: { code: string; message: string; requestId: string } }).error;
    expect(error.message).not.toBe('');
    expect(error.requestId).toBe(answer?.headers['x-request-id']);
    expect(answer?.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      connection: 'close',
    });
    return [answer?.status, error.code];
  }
  const chunked = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n0\r\n\r\n`;

  it('is recorded when nothing is wrong with it', async () => {
    const good = body('good');
    const before = await recorded();
    const [answer] = readAnswers(
      await sendBytes(
        house.url,
        `${head('Connection: close', `Content-Length: ${good.length}`)}\r\n\r\n${good}`,
      ),
    );
    expect(answer?.status).toBe(200);
    expect(await recorded()).toBe(before + 1);
  });

  it.each([
    ['a length and chunks', ['Content-Length: 4', 'Transfer-Encoding: chunked']],
    ['chunks and a length', ['Transfer-Encoding: chunked', 'Content-Length: 4']],
    ['chunks that are not the last coding', ['Transfer-Encoding: chunked, identity']],
    ['a coding that nobody knows', ['Transfer-Encoding: xchunked']],
    ['chunks behind a blank', ['Transfer-Encoding : chunked']],
    [
      'chunks behind a line that is folded',
      ['X-A: 1', ' Transfer-Encoding: chunked', 'Content-Length: 4, 5'],
    ],
  ])('%s', async (_name, lines) => {
    // The second request is the one that a proxy would not have seen.
    const smuggled = `${head(`Content-Length: ${body('smuggled').length}`)}\r\n\r\n${body('smuggled')}`;
    expect(await refused(`${head(...lines)}\r\n\r\n${chunked(body('first'))}${smuggled}`)).toEqual([
      400,
      'invalid_http',
    ]);
  });

  it.each([
    ['two lengths that differ', (size: number) => [`Content-Length: ${size}`, `Content-Length: ${size - 1}`]],
    ['two lengths that agree', (size: number) => [`Content-Length: ${size}`, `Content-Length: ${size}`]],
    ['two lengths in one line', (size: number) => [`Content-Length: ${size}, ${size}`]],
    ['a length with a sign', (size: number) => [`Content-Length: +${size}`]],
    ['a length below nothing', () => ['Content-Length: -1']],
    ['a length in hex', (size: number) => [`Content-Length: 0x${size.toString(16)}`]],
    ['a length beyond counting', () => [`Content-Length: ${'9'.repeat(30)}`]],
  ])('%s', async (_name, lines) => {
    const text = body('length');
    expect(await refused(`${head(...lines(text.length))}\r\n\r\n${text}`)).toEqual([400, 'invalid_http']);
  });

  it.each([
    [
      'lines that end with LF only',
      (text: string) => `${head(`Content-Length: ${text.length}`)}\r\n\r\n`.replaceAll('\r', '') + text,
    ],
    [
      'a bare CR in a header',
      (text: string) => `${head('X-A: a\rX-B: b', `Content-Length: ${text.length}`)}\r\n\r\n${text}`,
    ],
    [
      'a NUL in a header',
      (text: string) => `${head('X-A: a\0b', `Content-Length: ${text.length}`)}\r\n\r\n${text}`,
    ],
    [
      'a header without a name',
      (text: string) => `${head(': a', `Content-Length: ${text.length}`)}\r\n\r\n${text}`,
    ],
    [
      'a header without a colon',
      (text: string) => `${head('X-A', `Content-Length: ${text.length}`)}\r\n\r\n${text}`,
    ],
    [
      'a name with a blank',
      (text: string) => `${head('X A: a', `Content-Length: ${text.length}`)}\r\n\r\n${text}`,
    ],
    [
      'chunks whose size is none',
      () => `${head('Transfer-Encoding: chunked')}\r\n\r\nxyz\r\n{}\r\n0\r\n\r\n`,
    ],
    [
      'a chunk that is longer than it says',
      () => `${head('Transfer-Encoding: chunked')}\r\n\r\n1\r\n{}\r\n0\r\n\r\n`,
    ],
    [
      'no host',
      (text: string) =>
        `POST ${path()} HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: ${text.length}\r\n\r\n${text}`,
    ],
    ['HTTP/2 without asking', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['no HTTP at all', () => '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
  ])('%s', async (_name, bytes) => {
    expect(await refused(bytes(body('shape')))).toEqual([400, 'invalid_http']);
  });

  it.each([
    ['a header of 20 kB', () => [`X-A: ${'a'.repeat(20_000)}`]],
    ['3,000 headers', () => Array.from({ length: 3_000 }, () => 'a:b')],
    ['3,000 headers with names of their own', () => Array.from({ length: 3_000 }, (_none, n) => `a${n}:b`)],
    ['101 headers', () => Array.from({ length: 98 }, (_none, n) => `X-A${n}: b`)],
  ])('%s', async (_name, lines) => {
    const text = body('many');
    expect(await refused(`${head(...lines(), `Content-Length: ${text.length}`)}\r\n\r\n${text}`)).toEqual([
      431,
      'headers_too_large',
    ]);
  });

  it.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'then'])(
    'a header that is called %s is one like any other',
    async (name) => {
      const text = body(`named-${name}`);
      for (const line of [`${name}: polluted`, `${name}: {"polluted":1}\r\n${name}: again`]) {
        const request = `${head(line, 'Connection: close', `Content-Length: ${text.length}`)}\r\n\r\n${text}`;
        expect(readAnswers(await sendBytes(house.url, request))).toMatchObject([{ status: 200 }]);
        const asked = await sendBytes(
          house.url,
          `GET /v1/me HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${house.apiKey}\r\n${line}\r\nConnection: close\r\n\r\n`,
        );
        expect(readAnswers(asked)).toMatchObject([{ status: 200 }]);
      }
      expect(({} as Record<string, unknown>).polluted).toBeUndefined();
    },
  );

  it('what a header says comes back in no header of ours', async () => {
    for (const name of [
      'X-Request-Id',
      'Origin',
      'Access-Control-Request-Headers',
      'Idempotency-Key',
      'X-File-Name',
    ]) {
      const said = await sendBytes(
        house.url,
        `OPTIONS /v1/me HTTP/1.1\r\nHost: x\r\n${name}: planted%0d%0aSet-Cookie: a=b\r\nConnection: close\r\n\r\n`,
      );
      expect(said).not.toMatch(/planted|set-cookie/iu);
    }
  });

  it('an answer that waits is not mistaken for the one to the bytes behind it', async () => {
    const text = body('before');
    const said = await sendBytes(
      house.url,
      `${head(`Content-Length: ${text.length}`)}\r\n\r\n${text}BROKEN\r\n\r\n`,
    ).catch(() => '');
    // Either its own answer or none: never a refusal in its place.
    expect(readAnswers(said)[0]?.status ?? 200).toBe(200);
  });
});
