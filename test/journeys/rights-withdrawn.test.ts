import { io } from 'socket.io-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBridgeClient } from '../../src/client/index.js';
import type { Fact } from '../../src/contract/facts.js';
import { type House, openHouse } from '../support/house.js';
import type { Screen } from '../support/screen.js';
import { onEachDatabase } from '../support/test-database.js';
import { waitFor } from '../support/wait-for.js';

/** What is promised: at once where it is told, and within this time in any case. */
const CUT_SECONDS = 5;

interface Line {
  token: string;
  /** Whom it stands for, by its id. */
  id: string;
}

/** A socket that does nothing by itself: it neither leaves when it is told to, nor comes back. */
interface Stubborn {
  facts: Fact[];
  signedOut: string[];
  isConnected(): boolean;
  close(): void;
}

describe('rights that are withdrawn while a socket is live', () => {
  onEachDatabase((kind) => {
    let house: House;
    let ada: Screen;
    beforeAll(async () => {
      house = await openHouse({ database: kind });
      ada = await house.openScreen();
    });
    afterAll(() => house?.close());

    let made = 0;
    const newAgent = async (): Promise<Line> => {
      const { id } = await house.program.agents.create({
        email: `leaver${(made += 1)}@fern.example`,
        name: 'Leaver',
      });
      const { url } = await house.program.agents.createSignInLink(id);
      const code = new URLSearchParams(new URL(url ?? '').hash.slice(1)).get('code') ?? '';
      const client = createBridgeClient({ baseUrl: house.url });
      const { token } = await client.session.exchangeCode(code);
      client.stop();
      return { id, token };
    };
    const newKey = async (): Promise<Line> => {
      const { id, key } = await house.program.keys.create({ name: 'short-lived', scopes: ['desk'] });
      return { id, token: key ?? '' };
    };
    const connect = async (token: string): Promise<Stubborn> => {
      const socket = io(house.url, {
        forceNew: true,
        reconnection: false,
        transports: ['websocket'],
        auth: { token },
      });
      const facts: Fact[] = [];
      const signedOut: string[] = [];
      let isLive = false;
      socket.on('fact', (fact: Fact) => facts.push(fact));
      socket.on('signed-out', ({ code }: { code: string }) => signedOut.push(code));
      socket.on('caught-up', () => {
        isLive = true;
      });
      await waitFor('the socket to be live', () => isLive);
      return { facts, signedOut, isConnected: () => socket.connected, close: () => socket.disconnect() };
    };
    const refusalOf = (token: string): Promise<string> =>
      new Promise((resolve) => {
        const socket = io(house.url, {
          forceNew: true,
          reconnection: false,
          transports: ['websocket'],
          auth: { token },
        });
        const answer = (what: string): void => {
          socket.close();
          resolve(what);
        };
        socket.once('connect', () => answer('admitted'));
        socket.once('connect_error', (error: Error & { data?: { code?: string } }) =>
          answer(error.data?.code ?? error.message),
        );
      });

    const ways: [how: string, make: () => Promise<Line>, withdraw: (id: string) => Promise<unknown>][] = [
      ['an agent who is disabled', newAgent, (id) => house.program.agents.disable(id)],
      ['a key that is revoked', newKey, (id) => house.program.keys.revoke(id)],
      [
        'an agent who is disabled where nobody tells of it',
        newAgent,
        (id) => house.app.database.prisma.$executeRaw`UPDATE agents SET disabled_at = now() WHERE id = ${id}`,
      ],
      [
        'a key that is revoked where nobody tells of it',
        newKey,
        (id) =>
          house.app.database.prisma.$executeRaw`UPDATE api_keys SET revoked_at = now() WHERE id = ${id}`,
      ],
    ];

    it.each(ways)(
      'S-TEN-9: %s is cut off within 5 s, is told nothing more and is not let in again',
      async (_how, make, withdraw) => {
        const { visitor, conversationId } = await house.arriveAndFind('hello');
        const { id, token } = await make();
        const [one, two] = [await connect(token), await connect(token)];
        await visitor.write('before');
        for (const { facts } of [one, two])
          await waitFor('it to be told', () => facts.some(({ type }) => type === 'message.received'));
        await house.settle();

        const from = performance.now();
        await withdraw(id);
        await waitFor('both to be cut off', () => !one.isConnected() && !two.isConnected(), 2 * CUT_SECONDS);
        expect(performance.now() - from).toBeLessThan(CUT_SECONDS * 1_000);
        const heard = [one.facts.length, two.facts.length];
        await house.ada.conversations.addNote(conversationId, { text: 'not for who has left' });
        await visitor.write('afterwards');
        await ada.until('note.added', (fact) => fact.conversationId === conversationId);
        await ada.until(
          'message.received',
          (fact) => fact.conversationId === conversationId && fact.data.message.text === 'afterwards',
        );
        await house.settle();
        expect([one.facts.length, two.facts.length]).toEqual(heard);
        expect(JSON.stringify([one.facts, two.facts])).not.toMatch(/not for who has left|afterwards/u);
        expect([one.signedOut, two.signedOut]).toEqual([['token_invalid'], ['token_invalid']]);
        expect(await refusalOf(token)).toBe('token_invalid');
        // Whoever still may goes on undisturbed.
        expect(ada.feed.state).toBe('live');
        for (const socket of [one, two]) socket.close();
      },
    );

    it('everybody of a workspace that is disabled is cut off within 5 s; what comes in is kept, and there once it is enabled', async () => {
      const tenancy = await house.addTenancy();
      const { visitor, conversationId } = await tenancy.arriveAndFind('hello');
      const socket = await connect(tenancy.apiKey);
      const entered = await house.app.installation.enterWorkspace(tenancy.workspaceId);
      if (entered.outcome !== 'entered') throw new Error('the workspace is not there');
      const from = performance.now();
      await house.app.installation.disableWorkspace(entered.principal);
      await waitFor('it to be cut off', () => !socket.isConnected(), 2 * CUT_SECONDS);
      expect(performance.now() - from).toBeLessThan(CUT_SECONDS * 1_000);
      expect(await refusalOf(tenancy.apiKey)).toBe('token_invalid');
      await expect(tenancy.program.conversations.read(conversationId)).rejects.toMatchObject({
        code: 'token_invalid',
      });
      await visitor.write('while it was disabled');
      expect(ada.feed.state).toBe('live');
      await house.app.installation.enableWorkspace(entered.principal);
      await waitFor('what came in', async () => {
        const { data } = await tenancy.program.conversations.events(conversationId, { limit: 200 });
        return JSON.stringify(data).includes('while it was disabled');
      });
      socket.close();
      await tenancy.leave();
    });

    it('what is written while an agent is being disabled is told to it up to there, and nothing behind a gap', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('hello');
      const { id, token } = await newAgent();
      const socket = await connect(token);
      let goesOn = true;
      const writing = (async () => {
        for (let n = 0; goesOn; n += 1) await visitor.write(`word ${n}`);
      })();
      try {
        await waitFor('some of it to be told', () => socket.facts.length > 5);
        await house.program.agents.disable(id);
        await waitFor('it to be cut off', () => !socket.isConnected(), CUT_SECONDS);
      } finally {
        goesOn = false;
        await writing;
      }
      await visitor.write('the last word');
      await house.settle();
      const { lastSeq } = await house.ada.conversations.read(conversationId);
      const seqs = socket.facts.flatMap((fact) => (fact.conversationId === conversationId ? [fact.seq] : []));
      expect(seqs).toEqual(seqs.map((_seq, n) => (seqs[0] ?? 0) + n));
      expect(seqs.at(-1)).toBeLessThan(lastSeq);
      socket.close();
    });
  });
});
