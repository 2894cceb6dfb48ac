import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type House, openHouse } from '../../support/house.js';
import { onEachDatabase } from '../../support/test-database.js';
import type { Visitor } from '../../support/visitor.js';
import { waitFor } from '../../support/wait-for.js';

describe('a receipt that overtakes the answer to its message', () => {
  onEachDatabase((kind) => {
    let house: House;
    beforeAll(async () => {
      house = await openHouse({ database: kind });
    });
    afterEach(() => house?.clearFaults());
    afterAll(() => house?.close());

    const arrive = async () => {
      const there = await house.arriveAndFind('hello');
      await house.settle();
      return there;
    };
    const receipt = async (visitor: Visitor, messageId: string, status: string) => {
      const event = { type: 'message_status', payload: { message_id: messageId, status } };
      const body = { event, conversation: { key: visitor.id }, visitor: { key: visitor.visitorKey } };
      expect(await house.webhook([body])).toBe(200);
    };
    /** Says something whose answer takes long and whose echo tells nothing. @returns its id outside */
    const sayUnanswered = async (visitor: Visitor, conversationId: string, text: string): Promise<string> => {
      await house.plant({ do: 'echo-none' });
      await house.plant({ do: 'delay', ms: 2_500, after: true, operation: 'send-message', times: 1 });
      await house.ada.conversations.sendMessage(conversationId, { type: 'text', text });
      return waitFor(
        'it to be there',
        async () => (await visitor.see()).messages.find((message) => message.text === text)?.id,
      );
    };
    const facts = async (conversationId: string) =>
      (await house.program.conversations.events(conversationId, { limit: 200 })).data;
    const named = async (conversationId: string, text: string) =>
      (await facts(conversationId)).flatMap(({ type, data }) =>
        'message' in data && data.message?.text === text ? [{ type, message: data.message }] : [],
      );
    const isUnanswered = async () => (await house.deliveries('sending')).length === 1;

    it('is kept until the answer tells its id, and then shown once, behind the sending', async () => {
      const { visitor, conversationId } = await arrive();
      const id = await sayUnanswered(visitor, conversationId, 'fast');
      await receipt(visitor, id, 'delivered');
      await receipt(visitor, id, 'read');
      expect(await isUnanswered()).toBe(true);
      await house.settle();
      const seen = await named(conversationId, 'fast');
      const own = seen.filter(({ type }) =>
        ['message.sent', 'message.delivered', 'message.read'].includes(type),
      );
      expect(own.map(({ type }) => type)).toEqual(['message.sent', 'message.delivered', 'message.read']);
      expect(own.at(-1)?.message).toMatchObject({
        externalMessageId: id,
        state: 'sent',
        deliveredAt: expect.any(String),
        readAt: expect.any(String),
      });
    });

    it('a failure that overtakes it is not lost either', async () => {
      const { visitor, conversationId } = await arrive();
      const id = await sayUnanswered(visitor, conversationId, 'into the void');
      await receipt(visitor, id, 'failed');
      await house.settle();
      const seen = await named(conversationId, 'into the void');
      expect(seen.at(-1)).toMatchObject({
        type: 'message.failed',
        message: { state: 'failed', failure: { code: 'not_delivered' } },
      });
    });

    it('holds nothing up: what the contact writes meanwhile is shown at once', async () => {
      const { visitor, conversationId } = await arrive();
      const id = await sayUnanswered(visitor, conversationId, 'slow');
      await receipt(visitor, id, 'delivered');
      await visitor.write('and another thing');
      await waitFor('it to be shown', async () =>
        (await named(conversationId, 'and another thing')).some(({ type }) => type === 'message.received'),
      );
      expect(await isUnanswered()).toBe(true);
      await house.settle();
      expect((await named(conversationId, 'slow')).map(({ type }) => type)).toContain('message.delivered');
    });

    it('one of a message that is none of ours is let go once ours has its id', async () => {
      const { visitor, conversationId } = await arrive();
      await sayUnanswered(visitor, conversationId, 'mine');
      await receipt(visitor, 'somebody-elses', 'delivered');
      await house.settle();
      const waiting = await house.program.inboundEvents.list({ state: 'recorded' });
      expect(waiting.data).toEqual([]);
      const [mine] = (await named(conversationId, 'mine')).slice(-1);
      expect(mine?.message.externalMessageId).not.toBe('somebody-elses');
    });

    it('where the answer is lost, the echo tells', async () => {
      const { visitor, conversationId } = await arrive();
      await house.plant({ do: 'accept-then-drop', operation: 'send-message', times: 1 });
      await house.plant({ do: 'echo-delay', ms: 400, times: 1 });
      await house.ada.conversations.sendMessage(conversationId, { type: 'text', text: 'unheard of' });
      const id = await waitFor(
        'it to be there',
        async () => (await visitor.see()).messages.find(({ text }) => text === 'unheard of')?.id,
      );
      await receipt(visitor, id, 'delivered');
      await house.settle();
      const last = (await named(conversationId, 'unheard of')).at(-1);
      expect(last?.message).toMatchObject({ state: 'sent', deliveredAt: expect.any(String) });
    });
  });
});
