import fc from 'fast-check';
import { afterEach, expect, it } from 'vitest';
import { COMMANDS } from '../../../src/contract/socket.js';
import { attempt, type House, listen, openHouse, type TestSocket, until } from './support/open-house.js';

let house: House;
afterEach(() => house.stop());

const W = 'wsp_one';

it('S-WS-7: 100,000 random packets leave the process alive and the others served', async () => {
  house = await openHouse({ limits: { commandsPerSecond: 1e9, commandBurst: 1e9 } });
  const bystander = house.connect({ token: house.agent(W, 'bob') });
  const heard = listen(bystander);
  await until(() => heard.caughtUp.length === 1, 'live');
  const failures: unknown[] = [];
  const note = (error: unknown): void => {
    failures.push(error);
  };
  process.on('uncaughtException', note);
  process.on('unhandledRejection', note);

  const input = fc.oneof(
    fc.json().map((text) => text),
    fc
      .record({ conversationId: fc.anything(), message: fc.anything(), token: fc.anything() })
      .map((value) => jsonOf(value)),
  );
  const packet = fc.oneof(
    {
      weight: 5,
      arbitrary: fc
        .tuple(
          fc.constantFrom(...Object.keys(COMMANDS), 'x', 'error', 'connect', '__proto__'),
          input,
          fc.option(fc.nat(99)),
        )
        .map(([name, json, id]) => `42${id ?? ''}${JSON.stringify([name]).slice(0, -1)},${json}]`),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(
          fc.constantFrom(
            '40',
            '41',
            '42',
            '43',
            '44',
            '45',
            '46',
            '4',
            '2',
            '3',
            '1',
            '0',
            '6',
            '5',
            '7',
            '42["x"',
            '42/admin,',
            '451-',
          ),
          fc.string(),
        )
        .map((parts) => parts.join('')),
    },
    { weight: 1, arbitrary: fc.string({ maxLength: 300 }) },
  );
  const packets = fc.sample(packet, { numRuns: 20_000, seed: 7 });
  const token = house.agent(W, 'mal');
  let sent = 0;
  const attacker = async (from: number): Promise<void> => {
    let socket: TestSocket | undefined;
    for (let index = 0; index < 25_000; index += 1) {
      if (!socket?.connected) {
        socket?.disconnect();
        socket = house.connect({ token });
        await attempt(socket);
      }
      sent += 1;
      // Below the client's own encoding: whatever the bytes are, they go out as they are.
      const { ws } = socket.io.engine.transport as unknown as {
        ws?: { send(data: string, done: () => void): void; readyState: number };
      };
      if (ws?.readyState === 1) ws.send(packets[(from + index) % packets.length] ?? '', () => {});
      if (index % 40 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    socket?.disconnect();
  };
  await Promise.all([0, 5_000, 10_000, 15_000].map(attacker));
  expect(sent).toBe(100_000);
  house.feed.commit(W, 'cnv_1');
  await until(() => heard.cursors.length === 1, 'the bystander is served');
  process.off('uncaughtException', note);
  process.off('unhandledRejection', note);
  expect(failures).toEqual([]);
  expect(house.desk.replies).toEqual([]);
}, 120_000);

function jsonOf(value: unknown): string {
  try {
    return (
      JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner)) ??
      'null'
    );
  } catch {
    return '{}';
  }
}
