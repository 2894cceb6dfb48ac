import { afterEach, expect, it } from 'vitest';
import { type Heard, type House, listen, openHouse, until } from './support/open-house.js';

let house: House;
afterEach(() => house.stop());

it('S-WS-3: two workspaces of three agents each, 10,000 facts: each hears all of its own and none of the other', async () => {
  house = await openHouse();
  const workspaces = ['wsp_one', 'wsp_two'];
  const heard = new Map<string, Heard[]>();
  for (const workspaceId of workspaces) {
    const sockets = ['a', 'b', 'c'].map((agentId) =>
      house.connect({ token: house.agent(workspaceId, agentId) }),
    );
    heard.set(workspaceId, sockets.map(listen));
    // Rooms are not joined by asking.
    for (const socket of sockets) {
      (socket as unknown as { emit(name: string, ...args: unknown[]): void }).emit(
        'join',
        'w:wsp_one',
        () => {},
      );
    }
  }
  await until(
    () => [...heard.values()].flat().every(({ caughtUp }) => caughtUp.length === 1),
    'all are live',
  );
  for (let count = 0; count < 10_000; count += 1) {
    house.feed.commit(workspaces[count % 2] ?? '', `cnv_${count % 2}_${count % 50}`);
    if (count % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  for (const workspaceId of workspaces) {
    const all = house.feed.cursors(workspaceId);
    for (const one of heard.get(workspaceId) ?? []) {
      await until(() => one.cursors.length >= all.length, 'all of them');
      expect(one.cursors).toEqual(all);
      const foreign = one.facts.filter(
        (fact) => fact.type !== 'labels.changed' || fact.data.labels[0] !== workspaceId,
      );
      expect(foreign).toEqual([]);
    }
  }
}, 60_000);
