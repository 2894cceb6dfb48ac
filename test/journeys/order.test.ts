import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBridgeClient } from '../../src/client/index.js';
import { type House, openHouse } from '../support/house.js';
import { onEachDatabase } from '../support/test-database.js';

const AGENTS = 30;
const CONVERSATIONS = 10;
const REPLIES = 3;

describe('order', () => {
  onEachDatabase((kind) => {
    let house: House;
    beforeAll(async () => {
      house = await openHouse({ database: kind });
    });
    afterAll(() => house?.close());

    it('thirty agents answer in ten conversations at once: each conversation in the order of its numbers, each reply once', async () => {
      const places = await Promise.all(
        Array.from({ length: CONVERSATIONS }, (_none, n) => house.arriveAndFind(`question ${n}`)),
      );
      const agents = await Promise.all(
        Array.from({ length: AGENTS }, async (_none, n) => {
          const agent = await house.program.agents.create({
            email: `agent${n}@fern.example`,
            name: `Agent ${n}`,
          });
          const { url } = await house.program.agents.createSignInLink(agent.id);
          const client = createBridgeClient({ baseUrl: house.url });
          await client.session.exchangeCode(decodeURIComponent(url?.split('#code=')[1] ?? ''));
          return client;
        }),
      );
      await Promise.all(
        agents.map(async (agent, a) => {
          for (let n = 0; n < REPLIES; n += 1) {
            const { conversationId } = places[(a + n) % CONVERSATIONS] ?? { conversationId: '' };
            await agent.conversations.sendMessage(conversationId, { type: 'text', text: `${a}.${n}` });
          }
        }),
      );
      await house.settle(60);
      let total = 0;
      for (const { visitor, conversationId } of places) {
        const { data } = await house.program.conversations.events(conversationId, { limit: 200 });
        const accepted = data.flatMap((fact) =>
          fact.type === 'message.queued' ? [fact.data.message.text] : [],
        );
        expect(await visitor.heard()).toEqual(accepted);
        expect(data.map(({ seq }) => seq)).toEqual(data.map((_fact, index) => index + 1));
        total += accepted.length;
      }
      expect(total).toBe(AGENTS * REPLIES);
      for (const agent of agents) agent.stop();
    });

    it('visitors who all write at once are told in the order in which each of them wrote', async () => {
      const screen = await house.openScreen();
      const places = await Promise.all(
        Array.from({ length: CONVERSATIONS }, (_none, n) => house.arriveAndFind(`hello ${n}`)),
      );
      await Promise.all(
        places.map(async ({ visitor }) => {
          for (let n = 0; n < 15; n += 1) await visitor.write(`line ${n}`);
        }),
      );
      await house.settle(60);
      for (const [index, { conversationId }] of places.entries()) {
        await screen.until(
          'message.received',
          (fact) => fact.conversationId === conversationId && fact.data.message.text === 'line 14',
        );
        expect(screen.heard(conversationId)).toEqual([
          `hello ${index}`,
          ...Array.from({ length: 15 }, (_none, n) => `line ${n}`),
        ]);
      }
      screen.feed.stop();
    });

    it('F65: closing and replying race: whoever loses is told why, and the visitor has what was accepted before', async () => {
      for (let round = 0; round < 5; round += 1) {
        const { visitor, conversationId } = await house.arriveAndFind('race');
        const answers = await Promise.allSettled([
          house.ada.conversations.sendMessage(conversationId, { type: 'text', text: 'a' }),
          house.grace.conversations.close(conversationId),
          house.ada.conversations.sendMessage(conversationId, { type: 'text', text: 'b' }),
        ]);
        for (const answer of answers) {
          if (answer.status === 'rejected')
            expect(answer.reason).toMatchObject({ code: 'conversation_closed' });
        }
        await house.settle();
        const { data } = await house.program.conversations.events(conversationId, { limit: 200 });
        const queued = data.flatMap((fact) => (fact.type === 'message.queued' ? [fact.data.message.id] : []));
        const ended = data.flatMap((fact) =>
          fact.type === 'message.sent' || fact.type === 'message.failed' ? [fact.data.message.id] : [],
        );
        expect([...ended].sort()).toEqual([...queued].sort());
        expect((await visitor.see()).status).toBe('closed');
      }
    });
  });
});
