import { spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { createSendRequest, createWotNotClient, type Transport } from '../../src/wotnot/index.js';
import { createAuthority, whyNoCertificates } from '../faults/lab/certificates.js';
import { answerJson, startFarSide } from './far-side.js';

const root = path.resolve(import.meta.dirname, '../..');
const accepted = { ok: true, message_id: 'm-1' };
const reply = {
  conversation_id: 'c1',
  message: { type: 'text', data: { body: 'Hi' } },
  user: { by: 'ada@example.com' },
} as const;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** @returns by what signal it ended, once all that it had written has been read by the other side */
async function callAndDie(baseUrl: string, passing: number): Promise<string | null> {
  const child = spawn(
    process.execPath,
    ['--import', './scripts/ts-loader.mjs', 'test/wotnot/leaving-caller.ts', baseUrl, String(passing)],
    { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
  await new Promise((resolve) => setTimeout(resolve, 200));
  return signal;
}

async function startSecureFarSide(): Promise<{ url: string; received(): number }> {
  const authority = createAuthority();
  cleanups.push(() => authority.drop());
  const { key, cert } = authority.selfSigned('127.0.0.1');
  let received = 0;
  const server = https.createServer({ key, cert }, (request, response) => {
    received += 1;
    request.resume();
    request.on('end', () =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(accepted)),
    );
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: `https://127.0.0.1:${port}`, received: () => received };
}

describe('killed when it is told that a call leaves, the far side has seen nothing of it', () => {
  test.each([
    ['on a new connection', 0],
    ['on a connection that was kept', 2],
  ])('%s', async (_name, passing) => {
    const farSide = await startFarSide(answerJson(200, accepted));
    cleanups.push(() => farSide.stop());
    expect(await callAndDie(farSide.url, passing)).toBe('SIGKILL');
    expect(farSide.received).toHaveLength(passing);
  });

  test('not a byte on a new connection', async () => {
    let bytes = 0;
    let connections = 0;
    const server = net.createServer((socket) => {
      connections += 1;
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        bytes += chunk.length;
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanups.push(() => server.close());
    expect(await callAndDie(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 0)).toBe('SIGKILL');
    expect({ bytes, connections }).toEqual({ bytes: 0, connections: 1 });
  });

  test.skipIf(whyNoCertificates() !== undefined).each([
    ['over TLS, on a new connection', 0],
    ['over TLS, on a connection that was kept', 2],
  ])('%s', async (_name, passing) => {
    const secure = await startSecureFarSide();
    expect(await callAndDie(secure.url, passing)).toBe('SIGKILL');
    expect(secure.received()).toBe(passing);
  });
});

describe('what may not leave is held back at the wire', () => {
  const heldBack = { code: 'aborted', whatToDo: 'retry' };

  /** Says `passing` things, then one that may not leave after `asked` questions, then one that may again. */
  async function callHeldBack(transport: Transport, baseUrl: string, passing: number, asked: number) {
    const wotnot = createWotNotClient({
      ...{ baseUrl, token: 'leaving-token-0123456789', accountId: 1, transport },
      // A further try would ask again, and might be let go.
      retries: 2,
    });
    cleanups.push(() => wotnot.stop());
    for (let call = 0; call < passing; call += 1) await wotnot.sendMessage(reply);
    let questions = 0;
    const onLeaving = (): boolean => {
      questions += 1;
      return questions <= asked;
    };
    await expect(wotnot.sendMessage(reply, { onLeaving })).rejects.toMatchObject(heldBack);
    expect(questions).toBe(asked + 1);
    // Whatever was to leave would have come by then.
    await new Promise((resolve) => setTimeout(resolve, 100));
    return async () => wotnot.sendMessage(reply);
  }

  test.each([
    ['on a new connection', 0],
    ['on a connection that was kept', 2],
  ])('%s, and the next call goes out', async (_name, passing) => {
    const farSide = await startFarSide(answerJson(200, accepted));
    cleanups.push(() => farSide.stop());
    const agents = { httpAgent: new http.Agent({ keepAlive: true }), httpsAgent: new https.Agent() };
    const next = await callHeldBack(createSendRequest(agents), farSide.url, passing, 0);
    expect(farSide.received).toHaveLength(passing);
    await next();
    expect(farSide.received).toHaveLength(passing + 1);
  });

  test.skipIf(whyNoCertificates() !== undefined).each([
    ['over TLS, before the handshake', 0, 0],
    ['over TLS, when its time is over after the handshake', 0, 1],
    ['over TLS, on a connection that was kept', 2, 0],
  ])('%s', async (_name, passing, asked) => {
    const secure = await startSecureFarSide();
    const httpsAgent = new https.Agent({ keepAlive: true, rejectUnauthorized: false });
    const transport = createSendRequest({ httpAgent: new http.Agent(), httpsAgent });
    const next = await callHeldBack(transport, secure.url, passing, asked);
    expect(secure.received()).toBe(passing);
    await next();
    expect(secure.received()).toBe(passing + 1);
    httpsAgent.destroy();
  });
});

describe('what leaves is told', () => {
  test('once for a call, before it is received', async () => {
    let left = 0;
    const leftWhenReceived: number[] = [];
    const farSide = await startFarSide((request, response, socket) => {
      leftWhenReceived.push(left);
      answerJson(200, accepted)(request, response, socket);
    });
    cleanups.push(() => farSide.stop());
    const wotnot = createWotNotClient({
      baseUrl: farSide.url,
      token: 'leaving-token-0123456789',
      accountId: 1,
    });
    cleanups.push(() => wotnot.stop());
    const onLeaving = (): boolean => {
      left += 1;
      return true;
    };
    await wotnot.sendMessage(reply, { onLeaving });
    await wotnot.sendMessage(reply, { onLeaving });
    expect(leftWhenReceived).toEqual([1, 2]);
  });

  test('never where there is no connection', async () => {
    const gone = await startFarSide();
    await gone.stop();
    const wotnot = createWotNotClient({ baseUrl: gone.url, token: 'leaving-token-0123456789', accountId: 1 });
    cleanups.push(() => wotnot.stop());
    let left = 0;
    const call = wotnot.sendMessage(reply, {
      onLeaving: () => {
        left += 1;
        return true;
      },
    });
    await expect(call).rejects.toMatchObject({ code: 'connection_failed' });
    expect(left).toBe(0);
  });
});
