import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSamePhone } from '../../../src/domain/starting.js';
import { type House, openHouse } from '../../support/house.js';
import { onEachDatabase } from '../../support/test-database.js';
import { waitFor } from '../../support/wait-for.js';

const SMS_FROM = '11231231230';
const WHATSAPP_FROM = '+1 123-123-123';

describe('starting a conversation', () => {
  onEachDatabase((kind) => {
    let house: House;
    let number = 1_000;
    beforeAll(async () => {
      house = await openHouse({ database: kind });
    });
    afterAll(() => house?.close());

    const newPhone = () => `+1555777${(number += 1)}`;
    const sms = (phone: string, text: string, more: object = {}) =>
      ({
        channel: 'SMS',
        from: SMS_FROM,
        to: { phone, name: 'Rosa' },
        message: { type: 'text', text },
        ...more,
      }) as const;
    const read = (id: string) => house.ada.conversations.read(id);
    const begun = (id: string) =>
      waitFor('the outside to have named it', async () => {
        const conversation = await read(id);
        return conversation.starting === undefined ? conversation : undefined;
      });
    const withPhone = async (phone: string) =>
      (await house.ada.conversations.list({ limit: 200 })).data.filter((one) => one.contact.phone === phone);
    const messages = async (id: string) =>
      (await house.ada.conversations.events(id)).data.flatMap(({ data }) =>
        'message' in data && data.message !== undefined ? [data.message] : [],
      );
    const far = async (externalId: string): Promise<{ messages: { text?: string }[] }> =>
      (await fetch(`${house.sandboxUrl}/sandbox/conversations/${externalId}`)).json() as never;
    const farConversations = async () =>
      (await (await fetch(`${house.sandboxUrl}/sandbox/conversations`)).json()) as { id: string }[];

    it('an SMS: here at once, outside with the id that its answer gives, and talked in both ways', async () => {
      const phone = newPhone();
      const started = await house.ada.conversations.start(sms(phone, 'Your order is ready.'));
      expect(started).toMatchObject({ id: expect.stringMatching(/^cnv_/), connectionId: house.connectionId });
      await house.ada.conversations.sendMessage(started.id, { type: 'text', text: 'Shall we bring it?' });
      const conversation = await begun(started.id);
      await house.settle();
      expect(await withPhone(phone)).toHaveLength(1);
      expect(conversation).toMatchObject({
        channel: 'SMS',
        status: 'open',
        contact: { phone, name: 'Rosa' },
      });
      const there = await far(conversation.externalConversationId);
      expect(there.messages.map(({ text }) => text)).toEqual(['Your order is ready.', 'Shall we bring it?']);
      await fetch(
        `${house.sandboxUrl}/sandbox/conversations/${conversation.externalConversationId}/messages`,
        {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ text: 'Yes please' }),
        },
      );
      await house.settle();
      const said = await messages(started.id);
      expect([...new Set(said.map(({ text }) => text))]).toEqual([
        'Your order is ready.',
        'Shall we bring it?',
        'Yes please',
      ]);
      expect(said.filter(({ direction }) => direction === 'out').every(({ state }) => state === 'sent')).toBe(
        true,
      );
    });

    it('a WhatsApp template with its parameters, for an agent, on a ticket', async () => {
      const phone = newPhone();
      const ticket = {
        connectionId: house.connectionId,
        externalTicketId: 'T-1',
        url: 'https://desk.example/T-1',
      };
      const { id } = await house.program.conversations.start({
        channel: 'WHATSAPP',
        from: WHATSAPP_FROM,
        to: { phone },
        message: { type: 'template', template: 'test_template', parameters: { body: ['Rosa', 'Diaz'] } },
        assignee: 'ada@fern.example',
        ticket,
      });
      const conversation = await begun(id);
      await house.settle();
      expect(conversation.ticketLinks).toMatchObject([{ externalTicketId: 'T-1', conversationId: id }]);
      expect((await read(id)).assignee).toMatchObject({ type: 'agent', email: 'ada@fern.example' });
      const there = await far(conversation.externalConversationId);
      expect(there.messages.map(({ text }) => text)).toEqual(['Hello Rosa Diaz, this is a test.']);
      expect(await withPhone(phone)).toHaveLength(1);
    });

    it('nothing is started when its ticket is linked elsewhere', async () => {
      const phone = newPhone();
      const ticket = { connectionId: house.connectionId, externalTicketId: 'T-1' };
      await expect(house.ada.conversations.start(sms(phone, 'x', { ticket }))).rejects.toMatchObject({
        status: 409,
        code: 'ticket_linked_elsewhere',
      });
      await house.settle();
      expect(await withPhone(phone)).toEqual([]);
      const asked = (await house.requests('create-conversation')).map(({ body }) => JSON.stringify(body));
      expect(asked.join()).not.toContain(phone);
    });

    it('a webhook that overtakes the answer finds the conversation that it is about', async () => {
      const phone = newPhone();
      await house.plant({ do: 'delay', ms: 2_500, after: true, operation: 'create-conversation', times: 1 });
      const { id } = await house.ada.conversations.start(sms(phone, 'overtaken'));
      await waitFor('the webhook to have come first', async () =>
        (await house.webhooks()).some(
          ({ state, event }) => state !== 'queued' && JSON.stringify(event).includes(phone),
        ),
      );
      expect(await withPhone(phone)).toMatchObject([{ id, starting: true }]);
      await begun(id);
      await house.settle();
      await house.clearFaults();
      expect(await withPhone(phone)).toMatchObject([{ id }]);
    });

    it('an event that does not tell whose it is makes a second one, which is taken in by the first', async () => {
      const phone = newPhone();
      const before = new Set((await farConversations()).map((one) => one.id));
      await house.plant({ do: 'delay', ms: 3_000, after: true, operation: 'create-conversation', times: 1 });
      await house.plant({ do: 'webhook-delay', ms: 4_000, event: 'conversation_create', times: 1 });
      const { id } = await house.ada.conversations.start(sms(phone, 'taken in'));
      const there = await waitFor('WotNot to have it', async () =>
        (await farConversations()).find((one) => !before.has(one.id)),
      );
      const payload = { message: { type: 'text', text: 'I was faster' }, message_by: { type: 'visitor' } };
      const event = { event: { type: 'message', payload }, conversation: { key: there.id } };
      expect(await house.webhook([{ ...event, visitor: { key: 'a-key-that-tells-nothing' } }])).toBe(200);
      await waitFor('a second conversation', async () =>
        (await house.ada.conversations.list({ limit: 200 })).data.some(
          (one) => one.externalConversationId === there.id && one.id !== id,
        ),
      );
      await begun(id);
      await house.clearFaults();
      await house.settle();
      const all = (await house.ada.conversations.list({ limit: 200 })).data;
      expect(all.filter((one) => one.externalConversationId === there.id)).toMatchObject([
        { id, status: 'open' },
      ]);
      expect((await messages(id)).map(({ text }) => text)).toEqual(
        expect.arrayContaining(['taken in', 'I was faster']),
      );
      const seqs = (await house.ada.conversations.events(id)).data.map(({ seq }) => seq);
      expect(seqs).toEqual(seqs.map((_, index) => index + 1));
    });

    it.each(['text', 'template'] as const)(
      'an answer that is lost is settled by the webhook, and nothing is sent or shown twice: a %s',
      async (type) => {
        const phone = newPhone();
        await house.plant({ do: 'accept-then-drop', operation: 'create-conversation', times: 1 });
        const template = {
          channel: 'WHATSAPP',
          from: WHATSAPP_FROM,
          to: { phone },
          message: { type: 'template', template: 'template_1' },
        } as const;
        const { id, messageId, deliveryId } = await house.ada.conversations.start(
          type === 'text' ? sms(phone, 'lost answer') : template,
        );
        await begun(id);
        await house.settle();
        await house.clearFaults();
        expect(await withPhone(phone)).toMatchObject([{ id }]);
        const delivered = (await house.deliveries('delivered')).find((one) => one.id === deliveryId);
        expect(delivered).toMatchObject({ state: 'delivered', attempts: 1 });
        const shown = await messages(id);
        expect([...new Set(shown.map((one) => one.id))]).toEqual([messageId]);
        expect(shown.at(-1)).toMatchObject({ state: 'sent' });
        const asked = (await house.requests('create-conversation')).filter(({ body }) =>
          JSON.stringify(body).includes(phone),
        );
        expect(asked).toHaveLength(1);
      },
    );

    it('when neither tells, the agent is asked, and it is not sent again by itself', async () => {
      const phone = newPhone();
      await house.plant({ do: 'accept-then-drop', operation: 'create-conversation', times: 1 });
      await house.plant({ do: 'webhook-drop' });
      const { id, messageId } = await house.ada.conversations.start(sms(phone, 'who knows'));
      await waitFor('the agent to be asked', async () =>
        (await messages(id)).some((one) => one.id === messageId && one.state === 'uncertain'),
      );
      await house.clearFaults();
      expect(
        (await house.requests('create-conversation')).filter(({ body }) =>
          JSON.stringify(body).includes(phone),
        ),
      ).toHaveLength(1);
      expect(await read(id)).toMatchObject({ starting: true });
    });

    /** A start whose answer and webhooks are lost, and what it is called outside. */
    const startUnseen = async (phone: string, text: string) => {
      const before = new Set((await farConversations()).map((one) => one.id));
      await house.plant({ do: 'accept-then-drop', operation: 'create-conversation', times: 1 });
      await house.plant({ do: 'webhook-drop' });
      const started = await house.ada.conversations.start(sms(phone, text));
      await waitFor('the agent to be asked', async () =>
        (await messages(started.id)).some((one) => one.id === started.messageId && one.state === 'uncertain'),
      );
      await house.clearFaults();
      const there = (await farConversations()).find((one) => !before.has(one.id));
      if (there === undefined) throw new Error('nothing was begun there');
      return { ...started, externalId: there.id };
    };
    const writeThere = (externalId: string, text: string) =>
      fetch(`${house.sandboxUrl}/sandbox/conversations/${externalId}/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ text }),
      });
    const types = async (id: string) =>
      (await house.ada.conversations.events(id)).data.map(({ type }) => type);

    it('said to be delivered, with the outside’s id, it is that conversation', async () => {
      const { id, deliveryId, messageId, externalId } = await startUnseen(newPhone(), 'called by hand');
      await house.program.deliveries.resolve(deliveryId, 'delivered', externalId);
      const conversation = await read(id);
      expect(conversation).toMatchObject({ status: 'open', externalConversationId: externalId });
      expect(conversation.starting).toBeUndefined();
      expect((await messages(id)).find((one) => one.id === messageId)).toMatchObject({ state: 'sent' });
      await writeThere(externalId, 'thank you');
      await house.ada.conversations.sendMessage(id, { type: 'text', text: 'You are welcome' });
      await house.settle();
      const there = await far(externalId);
      expect(there.messages.map(({ text }) => text)).toEqual([
        'called by hand',
        'thank you',
        'You are welcome',
      ]);
      expect((await messages(id)).map(({ text }) => text)).toContain('thank you');
    });

    it('said to be delivered without an id it starts no longer: it is closed and says why; the id mends it later', async () => {
      const { id, deliveryId, externalId } = await startUnseen(newPhone(), 'nameless');
      await house.program.deliveries.resolve(deliveryId, 'delivered');
      const nameless = await read(id);
      expect(nameless.status).toBe('closed');
      expect(nameless.starting).toBeUndefined();
      expect((await types(id)).slice(-3)).toEqual(['message.sent', 'action.failed', 'conversation.closed']);
      const why = (await house.ada.conversations.events(id)).data.find(
        ({ type }) => type === 'action.failed',
      );
      expect(why?.data).toMatchObject({
        action: 'start-conversation',
        failure: { code: 'conversation_unnamed' },
      });
      await expect(
        house.ada.conversations.sendMessage(id, { type: 'text', text: 'x' }),
      ).rejects.toMatchObject({ code: 'conversation_closed' });

      // The contact answers: that is another conversation, until somebody tells that it is this one.
      const payload = { message: { type: 'text', text: 'who is this?' }, message_by: { type: 'visitor' } };
      const event = { event: { type: 'message', payload }, conversation: { key: externalId } };
      await house.webhook([{ ...event, visitor: { key: `v-${externalId}` } }]);
      const other = await house.conversationOf({ id: externalId });
      expect(other).not.toBe(id);
      await house.settle();
      await house.program.deliveries.resolve(deliveryId, 'delivered', externalId);
      expect(await read(id)).toMatchObject({ status: 'open', externalConversationId: externalId });
      expect((await messages(id)).map(({ text }) => text)).toContain('who is this?');
      expect((await read(other)).status).toBe('closed');
      const seqs = (await house.ada.conversations.events(id)).data.map(({ seq }) => seq);
      expect(seqs).toEqual(seqs.map((_, index) => index + 1));
    });

    it('takes no id of somebody else’s conversation, and none for what is no start', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('I was here before');
      await house.settle();
      const sent = await house.ada.conversations.sendMessage(conversationId, { type: 'text', text: 'hi' });
      await house.settle();
      const { id, deliveryId } = await startUnseen(newPhone(), 'wrong number');
      await house.app.database.prisma.conversation.updateMany({
        where: { id: conversationId },
        data: { startedAt: new Date(Date.now() - 3_600_000) },
      });
      const resolve = house.program.deliveries.resolve;
      await expect(resolve(deliveryId, 'delivered', visitor.id)).rejects.toMatchObject({
        code: 'already_exists',
      });
      expect(await read(id)).toMatchObject({ starting: true });
      await expect(resolve(sent.deliveryId ?? '', 'delivered', 'abc')).rejects.toMatchObject({
        code: 'not_supported',
      });
      await expect(resolve(deliveryId, 'cancel', 'abc')).rejects.toMatchObject({ code: 'not_supported' });
      await expect(resolve(deliveryId, 'delivered', 'starting:abc')).rejects.toMatchObject({
        code: 'invalid_request',
      });
      await resolve(deliveryId, 'cancel');
    });

    it('what WotNot refuses is a visible failure; what was said behind it too; and it can be closed', async () => {
      const phone = newPhone();
      const { id, deliveryId, messageId } = await house.ada.conversations.start({
        channel: 'WHATSAPP',
        from: WHATSAPP_FROM,
        to: { phone },
        message: { type: 'template', template: 'no_such_template' },
      });
      const behind = await house.ada.conversations.sendMessage(id, { type: 'text', text: 'are you there?' });
      await house.settle();
      const failed = await messages(id);
      expect(failed.find((one) => one.id === messageId)).toMatchObject({
        state: 'failed',
        failure: { code: 'WHATSAPP_TEMPLATE_NOT_FOUND' },
      });
      expect(failed.find((one) => one.id === behind.id)).toMatchObject({
        state: 'failed',
        failure: { code: 'conversation_not_started' },
      });
      expect((await house.deliveries('dead')).map((one) => one.id)).toContain(deliveryId);
      await house.ada.conversations.close(id);
      expect(await read(id)).toMatchObject({ status: 'closed' });
    });

    it('a repeat with the same key starts nothing', async () => {
      const phone = newPhone();
      const key = { idempotencyKey: `start-${phone}` };
      const startOnce = (): Promise<string> =>
        house.ada.conversations.start(sms(phone, 'once'), key).then(
          ({ id }) => id,
          (error: unknown) => (error as { code: string }).code,
        );
      const answers = await Promise.all([startOnce(), startOnce()]);
      const ids = new Set(answers.filter((answer) => answer !== 'idempotency_key_in_use'));
      expect(ids.size).toBe(1);
      const [id] = ids;
      expect(await startOnce()).toBe(id);
      await house.settle();
      expect(await withPhone(phone)).toHaveLength(1);
    });

    it.each([
      [{ channel: 'WHATSAPP', message: { type: 'text', text: 'x' } }, 400, 'invalid_request'],
      [{ channel: 'WEB' }, 400, 'invalid_request'],
      [{ to: { phone: 'Rosa' } }, 400, 'invalid_request'],
      [{ to: {} }, 400, 'invalid_request'],
      [{ colour: 'green' }, 400, 'unknown_field'],
      [{ assignee: 'nobody@fern.example' }, 422, 'agent_unknown'],
      [{ connectionId: 'con_other' }, 404, 'not_found'],
      [{ ticket: { connectionId: 'con_other', externalTicketId: '1' } }, 404, 'not_found'],
    ])('refuses %j with %i %s', async (wrong, status, code) => {
      const start = { ...sms(newPhone(), 'x'), ...wrong } as never;
      await expect(house.ada.conversations.start(start)).rejects.toMatchObject({ status, code });
    });
  });

  it('knows a phone by its digits, with or without its country', () => {
    expect(isSamePhone('+1 (555) 123-4567', '15551234567')).toBe(true);
    expect(isSamePhone('0151 2345 6789', '+49 151 2345 6789')).toBe(true);
    expect(isSamePhone('15551234567', '15551234568')).toBe(false);
    expect(isSamePhone('4567', '15551234567')).toBe(false);
    expect(isSamePhone('', '')).toBe(false);
  });
});
