import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type House, openHouse } from '../support/house.js';
import type { Screen } from '../support/screen.js';
import { ADA } from '../support/tenancy.js';
import { onEachDatabase } from '../support/test-database.js';

describe('a message crosses the house', () => {
  onEachDatabase((kind) => {
    let house: House;
    let screen: Screen;
    beforeAll(async () => {
      house = await openHouse({ database: kind });
      screen = await house.openScreen();
    });
    afterAll(() => house?.close());

    it('what the visitor writes is on the agent’s screen', async () => {
      const visitor = await house.arrive({ name: 'Vera', text: 'Is my fern alive?' });
      const fact = await screen.until(
        'message.received',
        ({ data }) => data.message.text === 'Is my fern alive?',
      );
      expect(fact.data.message.author.type).toBe('contact');
      expect(fact.conversation?.externalConversationId).toBe(visitor.id);
      expect(fact.conversation?.contact.name).toBe('Vera');
    });

    it('what an agent answers reaches the visitor in order, and comes back to no screen as news', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('hello');
      const words = ['Good morning', 'Your fern is well', 'ok', 'ok', 'Anything else?'];
      for (const text of words)
        await house.ada.conversations.sendMessage(conversationId, { type: 'text', text });
      await house.settle();
      expect(await visitor.heard()).toEqual(words);
      expect(
        (await visitor.see()).messages
          .filter(({ from }) => from === 'agent')
          .map(({ agent }) => agent?.email),
      ).toEqual(words.map(() => ADA.email));
      const page = await house.program.conversations.events(conversationId, { limit: 200 });
      const types = page.data.map(({ type }) => type);
      expect(types.filter((type) => type === 'message.received')).toHaveLength(1);
      expect(types.filter((type) => type === 'message.sent')).toHaveLength(words.length);
      expect(page.data.map(({ seq }) => seq)).toEqual(page.data.map((_fact, index) => index + 1));
    });

    it('a reply in a conversation that the bot holds takes it over first', async () => {
      const visitor = await house.arrive({ human: false, text: 'hours' });
      const conversationId = await house.conversationOf(visitor);
      await house.settle();
      expect((await visitor.see()).assignee.type).toBe('bot');
      await house.ada.conversations.sendMessage(conversationId, { type: 'text', text: 'We open at nine.' });
      await house.settle();
      expect(await visitor.heard()).toEqual(['We open at nine.']);
      expect((await visitor.see()).assignee).toMatchObject({ type: 'agent', email: ADA.email });
      const operations = (await house.requests())
        .filter((request) => request.conversationId === visitor.id)
        .map(({ operation }) => operation);
      expect(operations.slice(-2)).toEqual(['assign-user', 'send-message']);
      expect(await house.deliveries('dead')).toEqual([]);
    });

    it('F52: the same webhook a hundred times at once is shown once', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('once');
      await house.settle();
      const event = {
        event: {
          type: 'message',
          payload: {
            message: { id: 'm-hundred', type: 'text', text: '<p>said once</p>' },
            message_by: { type: 'visitor' },
            created_at: '2026-11-22T10:00:00.000000',
          },
        },
        conversation: { key: visitor.id },
        visitor: { key: visitor.visitorKey },
      };
      const statuses = await Promise.all(Array.from({ length: 100 }, () => house.webhook([event])));
      expect(new Set(statuses)).toEqual(new Set([200]));
      await house.settle();
      const { data } = await house.program.conversations.events(conversationId, { limit: 200 });
      const shown = data.filter(
        (fact) => fact.type === 'message.received' && fact.data.message.text === 'said once',
      );
      expect(shown).toHaveLength(1);
      await screen.until('message.received', (fact) => fact.data.message.text === 'said once');
      expect(screen.heard(conversationId).filter((text) => text === 'said once')).toHaveLength(1);
    });

    it('two honest messages with the same words stay two', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('first');
      await visitor.write('ok');
      await visitor.write('ok');
      await house.settle();
      const { data } = await house.program.conversations.events(conversationId, { limit: 200 });
      const words = data.flatMap((fact) =>
        fact.type === 'message.received' ? [fact.data.message.text] : [],
      );
      expect(words).toEqual(['first', 'ok', 'ok']);
    });

    it('no customer’s word is in the log', () => {
      for (const word of ['Is my fern alive', 'Your fern is well', 'said once', 'Vera']) {
        expect(house.log.filter((line) => line.includes(word))).toEqual([]);
      }
    });
  });
});
