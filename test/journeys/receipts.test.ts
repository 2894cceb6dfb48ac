import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { receiptEventKeys } from '../../src/wotnot/index.js';
import { type House, openHouse } from '../support/house.js';
import type { Screen } from '../support/screen.js';
import type { Tenancy } from '../support/tenancy.js';
import { onEachDatabase } from '../support/test-database.js';
import { waitFor } from '../support/wait-for.js';

/** A visitor with the chat page open, past the bot. */
async function openPage(place: Tenancy) {
  const ask = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${place.sandboxUrl}/chat/api/conversations${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await response.json()) as { id: string; messages: { id: string; text?: string }[] };
  };
  const { id } = await ask('POST', '', {});
  await ask('POST', `/${id}/messages`, { text: 'a human, please' });
  return {
    conversationId: await place.conversationOf({ id }),
    texts: async () => (await ask('GET', `/${id}`)).messages.map(({ text }) => text),
    /** The page has shown all that there is; read: with somebody before it. */
    show: async (isRead: boolean) => {
      const ids = (await ask('GET', `/${id}`)).messages.map((message) => message.id);
      await ask('POST', `/${id}/seen`, { ids, isRead });
    },
  };
}

describe('what becomes of a message', () => {
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
    const settingsOf = async (place: Tenancy) =>
      (await place.program.connections.read(place.connectionId)).settings;
    const aboutReceipts = async (place: Tenancy) =>
      (await place.program.connections.check(place.connectionId)).findings.find(({ what }) =>
        /read or failed|“Sent”/u.test(what),
      );

    it('is asked for when the webhook is registered, and the check knows', async () => {
      expect(await settingsOf(house)).toMatchObject({
        receiptEvents: expect.arrayContaining(['message_status']),
      });
      expect(await aboutReceipts(house)).toMatchObject({ ok: true });
    });

    it('is told as the visitor’s page shows it: sent, delivered, read', async () => {
      const page = await openPage(house);
      const { id } = await say(page.conversationId, 'Here I am');
      const isIt = ({ data }: { data: { message: { id: string } } }) => data.message.id === id;
      const sent = await screen.until('message.sent', isIt);
      await house.settle();
      expect(sent.data.message.deliveredAt).toBeUndefined();
      await page.show(false);
      const delivered = await screen.until('message.delivered', isIt);
      expect(delivered.data.message).toMatchObject({ state: 'sent', deliveredAt: expect.any(String) });
      expect(delivered.data.message.readAt).toBeUndefined();
      await page.show(true);
      const read = await screen.until('message.read', isIt);
      expect(read.data.message).toMatchObject({ state: 'sent', readAt: expect.any(String) });
    });

    it('is told where no page is open too', async () => {
      const { conversationId } = await house.arriveAndFind('hello');
      const { id } = await say(conversationId, 'You have it');
      const delivered = await screen.until('message.delivered', ({ data }) => data.message.id === id);
      expect(delivered.data.message).toMatchObject({ state: 'sent', deliveredAt: expect.any(String) });
    });

    it('says that the channel has failed, and why, after it was sent', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('hello');
      await house.plant({ do: 'undeliverable', conversationId: visitor.id, times: 1 });
      const { id } = await say(conversationId, 'into the void');
      const failed = await screen.until('message.failed', ({ data }) => data.message.id === id);
      expect(failed.data.failure).toMatchObject({
        code: 'not_delivered',
        message: 'The channel cannot reach the contact.',
      });
      await house.settle();
      const { data } = await house.program.conversations.events(conversationId, { limit: 200 });
      const own = data.flatMap((fact) =>
        'message' in fact.data && fact.data.message?.id === id ? [fact.type] : [],
      );
      expect(own).toEqual(['message.queued', 'message.sent', 'message.failed']);
      expect(await visitor.heard()).toEqual([]);
    });

    const failByChannel = async (text: string, behind: string) => {
      const { visitor, conversationId } = await house.arriveAndFind('hello');
      await house.plant({ do: 'undeliverable', conversationId: visitor.id, times: 1 });
      const { id } = await say(conversationId, text);
      await say(conversationId, behind);
      const failed = await screen.until('message.failed', ({ data }) => data.message.id === id);
      await house.settle();
      const { deliveryId, externalMessageId } = failed.data.message;
      return { visitor, conversationId, id, deliveryId: deliveryId ?? '', externalMessageId };
    };
    const messageOf = async (conversationId: string, id: string) =>
      (await house.program.conversations.events(conversationId, { limit: 200 })).data
        .flatMap(({ data }) => ('message' in data && data.message?.id === id ? [data.message] : []))
        .at(-1);

    it('what the channel has failed is sent again when an agent says so: once, behind what came after it, marked late', async () => {
      const { visitor, conversationId, id, deliveryId, externalMessageId } = await failByChannel(
        'into the void',
        'not held up',
      );
      expect(await visitor.heard()).toEqual(['not held up']);
      await house.ada.deliveries.redrive(deliveryId);
      await expect(house.ada.deliveries.redrive(deliveryId)).rejects.toMatchObject({
        code: 'delivery_not_dead',
      });
      await screen.until('message.delivered', ({ data }) => data.message.id === id);
      // What the channel says once more of the first sending is no word on the second.
      const late = { message_id: externalMessageId, status: 'failed', created_at: new Date().toISOString() };
      const event = { event: { type: 'message_status', payload: late }, conversation: { key: visitor.id } };
      expect(await house.webhook([event])).toBe(200);
      await house.settle();
      expect(await visitor.heard()).toEqual(['not held up', 'into the void']);
      const message = await messageOf(conversationId, id);
      expect(message).toMatchObject({ state: 'sent', flags: ['late'], deliveredAt: expect.any(String) });
      expect(message?.failure).toBeUndefined();
      expect(message?.externalMessageId).not.toBe(externalMessageId);
      // It has arrived: there is nothing to send again.
      await expect(house.ada.deliveries.redrive(deliveryId)).rejects.toMatchObject({
        code: 'delivery_not_dead',
      });
    });

    it('it may fail once more, and be sent once more', async () => {
      const { visitor, conversationId, id, deliveryId } = await failByChannel('stubborn', 'easy');
      await house.plant({ do: 'undeliverable', conversationId: visitor.id, times: 1 });
      const failures = () =>
        screen.facts.filter((fact) => fact.type === 'message.failed' && fact.data.message.id === id);
      await house.ada.deliveries.redrive(deliveryId);
      await waitFor('it to fail again', () => failures().length === 2);
      await house.settle();
      await house.ada.deliveries.redrive(deliveryId);
      await house.settle();
      expect(await visitor.heard()).toEqual(['easy', 'stubborn']);
      expect(await messageOf(conversationId, id)).toMatchObject({ state: 'sent', flags: ['late'] });
    });

    it('of two agents who send it again at the same time one does', async () => {
      const { visitor, deliveryId } = await failByChannel('both of us', 'between');
      const answers = await Promise.allSettled([
        house.ada.deliveries.redrive(deliveryId),
        house.grace.deliveries.redrive(deliveryId),
        house.program.deliveries.redrive(deliveryId),
      ]);
      expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      await house.settle();
      expect(await visitor.heard()).toEqual(['between', 'both of us']);
    });

    it('the first message of a conversation that we have started is said again in it, and begins no other', async () => {
      await house.plant({ do: 'undeliverable', times: 1 });
      const { id, messageId, deliveryId } = await house.ada.conversations.start({
        channel: 'SMS',
        from: '11231231230',
        to: { phone: '+15557770001', name: 'Rosa' },
        message: { type: 'text', text: 'Your order is ready.' },
      });
      await screen.until('message.failed', ({ data }) => data.message.id === messageId);
      await house.settle();
      const started = (await house.requests('create-conversation')).length;
      await house.ada.deliveries.redrive(deliveryId);
      await screen.until('message.delivered', ({ data }) => data.message.id === messageId);
      await house.settle();
      expect(await house.requests('create-conversation')).toHaveLength(started);
      expect(await messageOf(id, messageId)).toMatchObject({ state: 'sent', flags: ['late'] });
      const { externalConversationId } = await house.ada.conversations.read(id);
      const there = await fetch(`${house.sandboxUrl}/sandbox/conversations/${externalConversationId}`);
      const { messages } = (await there.json()) as { messages: { text: string; receipt: string }[] };
      expect(messages.map(({ text, receipt }) => [text, receipt])).toEqual([
        ['Your order is ready.', 'failed'],
        ['Your order is ready.', 'delivered'],
      ]);
    });

    it('what an agent did not send again after all can be sent: late, and perhaps twice', async () => {
      const place = await house.addTenancy();
      const placeScreen = await place.openScreen();
      await place.plant({ do: 'echo-none' });
      const { visitor, conversationId } = await place.arriveAndFind('hello');
      await place.settle();
      await place.plant({ do: 'accept-then-drop', operation: 'send-message', times: 1 });
      const { id } = await place.ada.conversations.sendMessage(conversationId, {
        type: 'text',
        text: 'perhaps',
      });
      await placeScreen.until('message.uncertain', ({ data }) => data.message.id === id);
      const [asked] = await place.deliveries('uncertain');
      const deliveryId = asked?.id ?? '';
      await place.ada.deliveries.resolve(deliveryId, 'cancel');
      await place.ada.deliveries.redrive(deliveryId);
      await expect(place.ada.deliveries.redrive(deliveryId)).rejects.toMatchObject({
        code: 'delivery_not_dead',
      });
      const sent = await placeScreen.until('message.sent', ({ data }) => data.message.id === id);
      expect(sent.data.message.flags).toEqual(['late', 'possibleDuplicate']);
      expect(await visitor.heard()).toEqual(['perhaps', 'perhaps']);
    });

    it('what has failed because its connection was removed says so', async () => {
      const place = await house.addTenancy();
      const placeScreen = await place.openScreen();
      const { conversationId } = await place.arriveAndFind('hello');
      await place.settle();
      await place.program.connections.disconnect(place.connectionId);
      const { id } = await place.ada.conversations.sendMessage(conversationId, {
        type: 'text',
        text: 'too late',
      });
      const failed = await placeScreen.until('message.failed', ({ data }) => data.message.id === id);
      await expect(place.ada.deliveries.redrive(failed.data.message.deliveryId ?? '')).rejects.toMatchObject({
        code: 'connection_disconnected',
      });
    });

    it('a failure that comes between the echo and the answer is not undone by the answer', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('hello');
      await house.settle();
      const strikes = { conversationId: visitor.id, times: 1 } as const;
      await house.plant({ do: 'undeliverable', ...strikes });
      await house.plant({ do: 'echo-first', ...strikes });
      await house.plant({ do: 'delay', ms: 1_500, after: true, operation: 'send-message', ...strikes });
      const { id } = await say(conversationId, 'fast failure');
      await screen.until('message.failed', ({ data }) => data.message.id === id);
      expect(await house.deliveries('sending')).toHaveLength(1);
      await house.settle();
      expect(await messageOf(conversationId, id)).toMatchObject({
        state: 'failed',
        failure: { code: 'not_delivered' },
      });
    });

    it('a WotNot that takes no such name is told of the eight events, says so, and is asked anew with the next token', async () => {
      const place = await house.addTenancy();
      const placeScreen = await place.openScreen();
      const { connections } = place.program;
      const refusal = { do: 'answer', code: 'INVALID_DATA', operation: 'set-webhook' } as const;
      await connections.change(place.connectionId, { settings: { receiptEvents: null } });
      await place.plant({ ...refusal, times: 1 });
      await place.plant({ ...refusal, skip: 1, times: receiptEventKeys.length });
      const rotated = await connections.rotateWebhookToken(place.connectionId);
      await place.clearFaults();
      expect(rotated.registered).toEqual({
        outcome: 'registered',
        notice: expect.stringContaining('receipts'),
      });
      expect(rotated.connection.settings).toMatchObject({ receiptEvents: [] });
      expect(await aboutReceipts(place)).toMatchObject({ hint: expect.stringContaining('receiptEvents') });
      const { visitor, conversationId } = await place.arriveAndFind('hello');
      const speak = (text: string) =>
        place.ada.conversations.sendMessage(conversationId, { type: 'text', text });
      const first = await speak('nobody tells');
      await placeScreen.until('message.sent', ({ data }) => data.message.id === first.id);
      await place.settle();
      expect(await visitor.heard()).toEqual(['nobody tells']);
      const told = (await place.webhooks()).map(({ type }) => type);
      expect(told).toContain('assignee_change');
      expect(told).not.toContain('message_status');

      const again = await connections.rotateWebhookToken(place.connectionId);
      expect(again.registered).toEqual({ outcome: 'registered' });
      expect(await aboutReceipts(place)).toMatchObject({ ok: true });
      const second = await speak('it is told');
      await placeScreen.until('message.delivered', ({ data }) => data.message.id === second.id);
      await waitFor('the visitor to have it', async () => (await visitor.heard()).length === 2);
    });
  });
});
