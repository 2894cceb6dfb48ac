import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { type Heard, type House, listen, openHouse, type TestSocket, until } from './support/open-house.js';

let house: House;
afterEach(() => house.stop());

const W = 'wsp_one';

describe('catching up from a cursor', () => {
  it('starts from now without a cursor, and tells where that is', async () => {
    house = await openHouse();
    house.feed.commit(W, 'cnv_1');
    const heard = listen(house.connect({ token: house.agent(W, 'ada') }));
    await until(() => heard.caughtUp.length === 1, 'caught up');
    expect(heard.caughtUp).toEqual(house.feed.cursors(W));
    house.feed.commit(W, 'cnv_1');
    await until(() => heard.cursors.length === 1, 'the live fact');
    expect(heard.cursors).toEqual(house.feed.cursors(W).slice(1));
    expect(heard.facts[0]).toMatchObject({ type: 'labels.changed', conversationId: 'cnv_1', seq: 2 });
  });

  it('tells more than a page of what was missed, in order, then says that it is live', async () => {
    house = await openHouse();
    for (let count = 0; count < 950; count += 1) house.feed.commit(W, `cnv_${count % 7}`);
    const all = house.feed.cursors(W);
    const heard = listen(house.connect({ token: house.agent(W, 'ada'), cursor: all[9] }));
    await until(() => heard.caughtUp.length === 1, 'caught up');
    expect(heard.cursors).toEqual(all.slice(10));
    expect(heard.caughtUp).toEqual([all.at(-1)]);
  });

  it.each(['nonsense', '1', '-1.2', '999999999.1', '1.2.3', "1.1'--"])(
    'starts afresh when the cursor is %s',
    async (cursor) => {
      house = await openHouse();
      house.feed.commit(W, 'cnv_1');
      const heard = listen(house.connect({ token: house.agent(W, 'ada'), cursor }));
      await until(() => heard.caughtUp.length === 1, 'caught up');
      expect(heard.afresh).toEqual(house.feed.cursors(W));
      house.feed.commit(W, 'cnv_1');
      await until(() => heard.cursors.length === 1, 'the live fact');
    },
  );

  it('starts afresh for everyone when the database was restored under us', async () => {
    house = await openHouse();
    const heard = listen(house.connect({ token: house.agent(W, 'ada') }));
    await until(() => heard.caughtUp.length === 1, 'caught up');
    house.feed.restored = true;
    house.feed.commit(W, 'cnv_1');
    await until(() => heard.afresh.length > 0, 'start afresh');
  });

  it('starts afresh a socket that is further behind than the limit', async () => {
    house = await openHouse({ limits: { catchUpFacts: 300 } });
    for (let count = 0; count < 1_000; count += 1) house.feed.commit(W, 'cnv_1');
    const heard = listen(house.connect({ token: house.agent(W, 'ada'), cursor: '0.0' }));
    await until(() => heard.caughtUp.length === 1, 'caught up');
    expect(heard.afresh).toHaveLength(1);
    expect(heard.cursors.length).toBeLessThanOrEqual(600);
  });

  it('holds back what an older transaction may still precede, and tells both in order', async () => {
    house = await openHouse();
    const heard = listen(house.connect({ token: house.agent(W, 'ada') }));
    await until(() => heard.caughtUp.length === 1, 'caught up');
    const older = house.feed.begin();
    house.feed.commit(W, 'cnv_2');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(heard.cursors).toEqual([]);
    older.append(W, 'cnv_1');
    older.commit();
    await until(() => heard.cursors.length === 2, 'both');
    expect(heard.cursors).toEqual(house.feed.cursors(W));
  });

  it('finds by its sweep what no nudge told of', async () => {
    house = await openHouse({ deps: { nudges: { on: () => () => {} } } });
    const heard = listen(house.connect({ token: house.agent(W, 'ada') }));
    await until(() => heard.caughtUp.length === 1, 'caught up');
    house.feed.commit(W, 'cnv_1');
    await until(() => heard.cursors.length === 1, 'the fact', 2_500);
  });

  it('goes on when the database was away for a moment', async () => {
    house = await openHouse();
    const heard = listen(house.connect({ token: house.agent(W, 'ada') }));
    await until(() => heard.caughtUp.length === 1, 'caught up');
    const { readAfter } = house.feed;
    house.feed.readAfter = () => Promise.reject(new Error('gone'));
    house.feed.commit(W, 'cnv_1');
    const late = listen(house.connect({ token: house.agent(W, 'bob'), cursor: '0.0' }));
    await until(() => house.telemetry.some(({ kind }) => kind === 'failed'), 'told of');
    house.feed.readAfter = readAfter;
    await until(() => heard.cursors.length === 1 && late.cursors.length === 1, 'both told');
    await until(() => late.caughtUp.length === 1, 'the late one is live');
  });

  it('leaves out a fact that cannot be presented, tells of it, and goes on', async () => {
    house = await openHouse();
    const heard = listen(house.connect({ token: house.agent(W, 'ada') }));
    await until(() => heard.caughtUp.length === 1, 'caught up');
    house.feed.commit(W, 'cnv_1', { data: { labels: 'of the wrong type' } });
    house.feed.commit(W, 'cnv_1');
    await until(() => heard.cursors.length === 1, 'the good one');
    expect(heard.cursors).toEqual(house.feed.cursors(W).slice(1));
    expect(house.telemetry.filter(({ kind }) => kind === 'failed')).toHaveLength(1);
  });

  it('F62, promise 10: over random commits, held transactions and lost connections every client hears every fact once, in order', async () => {
    house = await openHouse();
    const action = fc.oneof(
      {
        weight: 6,
        arbitrary: fc.record({
          do: fc.constant('commit' as const),
          conversation: fc.nat(3),
          facts: fc.integer({ min: 1, max: 5 }),
        }),
      },
      {
        weight: 2,
        arbitrary: fc.record({
          do: fc.constant('begin' as const),
          conversation: fc.nat(3),
          facts: fc.integer({ min: 1, max: 3 }),
        }),
      },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('end' as const) }) },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('drop' as const), client: fc.nat(2) }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('pause' as const), milliseconds: fc.nat(4) }) },
    );
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(action, { minLength: 20, maxLength: 60 }),
        fc.array(fc.nat(3), { minLength: 5, maxLength: 20 }),
        async (actions, delays) => {
          run += 1;
          const workspaceId = `wsp_run_${run}`;
          let turn = 0;
          house.feed.delay = () => delays[turn++ % delays.length] ?? 0;
          const clients = await Promise.all(
            [0, 1, 2].map((index) => createReconnecting(workspaceId, `agent${index}`)),
          );
          const open: { commit(): void }[] = [];
          for (const step of actions) {
            switch (step.do) {
              case 'commit':
              case 'begin': {
                const transaction = house.feed.begin();
                for (let count = 0; count < step.facts; count += 1)
                  transaction.append(workspaceId, `cnv_${step.conversation}`);
                if (step.do === 'commit') transaction.commit();
                else open.push(transaction);
                break;
              }
              case 'end':
                open.shift()?.commit();
                break;
              case 'drop':
                clients[step.client]?.drop();
                break;
              case 'pause':
                await new Promise((resolve) => setTimeout(resolve, step.milliseconds));
            }
          }
          for (const transaction of open) transaction.commit();
          const all = house.feed.cursors(workspaceId);
          for (const client of clients) {
            await until(
              () => client.heard.cursors.length >= all.length,
              `all ${all.length} facts, ${client.heard.cursors.length} so far`,
              5_000,
            );
            expect(client.heard.cursors).toEqual(all);
            client.end();
          }
        },
      ),
      { numRuns: 60, endOnFailure: true },
    );
  }, 90_000);
});

/** Comes back with its last cursor whenever it is dropped. */
async function createReconnecting(
  workspaceId: string,
  agentId: string,
): Promise<{ heard: Heard; drop(): void; end(): void }> {
  const token = house.agent(workspaceId, agentId);
  let socket: TestSocket;
  let heard: Heard = { facts: [], cursors: [], caughtUp: [], afresh: [], signedOut: [] };
  const total: Heard = heard;
  const open = (cursor: string): void => {
    socket = house.connect({ token, cursor });
    const mine = socket;
    heard = listen(mine);
    // What arrives after the drop is not heard: the connection is gone for this client.
    mine.on('fact', (fact) => {
      if (mine === socket) total.cursors.push(fact.cursor);
    });
    mine.on('start-afresh', ({ cursor: at }) => total.afresh.push(at));
  };
  open('0.0');
  return {
    heard: total,
    drop() {
      const old = socket;
      open(total.cursors.at(-1) ?? '0.0');
      old.disconnect();
    },
    end: () => socket.disconnect(),
  };
}
