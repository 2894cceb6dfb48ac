import { connect, type Socket as Stream } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type House, listen, openHouse, until } from './support/open-house.js';

const W = 'wsp_one';
let house: House;
const streams: Stream[] = [];
afterEach(async () => {
  for (const stream of streams) stream.destroy();
  await house.stop();
});

/** A WebSocket client by hand, so that it can stop reading. */
async function openByHand(token: string): Promise<{ stream: Stream; text(): string }> {
  const { hostname, port, host } = new URL(house.url);
  const stream = connect({ port: Number(port), host: hostname });
  streams.push(stream);
  let text = '';
  stream.setEncoding('latin1');
  stream.on('data', (data: string) => {
    text += data;
  });
  stream.on('error', () => {});
  stream.write(
    `GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
      'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
  );
  await until(() => text.includes('"sid"'), 'opened');
  const hello = Buffer.from(`40${JSON.stringify({ token })}`);
  // One masked text frame; a mask of zeros leaves it readable.
  stream.write(Buffer.concat([Buffer.from([0x81, 0x80 | hello.length, 0, 0, 0, 0]), hello]));
  await until(() => text.includes('caught-up'), 'live');
  return { stream, text: () => text };
}

const bigLabels = (): { data: { labels: string[] } } => ({ data: { labels: ['x'.repeat(20_000)] } });

describe('F63: a consumer that does not keep up', () => {
  it('never makes more than its share wait in memory, is told everything once it reads on, and others lose nothing', async () => {
    house = await openHouse({ limits: { bufferBytes: 100_000 } });
    const quick = listen(house.connect({ token: house.agent(W, 'quick') }));
    await until(() => quick.caughtUp.length === 1, 'live');
    const slow = await openByHand(house.agent(W, 's'));
    slow.stream.pause();
    const before = process.memoryUsage().external + process.memoryUsage().arrayBuffers;
    // 40 MB: far beyond what the operating system keeps.
    for (let count = 0; count < 2_000; count += 1) {
      house.feed.commit(W, 'cnv_1', bigLabels());
      if (count % 20 === 0) await until(() => quick.cursors.length >= count - 100, 'the quick one keeps up');
    }
    await until(() => quick.cursors.length === 2_000, 'the quick one has all');
    // On a slow machine the quick one falls behind now and then, and is brought up at once.
    await until(() => house.gateway.stats().live === 1, 'only the quick one is live');
    expect(house.gateway.stats()).toEqual({ sockets: 2, live: 1, workspaces: 1 });
    const grown = process.memoryUsage().external + process.memoryUsage().arrayBuffers - before;
    expect(grown).toBeLessThan(30_000_000);
    slow.stream.resume();
    await until(() => house.gateway.stats().live === 2, 'the slow one is live again', 15_000);
    const told = (): (string | undefined)[] =>
      [...slow.text().matchAll(/"cursor":"([\d.]+)","type"/g)].map(([, cursor]) => cursor);
    await until(() => told().length >= 2_000, 'it has read all', 15_000);
    expect(told()).toEqual(house.feed.cursors(W));
  }, 60_000);

  it('is cut when it takes nothing for too long', async () => {
    house = await openHouse({ limits: { bufferBytes: 100_000, stallSeconds: 0.5 } });
    const slow = await openByHand(house.agent(W, 's'));
    slow.stream.pause();
    for (let count = 0; count < 1_000; count += 1) {
      house.feed.commit(W, 'cnv_1', bigLabels());
      if (count % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await until(
      () => house.telemetry.some(({ kind, reason }) => kind === 'cut' && reason === 'too_slow'),
      'cut',
      15_000,
    );
    await until(() => house.gateway.stats().sockets === 0, 'gone', 5_000);
  }, 40_000);
});
