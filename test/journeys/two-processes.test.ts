import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { App } from '../../src/app.js';
import { type BridgeClient, createBridgeClient } from '../../src/client/index.js';
import { freePort } from '../support/free-port.js';
import { type House, houseEnv, openApp, openHouse } from '../support/house.js';
import { openScreen } from '../support/screen.js';

describe.skipIf(inject('postgresUrl') === null)('two bridges share one PostgreSQL server', () => {
  const secretKey = { SECRET_KEY: randomBytes(32).toString('base64') };
  let house: House;
  let second: App;
  let there: BridgeClient;
  beforeAll(async () => {
    house = await openHouse({ database: 'server', env: secretKey });
    const env = { ...houseEnv, ...house.database.env, ...secretKey, PORT: String(await freePort()) };
    second = (await openApp(env)).app;
    const { url } = await second.start();
    there = createBridgeClient({ baseUrl: url, token: house.ada.session.held?.token ?? '' });
  });
  afterAll(async () => {
    there?.stop();
    await second?.stop();
    await house?.close();
  });

  it('a screen at one sees what arrives at the other, once and in order', async () => {
    const screen = openScreen(there);
    await screen.live();
    const { visitor, conversationId } = await house.arriveAndFind('line 0');
    for (let n = 1; n < 30; n += 1) await visitor.write(`line ${n}`);
    await screen.until('message.received', ({ data }) => data.message.text === 'line 29');
    await house.settle();
    expect(screen.heard(conversationId)).toEqual(Array.from({ length: 30 }, (_none, n) => `line ${n}`));
    screen.feed.stop();
  });

  it('replies accepted at both go out once each, in the order in which they were accepted', async () => {
    const { visitor, conversationId } = await house.arriveAndFind('both');
    await Promise.all(
      [house.ada, there].map(async (client, side) => {
        for (let n = 0; n < 12; n += 1)
          await client.conversations.sendMessage(conversationId, { type: 'text', text: `${side}.${n}` });
      }),
    );
    await house.settle();
    const { data } = await house.program.conversations.events(conversationId, { limit: 200 });
    const accepted = data.flatMap((fact) => (fact.type === 'message.queued' ? [fact.data.message.text] : []));
    expect(accepted).toHaveLength(24);
    expect(await visitor.heard()).toEqual(accepted);
    expect(data.filter(({ type }) => type === 'message.received')).toHaveLength(1);
  });
});
