import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import {
  type BridgeClient,
  type BridgeFeed,
  createBridgeClient,
  type FeedState,
} from '../../../src/client/index.js';
import { type House, openHouse, until } from './support/open-house.js';

const W = 'wsp_one';
let house: House;
let clients: BridgeClient[] = [];
let cable: Cable | undefined;
afterEach(async () => {
  for (const client of clients) client.stop();
  clients = [];
  await cable?.close();
  cable = undefined;
  await house.stop();
});

interface Cable {
  url: string;
  /** Breaks every connection that runs through it. */
  cut(): void;
  close(): Promise<void>;
}

/** A cable between client and bridge that can be pulled. */
async function layCable(to: string): Promise<Cable> {
  const { hostname, port } = new URL(to);
  const pairs = new Set<Socket>();
  const { createServer: createRelay } = await import('node:net');
  const relay = createRelay((near) => {
    const far = connect(Number(port), hostname);
    for (const end of [near, far]) {
      pairs.add(end);
      end.on('error', () => {});
      end.on('close', () => pairs.delete(end));
    }
    near.pipe(far);
    far.pipe(near);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  const cut = (): void => {
    for (const end of pairs) end.destroy();
  };
  return {
    url: `http://127.0.0.1:${(relay.address() as AddressInfo).port}`,
    cut,
    close: () => {
      cut();
      return new Promise((resolve) => relay.close(() => resolve()));
    },
  };
}

function follow(baseUrl: string, token: string, more: { cursor?: string } = {}) {
  const client = createBridgeClient({ baseUrl, token });
  clients.push(client);
  const cursors: string[] = [];
  const states: FeedState[] = [];
  const feed: BridgeFeed = client.connectFeed({
    ...more,
    onFact: (fact) => cursors.push(fact.cursor),
    onState: (state) => states.push(state),
  });
  return { client, feed, cursors, states };
}

describe('the client on a real gateway', () => {
  it('follows the feed and carries out commands', async () => {
    house = await openHouse();
    house.desk.known.set(W, new Set(['cnv_1']));
    const { feed, cursors, states } = follow(house.url, house.agent(W, 'ada'));
    const sent = await feed.command('message:send', {
      conversationId: 'cnv_1',
      message: { type: 'text', text: 'hi' },
    });
    expect(sent.message.text).toBe('hi');
    house.feed.commit(W, 'cnv_1');
    await until(() => cursors.length === 1, 'the fact');
    expect(states).toEqual(['catching-up', 'live']);
    expect(feed.cursor).toBe(house.feed.cursors(W).at(-1));
    await expect(feed.command('conversation:watch', { conversationId: 'cnv_2' })).rejects.toMatchObject({
      name: 'BridgeError',
      code: 'not_found',
    });
  });

  it('F62: hears every fact once, in order, over a cable that is pulled again and again', async () => {
    house = await openHouse();
    cable = await layCable(house.url);
    const { cursors, states } = follow(cable.url, house.agent(W, 'ada'), { cursor: '0.0' });
    for (let round = 0; round < 8; round += 1) {
      for (let count = 0; count < 40; count += 1) {
        house.feed.commit(W, `cnv_${count % 3}`);
        if (count === 20) cable.cut();
        if (count % 5 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      }
      await until(() => cursors.length >= (round + 1) * 20, 'it came back', 10_000);
    }
    const all = house.feed.cursors(W);
    await until(() => cursors.length >= all.length, 'all of them', 10_000);
    expect(cursors).toEqual(all);
    expect(states).toContain('reconnecting');
  }, 60_000);

  it('F62: 200 agents whose bridge restarts are back within 5 s', async () => {
    house = await openHouse();
    cable = await layCable(house.url);
    const followers = Array.from({ length: 200 }, (_, index) =>
      follow(cable?.url ?? '', house.agent(W, `a${index}`)),
    );
    await until(() => followers.every(({ feed }) => feed.state === 'live'), 'all live', 20_000);
    const begun = Date.now();
    cable.cut();
    house.feed.commit(W, 'cnv_1');
    await until(() => followers.every(({ cursors }) => cursors.length === 1), 'all are back', 10_000);
    expect(Date.now() - begun).toBeLessThan(5_000);
  }, 60_000);

  it('a message is carried out once, in its order, however often the acknowledgement is lost', async () => {
    house = await openHouse();
    house.desk.known.set(W, new Set(['cnv_1']));
    cable = await layCable(house.url);
    const pulled = cable;
    const { feed } = follow(pulled.url, house.agent(W, 'ada'));
    await until(() => feed.state === 'live', 'live');
    let lost = 0;
    house.desk.beforeReply = async () => {
      lost += 1;
      if (lost <= 3) {
        // Carried out on this side, unheard of on the other.
        pulled.cut();
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    const texts = ['one', 'two', 'three'];
    await Promise.all(
      texts.map((text) =>
        feed.command('message:send', { conversationId: 'cnv_1', message: { type: 'text', text } }),
      ),
    );
    expect(house.desk.replies.map(({ text }) => text)).toEqual(texts);
  }, 30_000);

  it('is signed out when the agent is revoked, tries no more, and comes back with a new session', async () => {
    house = await openHouse();
    const token = house.agent(W, 'ada');
    const { client, feed, cursors } = follow(house.url, token);
    await until(() => feed.state === 'live', 'live');
    house.tokens.delete(token);
    house.nudge('access', [W]);
    await until(() => feed.state === 'signed-out', 'signed out');
    await expect(
      feed.command('conversation:unwatch', { conversationId: 'x' }, { retrySeconds: 0.1 }),
    ).rejects.toMatchObject({ name: 'BridgeError' });
    const refusals = house.telemetry.filter(({ kind }) => kind === 'refused').length;
    house.feed.commit(W, 'cnv_1');
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(house.telemetry.filter(({ kind }) => kind === 'refused')).toHaveLength(refusals);
    client.session.resume({ token: house.agent(W, 'ada') });
    await until(() => cursors.length === 1, 'it goes on where it was');
  });

  it('hands a renewed token to the living connection before the old one ends', async () => {
    house = await openHouse({ limits: { sweepSeconds: 0.1 } });
    const rest: Server = createServer((request, response) => {
      request.resume();
      const expiresAt = new Date(Date.now() + 60_000).toISOString();
      response.writeHead(200, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ token: house.agent(W, 'ada', 60), expiresAt }));
    });
    await new Promise<void>((resolve) => rest.listen(0, '127.0.0.1', resolve));
    const old = house.agent(W, 'ada', 1.2);
    const socketsUrl = house.url;
    const client = createBridgeClient({
      baseUrl: socketsUrl,
      token: { token: old },
      fetchToken: async () => {
        const answer = await fetch(`http://127.0.0.1:${(rest.address() as AddressInfo).port}/`);
        return (await answer.json()) as { token: string; expiresAt: string };
      },
    });
    clients.push(client);
    const states: FeedState[] = [];
    const feed = client.connectFeed({ onFact: () => {}, onState: (state) => states.push(state) });
    await until(() => feed.state === 'live', 'live');
    await client.session.renew();
    await new Promise((resolve) => setTimeout(resolve, 1_600));
    expect(states).toEqual(['catching-up', 'live']);
    rest.closeAllConnections();
    await new Promise((resolve) => rest.close(resolve));
  });

  it('begins when a code is exchanged after the feed was asked for', async () => {
    house = await openHouse();
    const client = createBridgeClient({ baseUrl: house.url });
    clients.push(client);
    const feed = client.connectFeed({ onFact: () => {} });
    await until(() => feed.state === 'signed-out', 'there is no token');
    client.session.resume({ token: house.agent(W, 'ada') });
    await until(() => feed.state === 'live', 'live');
  });

  it('stops for good, with nothing left that could come back', async () => {
    house = await openHouse();
    const { client, feed } = follow(house.url, house.agent(W, 'ada'));
    await until(() => feed.state === 'live', 'live');
    client.stop();
    expect(feed.state).toBe('stopped');
    await until(() => house.gateway.stats().sockets === 0, 'gone');
    await expect(
      feed.command('conversation:close', { conversationId: 'x' }, { timeoutSeconds: 0.05 }),
    ).rejects.toMatchObject({ name: 'BridgeError' });
  });
});

it('a random story of commits and pulled cables is heard exactly', async () => {
  house = await openHouse();
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('commit', 'commit', 'commit', 'cut', 'pause'), {
        minLength: 10,
        maxLength: 30,
      }),
      async (steps) => {
        run += 1;
        const workspaceId = `wsp_${run}`;
        const line = await layCable(house.url);
        const { cursors, client } = follow(line.url, house.agent(workspaceId, 'ada'), { cursor: '0.0' });
        for (const step of steps) {
          if (step === 'commit') house.feed.commit(workspaceId, 'cnv_1');
          else if (step === 'cut') line.cut();
          else await new Promise((resolve) => setTimeout(resolve, 15));
        }
        const all = house.feed.cursors(workspaceId);
        await until(() => cursors.length >= all.length, 'all of them', 15_000);
        expect(cursors).toEqual(all);
        client.stop();
        await line.close();
      },
    ),
    { numRuns: 12, endOnFailure: true },
  );
}, 60_000);
