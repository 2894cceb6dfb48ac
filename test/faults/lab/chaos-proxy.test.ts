import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { waitFor } from '../../support/wait-for.js';
import { type ChaosProxy, openChaosProxy } from './chaos-proxy.js';

interface Near {
  client: Socket;
  heard: string;
  ended: string | undefined;
}

describe('the wire of the laboratory', () => {
  let echo: Server;
  let wire: ChaosProxy;
  let near: Near;
  const farSockets = new Set<Socket>();

  const open = async (): Promise<Near> => {
    const client = connect(wire.port, '127.0.0.1');
    const opened: Near = { client, heard: '', ended: undefined };
    client.on('data', (bytes) => {
      opened.heard += bytes.toString('utf8');
    });
    client.on('error', (error: NodeJS.ErrnoException) => {
      opened.ended = error.code;
    });
    client.on('close', () => {
      opened.ended ??= 'closed';
    });
    await once(client, 'connect');
    return opened;
  };
  const says = async (text: string, { client, heard }: Near = near): Promise<void> => {
    client.write(text);
    await waitFor(`the echo of ${text.slice(0, 5)}`, () => near.heard.length >= heard.length + text.length);
  };

  beforeEach(async () => {
    echo = createServer((socket) => {
      farSockets.add(socket);
      socket.on('error', () => undefined).on('close', () => farSockets.delete(socket));
      socket.pipe(socket);
    });
    echo.listen(0, '127.0.0.1');
    await once(echo, 'listening');
    wire = await openChaosProxy({ port: (echo.address() as AddressInfo).port });
    near = await open();
  });
  afterEach(async () => {
    near.client.destroy();
    await wire.close();
    for (const socket of farSockets) socket.destroy();
    echo.close();
    await once(echo, 'close');
  });

  it('carries, and late when told so', async () => {
    await says('a');
    wire.shape({ latencyMilliseconds: 150 });
    const from = performance.now();
    await says('b');
    expect(performance.now() - from).toBeGreaterThan(290);
  });

  it('carries so many bytes a second', async () => {
    wire.shapeOne('up', { bytesPerSecond: 2_000 });
    const from = performance.now();
    await says('x'.repeat(1_000));
    expect(performance.now() - from).toBeGreaterThan(400);
  });

  it('says nothing while it is silent, and carries on with what it was given', async () => {
    await says('a');
    wire.silence();
    near.client.write('b');
    const other = await open();
    other.client.destroy();
    expect(near).toMatchObject({ heard: 'a', ended: undefined });
    wire.restore();
    await waitFor('what was kept', () => near.heard === 'ab');
  });

  it('forgets a connection without a word to the near side', async () => {
    await says('a');
    expect(wire.abandon()).toBe(1);
    await waitFor('the far side to be closed', () => farSockets.size === 0);
    near.client.write('b');
    const abandoned = near;
    near = await open();
    await says('c');
    expect(abandoned).toMatchObject({ heard: 'a', ended: undefined });
    abandoned.client.destroy();
  });

  it('resets, and refuses', async () => {
    await says('a');
    wire.reset();
    await waitFor('the reset', () => near.ended);
    expect(near.ended).toBe('ECONNRESET');
    wire.refuse(true);
    // It may be told at once, or in the moment after.
    const told = await open().then(
      (refused) => waitFor('the refusal', () => refused.ended),
      (error: unknown) => (error as NodeJS.ErrnoException).code,
    );
    expect(told).toBe('ECONNRESET');
  });
});
