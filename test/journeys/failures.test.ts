import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type House, openHouse } from '../support/house.js';
import type { Screen } from '../support/screen.js';
import { onEachDatabase } from '../support/test-database.js';
import { waitFor } from '../support/wait-for.js';

describe('failures have four answers', () => {
  onEachDatabase((kind) => {
    let house: House;
    let screen: Screen;
    beforeAll(async () => {
      house = await openHouse({ database: kind });
      screen = await house.openScreen();
    });
    afterAll(() => house?.close());
    const say = (conversationId: string, text: string) =>
      house.ada.conversations.sendMessage(conversationId, { type: 'text', text });

    it('retryable: a line that is cut is tried again, in order, and holds only its own lane', async () => {
      const sick = await house.arriveAndFind('hello');
      const well = await house.arriveAndFind('hello');
      await house.plant({ do: 'refuse', path: sick.visitor.id, times: 1 });
      await say(sick.conversationId, 'one');
      await say(sick.conversationId, 'two');
      await say(well.conversationId, 'meanwhile');
      await waitFor('the other conversation', async () => (await well.visitor.heard()).length === 1);
      expect(await sick.visitor.heard()).toEqual([]);
      await house.settle();
      await house.clearFaults();
      expect(await sick.visitor.heard()).toEqual(['one', 'two']);
    });

    it('F40: 429 with Retry-After is waited for, and the order stays', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('hello');
      const headers = { 'Retry-After': '1' };
      await house.plant({ do: 'answer', status: 429, headers, conversationId: visitor.id, times: 1 });
      const from = performance.now();
      await say(conversationId, 'patience');
      await say(conversationId, 'is a virtue');
      await house.settle();
      await house.clearFaults();
      expect(performance.now() - from).toBeGreaterThanOrEqual(1_000);
      expect(await visitor.heard()).toEqual(['patience', 'is a virtue']);
    });

    it('credential: 401 pauses the connection, uses nothing up, and all flows in order once it is resumed', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('hello');
      const other = await house.arriveAndFind('hello');
      await house.settle();
      await house.plant({ do: 'answer', code: 'UNAUTHORIZED', operation: 'send-message' });
      await say(conversationId, 'first');
      const paused = await screen.until('connection.paused');
      expect(paused.data.connectionId).toBe(house.connectionId);
      await say(conversationId, 'second');
      await say(other.conversationId, 'elsewhere');
      await waitFor('nothing to be on its way', async () => (await house.deliveries('sending')).length === 0);
      expect((await house.deliveries('waiting')).map(({ attempts }) => attempts)).toEqual([0, 0, 0]);
      expect((await house.program.connections.read(house.connectionId)).status).toBe('paused');
      // What comes in goes on.
      await visitor.write('are you there?');
      await screen.until('message.received', ({ data }) => data.message.text === 'are you there?');
      await house.clearFaults();
      await house.program.connections.resume(house.connectionId);
      await screen.until('connection.resumed');
      await house.settle();
      expect(await visitor.heard()).toEqual(['first', 'second']);
      expect(await other.visitor.heard()).toEqual(['elsewhere']);
    });

    it('F41: permanent: a dead letter at once, visible in its place, and the lane goes on; redriven it goes, marked late', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('hello');
      await house.plant({ do: 'answer', code: 'CONTACT_IS_BLOCKED', conversationId: visitor.id, times: 1 });
      const dead = await say(conversationId, 'refused');
      await say(conversationId, 'not held up');
      const failed = await screen.until('message.failed', ({ data }) => data.message.id === dead.id);
      expect(failed.data.failure?.code).toBe('CONTACT_IS_BLOCKED');
      await house.settle();
      await house.clearFaults();
      expect(await visitor.heard()).toEqual(['not held up']);
      const letters = (await house.deliveries('dead')).filter(
        (letter) => letter.conversationId === conversationId,
      );
      expect(letters).toMatchObject([
        { messageId: dead.id, attempts: 1, reason: { code: 'CONTACT_IS_BLOCKED' } },
      ]);
      await house.program.deliveries.redrive(letters[0]?.id ?? '');
      await expect(house.program.deliveries.redrive(letters[0]?.id ?? '')).rejects.toMatchObject({
        code: 'delivery_not_dead',
      });
      const sent = await screen.until('message.sent', ({ data }) => data.message.id === dead.id);
      expect(sent.data.message.flags).toContain('late');
      await house.settle();
      expect(await visitor.heard()).toEqual(['not held up', 'refused']);
    });

    it('a contact who is blocked and a conversation closed meanwhile give dead letters, no retries', async () => {
      const blocked = await house.arriveAndFind('hello');
      await house.block(blocked.visitor.visitorKey);
      const first = await say(blocked.conversationId, 'to a blocked contact');
      await screen.until('message.failed', ({ data }) => data.message.id === first.id);

      const closed = await house.arriveAndFind('hello');
      await house.settle();
      // The bridge is not told: the news of it is late.
      await house.plant({ do: 'webhook-delay', ms: 1_500, event: 'status', times: 1 });
      await house.act(closed.visitor.id, 'close');
      const second = await say(closed.conversationId, 'too late');
      const failed = await screen.until('message.failed', ({ data }) => data.message.id === second.id);
      expect(failed.data.failure?.code).toBe('CONVERSATION_CLOSED');
      await house.settle();
      await house.clearFaults();
      expect(await closed.visitor.heard()).toEqual([]);
    });

    it('uncertain: where no echo is known the agent is asked, the lane goes on, and the answer is carried out', async () => {
      const quiet = await house.addTenancy();
      const quietScreen = await quiet.openScreen();
      await quiet.plant({ do: 'echo-none' });
      const { visitor, conversationId } = await quiet.arriveAndFind('hello');
      const ask = async (text: string) => {
        await quiet.plant({ do: 'accept-then-drop', operation: 'send-message', times: 1 });
        const message = await quiet.ada.conversations.sendMessage(conversationId, { type: 'text', text });
        await quietScreen.until('message.uncertain', ({ data }) => data.message.id === message.id);
        return message;
      };
      const arrived = await ask('a');
      const again = await ask('b');
      const dropped = await ask('c');
      await quiet.ada.conversations.sendMessage(conversationId, { type: 'text', text: 'd' });
      await quiet.settle();
      expect(await visitor.heard()).toEqual(['a', 'b', 'c', 'd']);
      const deliveryOf = async (messageId: string): Promise<string> =>
        (await quiet.deliveries('uncertain')).find((delivery) => delivery.messageId === messageId)?.id ?? '';
      await quiet.ada.deliveries.resolve(await deliveryOf(arrived.id), 'delivered');
      await quiet.ada.deliveries.resolve(await deliveryOf(again.id), 'resend');
      await quiet.ada.deliveries.resolve(await deliveryOf(dropped.id), 'cancel');
      await quietScreen.until('message.sent', ({ data }) => data.message.id === arrived.id);
      const resent = await quietScreen.until('message.sent', ({ data }) => data.message.id === again.id);
      expect(resent.data.message.flags).toContain('possibleDuplicate');
      await quietScreen.until('message.failed', ({ data }) => data.message.id === dropped.id);
      await quiet.settle();
      expect(await visitor.heard()).toEqual(['a', 'b', 'c', 'd', 'b']);
      expect(await quiet.deliveries('uncertain')).toEqual([]);
    });
  });
});
