import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import {
  createSendRequest,
  createWotNotClient,
  type WotNotClient,
  type WotNotClientOptions,
  WotNotError,
} from '../../src/wotnot/index.js';
import { type Answer, answerJson, answerText, type FarSide, failureOf, startFarSide } from './far-side.js';

const reply = {
  conversation_id: 'c1',
  message: { type: 'text', data: { body: 'Hi' } },
  user: { by: 'ada@example.com' },
} as const;
const close = { conversation_id: 'c1', user: { by: 'ada@example.com' } };

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function farSideThat(answer: Answer): Promise<FarSide> {
  const farSide = await startFarSide(answer);
  cleanups.push(() => farSide.stop());
  return farSide;
}

function clientOf(baseUrl: string, options: Partial<WotNotClientOptions> = {}): WotNotClient {
  const wotnot = createWotNotClient({ baseUrl, token: 'network-token-0123456789', accountId: 1, ...options });
  cleanups.push(() => wotnot.stop());
  return wotnot;
}

async function failing(call: Promise<unknown>): Promise<WotNotError> {
  const error = await failureOf(call);
  expect(error).toBeInstanceOf(WotNotError);
  return error as WotNotError;
}

/** A port on which nobody listens. */
async function closedPort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('no connection: nothing was accepted', () => {
  test('refused', async () => {
    const error = await failing(clientOf(`http://127.0.0.1:${await closedPort()}`).sendMessage(reply));
    expect(error).toMatchObject({
      code: 'connection_failed',
      networkCode: 'ECONNREFUSED',
      whatToDo: 'retry',
      httpStatus: null,
    });
  });

  test('no such host', async () => {
    const lookup: net.LookupFunction = (_host, _options, done) =>
      done(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }), '');
    const agents = { httpAgent: new http.Agent({ lookup }), httpsAgent: new https.Agent({ lookup }) };
    const wotnot = clientOf('https://wotnot.invalid', { transport: createSendRequest(agents) });
    const error = await failing(wotnot.sendMessage(reply));
    expect(error).toMatchObject({ code: 'connection_failed', networkCode: 'ENOTFOUND', whatToDo: 'retry' });
  });

  test('the other side speaks no TLS', async () => {
    const farSide = await farSideThat(answerJson(200, {}));
    const error = await failing(clientOf(`https://127.0.0.1:${farSide.port}`).sendMessage(reply));
    expect(error).toMatchObject({ code: 'connection_failed', whatToDo: 'retry' });
    expect(farSide.received).toHaveLength(0);
  });

  test('TLS that never finishes ends at the deadline', async () => {
    const server = net.createServer((socket) => socket.on('error', () => undefined));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanups.push(() => server.close());
    const { port } = server.address() as net.AddressInfo;
    const error = await failing(
      clientOf(`https://127.0.0.1:${port}`, { deadlineSeconds: 0.2 }).sendMessage(reply),
    );
    expect(error).toMatchObject({ code: 'deadline_exceeded', whatToDo: 'retry' });
  });
});

