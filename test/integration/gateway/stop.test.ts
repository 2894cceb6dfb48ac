import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { attempt, type House, listen, openHouse, until } from './support/open-house.js';

let house: House;
afterEach(() => house.server.closeAllConnections());

const W = 'wsp_one';

it('stops with sockets live, catching up and polling, and leaves nothing behind', async () => {
  house = await openHouse();
  for (let count = 0; count < 3_000; count += 1) house.feed.commit(W, 'cnv_1');
  const live = house.connect({ token: house.agent(W, 'a') });
  const polling = house.connect({ token: house.agent(W, 'b') }, { transports: ['polling'] });
  const heard = [live, polling].map(listen);
  await until(() => heard.every(({ caughtUp }) => caughtUp.length === 1), 'live');
  house.feed.delay = () => 20;
  const behind = house.connect({ token: house.agent(W, 'c'), cursor: '0.0' });
  await attempt(behind);
  const gone = Promise.all([live, polling, behind].map((socket) => once(socket as never, 'disconnect')));
  const begun = performance.now();
  await house.gateway.stop();
  await gone;
  expect(performance.now() - begun).toBeLessThan(1_500);
  expect(house.gateway.stats()).toEqual({ sockets: 0, live: 0, workspaces: 0 });
  const { reads } = house.feed;
  house.nudge('facts', [W]);
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  expect(house.feed.reads).toBe(reads);
  await new Promise((resolve) => house.server.close(resolve));
});

it('lets nobody in while it stops, and closes a client that does not answer', async () => {
  house = await openHouse();
  const socket = house.connect({ token: house.agent(W, 'a') });
  await attempt(socket);
  // The client reads no more: it will not answer the closing.
  (socket.io.engine.transport as unknown as { ws: { pause(): void } }).ws.pause();
  await house.gateway.stop();
  expect(await attempt(house.connect({ token: house.agent(W, 'b') }))).toMatchObject({ outcome: 'refused' });
  await new Promise((resolve) => {
    house.server.close(resolve);
    house.server.closeIdleConnections();
  });
  socket.disconnect();
});
