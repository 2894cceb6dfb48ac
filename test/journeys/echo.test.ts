import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../../src/sandbox/index.js';
import { type House, openHouse } from '../support/house.js';
import { onEachDatabase } from '../support/test-database.js';
import { waitFor } from '../support/wait-for.js';

const OWN = /^message\.(queued|sent|delivered|read)$/u;

/** Every way in which WotNot may bring our own words back. */
const ECHOES: { how: string; fault: (Omit<Fault, 'do'> & Fault) | undefined }[] = [
  { how: 'with its id, after the answer', fault: undefined },
  { how: 'without an id', fault: { do: 'echo-without-id' } },
  { how: 'before the answer', fault: { do: 'echo-first' } },
  { how: 'late', fault: { do: 'echo-delay', ms: 400 } },
  { how: 'never', fault: { do: 'echo-none' } },
];

describe('what we said never comes back as news', () => {
  onEachDatabase((kind) => {
    let house: House;
    beforeAll(async () => {
      house = await openHouse({ database: kind });
    });
    afterAll(() => house?.close());

    it.each(ECHOES)('when the echo comes $how', async ({ fault }) => {
      const { visitor, conversationId } = await house.arriveAndFind('hello');
      if (fault !== undefined) await house.plant({ ...fault, conversationId: visitor.id });
      const words = ['One fern', 'Two ferns', 'Two ferns'];
      for (const text of words)
        await house.ada.conversations.sendMessage(conversationId, { type: 'text', text });
      await house.settle();
      if (fault?.do === 'echo-delay') {
        await waitFor('the late echoes', async () => {
          const told = (await house.webhooks()).filter((event) => event.conversationId === visitor.id);
          return told.filter(({ type, state }) => type === 'message' && state === 'delivered').length === 4;
        });
        await house.settle();
      }
      await house.clearFaults();
      expect(await visitor.heard()).toEqual(words);
      const { data } = await house.program.conversations.events(conversationId, { limit: 200 });
      const told = data.filter(({ type }) => type.startsWith('message.'));
      expect(told.filter(({ type }) => type === 'message.received')).toHaveLength(1);
      expect(told.filter(({ type }) => type === 'message.sent')).toHaveLength(3);
      expect(told.filter(({ type }) => type !== 'message.received').every(({ type }) => OWN.test(type))).toBe(
        true,
      );
    });

    it('an agent who answers in WotNot’s own screen is news, even with words that were just ours', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('hello');
      await house.ada.conversations.sendMessage(conversationId, { type: 'text', text: 'Certainly' });
      await house.settle();
      await house.act(visitor.id, 'message', { text: 'Certainly', by: 'ada@fern.example' });
      await house.settle();
      const { data } = await house.program.conversations.events(conversationId, { limit: 200 });
      const received = data.flatMap((fact) => (fact.type === 'message.received' ? [fact.data.message] : []));
      expect(received.map(({ text }) => text)).toEqual(['hello', 'Certainly']);
      expect(received[1]?.author).toMatchObject({ type: 'agent', email: 'ada@fern.example' });
    });

    it.each(['accept-then-drop', 'accept-then-500'] as const)(
      'F43, F45: %s: the echo settles it, the visitor has one message and nobody is asked',
      async (fault) => {
        const { visitor, conversationId } = await house.arriveAndFind('hello');
        await house.plant({ do: fault, operation: 'send-message', conversationId: visitor.id, times: 1 });
        await house.ada.conversations.sendMessage(conversationId, { type: 'text', text: 'lost answer' });
        await house.ada.conversations.sendMessage(conversationId, { type: 'text', text: 'next' });
        await house.settle();
        await house.clearFaults();
        expect(await visitor.heard()).toEqual(['lost answer', 'next']);
        const { data } = await house.program.conversations.events(conversationId, { limit: 200 });
        const types = data.map(({ type }) => type);
        expect(types.filter((type) => type === 'message.sent')).toHaveLength(2);
        expect(types).not.toContain('message.uncertain');
        expect(types.filter((type) => type === 'message.received')).toHaveLength(1);
      },
    );

    it('F43: sent again because its echo was late: both echoes are its own, and neither is news', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('hello');
      await house.settle();
      const strikes = { conversationId: visitor.id, times: 1 };
      await house.plant({ do: 'accept-then-drop', operation: 'send-message', ...strikes });
      await house.plant({ do: 'echo-delay', ms: 3_500, ...strikes });
      await house.ada.conversations.sendMessage(conversationId, { type: 'text', text: 'late echo' });
      await waitFor('the second sending', async () => (await visitor.heard()).length === 2);
      await waitFor('both echoes', async () => {
        const told = (await house.webhooks()).filter((event) => event.conversationId === visitor.id);
        return told.filter(({ type, state }) => type === 'message' && state === 'delivered').length === 3;
      });
      await house.settle();
      await house.clearFaults();
      const { data } = await house.program.conversations.events(conversationId, { limit: 200 });
      const received = data.flatMap((fact) =>
        fact.type === 'message.received' ? [fact.data.message.text] : [],
      );
      expect(received).toEqual(['hello']);
      expect(data.filter(({ type }) => type === 'message.sent')).toHaveLength(1);
    });

    it('F43: neither an answer nor an echo, where echoes are usual: it is sent again, and says that it may be a repeat', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('hello');
      await house.settle();
      const strikes = { conversationId: visitor.id, times: 1 };
      await house.plant({ do: 'accept-then-drop', operation: 'send-message', ...strikes });
      await house.plant({ do: 'echo-none', ...strikes });
      const { id } = await house.ada.conversations.sendMessage(conversationId, {
        type: 'text',
        text: 'twice?',
      });
      await house.ada.conversations.sendMessage(conversationId, { type: 'text', text: 'behind it' });
      await house.settle();
      await house.clearFaults();
      expect(await visitor.heard()).toEqual(['twice?', 'twice?', 'behind it']);
      const { data } = await house.program.conversations.events(conversationId, { limit: 200 });
      const sent = data.find((fact) => fact.type === 'message.sent' && fact.data.message.id === id);
      expect(sent?.type === 'message.sent' && sent.data.message.flags).toContain('possibleDuplicate');
    });

    it('F43: the same, where the workspace wants to be asked: the agent is asked, and nothing is sent again', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('hello');
      await house.settle();
      expect(await house.program.workspace.read()).toMatchObject({ uncertainPolicy: 'by_echo' });
      expect(await house.program.workspace.change({ uncertainPolicy: 'ask' })).toMatchObject({
        uncertainPolicy: 'ask',
      });
      try {
        const strikes = { conversationId: visitor.id, times: 1 };
        await house.plant({ do: 'accept-then-drop', operation: 'send-message', ...strikes });
        await house.plant({ do: 'echo-none', ...strikes });
        const message = await house.ada.conversations.sendMessage(conversationId, {
          type: 'text',
          text: 'once?',
        });
        await waitFor('the question', async () => {
          const { data } = await house.program.conversations.events(conversationId, { limit: 200 });
          return data.some(({ type }) => type === 'message.uncertain');
        });
        const asked = (await house.deliveries('uncertain')).find(({ messageId }) => messageId === message.id);
        expect(await visitor.heard()).toEqual(['once?']);
        await house.program.deliveries.resolve(asked?.id ?? '', 'delivered');
        await house.settle();
        expect(await visitor.heard()).toEqual(['once?']);
      } finally {
        await house.clearFaults();
        await house.program.workspace.change({ uncertainPolicy: 'by_echo' });
      }
    });
  });
});