describe('B51: a connection that breaks after the request: a message is uncertain, a close may be repeated', () => {
  test.each([
    ['reset without an answer', (_, __, socket) => socket.resetAndDestroy(), 'connection_lost', null],
    ['closed without an answer', (_, __, socket) => socket.destroy(), 'connection_lost', null],
    ['not HTTP at all', (_, __, socket) => socket.end('SSH-2.0-OpenSSH\r\n'), 'connection_lost', null],
    [
      'broken in the middle of a success',
      (_, response, socket) => {
        response.writeHead(200, { 'content-length': '100' }).write('{"ok":true,');
        setTimeout(() => socket.destroy(), 20);
      },
      'connection_lost',
      200,
    ],
    ['silence', () => undefined, 'deadline_exceeded', null],
    [
      'headers, then silence',
      (_, response) => response.writeHead(200).flushHeaders(),
      'deadline_exceeded',
      200,
    ],
    [
      'one byte at a time',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' });
        const drip = setInterval(() => response.write(' '), 20);
        response.once('close', () => clearInterval(drip));
      },
      'deadline_exceeded',
      200,
    ],
  ] as [string, Answer, string, number | null][])('%s', async (_, answer, code, httpStatus) => {
    const farSide = await farSideThat(answer);
    const wotnot = clientOf(farSide.url, { deadlineSeconds: 0.3 });
    const startedAt = performance.now();
    const sending = await failing(wotnot.sendMessage(reply));
    expect(sending).toMatchObject({ code, httpStatus, whatToDo: 'uncertain' });
    expect(performance.now() - startedAt).toBeLessThan(1500);
    expect(await failing(wotnot.closeConversation(close))).toMatchObject({ code, whatToDo: 'retry' });
    expect(farSide.received).toHaveLength(2);
    await expect.poll(() => farSide.openSockets()).toBe(0);
  });

  test('a refusal whose reason is lost is worth another try', async () => {
    const farSide = await farSideThat((_, response) => {
      response.writeHead(400, { 'content-length': '100' }).write('{');
    });
    const error = await failing(clientOf(farSide.url, { deadlineSeconds: 0.2 }).sendMessage(reply));
    expect(error).toMatchObject({ code: 'deadline_exceeded', httpStatus: 400, whatToDo: 'retry' });
  });

  test('a kept connection that the other side has closed meanwhile is not taken for a fresh one', async () => {
    const farSide = await farSideThat(answerJson(200, { ok: true, message_id: 'm1' }));
    const wotnot = clientOf(farSide.url);
    await wotnot.sendMessage(reply);
    farSide.answerWith((_, __, socket) => socket.resetAndDestroy());
    expect(await failing(wotnot.sendMessage(reply))).toMatchObject({
      code: 'connection_lost',
      whatToDo: 'uncertain',
    });
  });
});

describe('B51: an answer without measure', () => {
  const endless: Answer = (_, response) => {
    response.writeHead(200);
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    };
    response.on('drain', more);
    more();
  };
  // Made here, so that its making is not counted.
  const fiftyMegabytes = gzipSync(Buffer.alloc(50_000_000));
  const bomb: Answer = (_, response) =>
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(fiftyMegabytes);

  test.each([
    ['endless', endless],
    ['a gzip bomb', bomb],
  ])('%s: reading stops at the limit', async (_, answer) => {
    const farSide = await farSideThat(answer);
    const before = process.memoryUsage().arrayBuffers;
    const wotnot = clientOf(farSide.url);
    const error = await failing(wotnot.sendMessage(reply));
    expect(error).toMatchObject({ code: 'answer_too_large', httpStatus: 200, whatToDo: 'uncertain' });
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
    // A connection whose answer was not read to its end must not serve the next call.
    farSide.answerWith(answerJson(200, { ok: true, message_id: 'm2' }));
    await expect(wotnot.sendMessage(reply)).resolves.toMatchObject({ message_id: 'm2' });
    expect(farSide.openSockets()).toBe(1);
  });

  test('an answer of exactly the limit is read', async () => {
    const text = JSON.stringify({ ok: true, message_id: 'm1' });
    const farSide = await farSideThat(answerText(200, text));
    await expect(
      clientOf(farSide.url, { maxAnswerBytes: text.length }).sendMessage(reply),
    ).resolves.toBeDefined();
    const tight = clientOf(farSide.url, { maxAnswerBytes: text.length - 1 });
    expect(await failing(tight.sendMessage(reply))).toMatchObject({ code: 'answer_too_large' });
  });

  test('broken compression is an answer that cannot be read', async () => {
    const farSide = await farSideThat(answerText(200, 'not gzip', { 'content-encoding': 'gzip' }));
    expect(await failing(clientOf(farSide.url).sendMessage(reply))).toMatchObject({ whatToDo: 'uncertain' });
  });

  test('a compressed answer is read', async () => {
    const zipped = gzipSync(JSON.stringify({ ok: true, message_id: 'm1' }));
    const farSide = await farSideThat((_, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(zipped),
    );
    await expect(clientOf(farSide.url).sendMessage(reply)).resolves.toEqual({ ok: true, message_id: 'm1' });
  });
});

describe('B51, S-OUT-2, S-OUT-6, S-OUT-8: where a request may go', () => {
  test.each([301, 302, 303, 307, 308])(
    'a %i is an error and the second host hears nothing',
    async (status) => {
      const elsewhere = await farSideThat(answerJson(200, { ok: true, message_id: 'm1' }));
      const farSide = await farSideThat(
        answerText(status, '', { location: `${elsewhere.url}/secret-place` }),
      );
      const error = await failing(clientOf(farSide.url).sendMessage(reply));
      expect(error).toMatchObject({ code: 'redirected', httpStatus: status });
      expect(`${error.stack}${JSON.stringify(error)}`).not.toContain('secret-place');
      expect(elsewhere.received).toHaveLength(0);
      expect(farSide.received).toHaveLength(1);
    },
  );

  test('proxies of the environment are ignored', async () => {
    const proxy = await farSideThat(answerJson(200, { ok: true, message_id: 'by proxy' }));
    const farSide = await farSideThat(answerJson(200, { ok: true, message_id: 'm1' }));
    const names = ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'ALL_PROXY'];
    const before = names.map((name) => process.env[name]);
    for (const name of names) process.env[name] = proxy.url;
    try {
      await expect(clientOf(farSide.url).sendMessage(reply)).resolves.toEqual({ ok: true, message_id: 'm1' });
    } finally {
      names.forEach((name, index) => {
        const value = before[index];
        if (value === undefined) delete process.env[name];
        else process.env[name] = value;
      });
    }
    expect(proxy.received).toHaveLength(0);
  });

  test('a base URL may have a path of its own', async () => {
    const farSide = await farSideThat(answerJson(200, { ok: true, message_id: 'm1' }));
    await clientOf(`${farSide.url}/behind/`).sendMessage(reply);
    expect(farSide.received[0]?.path).toBe('/behind/api/v1/conversation/c1/messages');
  });

  test('paths can be overridden, and the ids go where the override has them', async () => {
    const farSide = await farSideThat(answerJson(200, { ok: true }));
    const paths = { 'close-conversation': '/v2/<account_id>/<conversation_id>/close' };
    await clientOf(farSide.url, { paths }).closeConversation({ ...close, conversation_id: 'a/../b ?#%2e' });
    expect(farSide.received[0]?.path).toBe('/v2/1/a%2F..%2Fb%20%3F%23%252e/close');
    expect(JSON.parse(farSide.received[0]?.body.toString() ?? '')).toEqual({
      event: 'status',
      status: 'CLOSE',
      user: { by: 'ada@example.com' },
    });
  });

  test('connections are kept and used again', async () => {
    const farSide = await farSideThat(answerJson(200, { ok: true, message_id: 'm1' }));
    const wotnot = clientOf(farSide.url);
    for (let n = 0; n < 20; n += 1) await wotnot.sendMessage(reply);
    expect(farSide.openSockets()).toBe(1);
    wotnot.stop();
    await expect.poll(() => farSide.openSockets()).toBe(0);
  });
});

describe("the caller's signal", () => {
  test('ends a call under way, which leaves a message uncertain', async () => {
    const farSide = await farSideThat(() => undefined);
    const caller = new AbortController();
    const call = failing(clientOf(farSide.url).sendMessage(reply, { signal: caller.signal }));
    await expect.poll(() => farSide.received.length).toBe(1);
    caller.abort();
    expect(await call).toMatchObject({ code: 'aborted', whatToDo: 'uncertain' });
    await expect.poll(() => farSide.openSockets()).toBe(0);
  });

  test('given already aborted, nothing is sent', async () => {
    const farSide = await farSideThat(answerJson(200, {}));
    const error = await failing(clientOf(farSide.url).sendMessage(reply, { signal: AbortSignal.abort() }));
    expect(error).toMatchObject({ code: 'aborted', whatToDo: 'retry' });
    expect(farSide.received).toHaveLength(0);
  });

  test('is let go of after every call', async () => {
    const farSide = await farSideThat(answerJson(200, { ok: true, message_id: 'm1' }));
    const wotnot = clientOf(farSide.url);
    const { signal } = new AbortController();
    let listening = 0;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...given: Parameters<typeof add>) => {
      listening += 1;
      add(...given);
    };
    signal.removeEventListener = (...given: Parameters<typeof remove>) => {
      listening -= 1;
      remove(...given);
    };
    for (let n = 0; n < 5; n += 1) await wotnot.sendMessage(reply, { signal });
    expect(listening).toBe(0);
  });
});

test('a transport that throws gives a typed error with nothing of what it threw', async () => {
  const wotnot = clientOf('http://127.0.0.1:1', {
    transport: () => Promise.reject(new Error('headers: Bearer network-token-0123456789')),
  });
  const error = await failing(wotnot.sendMessage(reply));
  expect(error).toMatchObject({ code: 'connection_lost', whatToDo: 'uncertain' });
  expect(`${error.stack}`).not.toContain('network-token');
});
