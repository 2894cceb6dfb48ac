import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type House, openHouse } from '../support/house.js';
import { openScreen, type Screen } from '../support/screen.js';
import { onEachDatabase } from '../support/test-database.js';
import type { Visitor } from '../support/visitor.js';
import { waitFor } from '../support/wait-for.js';

describe('what arrives, however it arrives', () => {
  onEachDatabase((kind) => {
    let house: House;
    let screen: Screen;
    beforeAll(async () => {
      house = await openHouse({ database: kind });
      screen = await house.openScreen();
    });
    afterAll(() => house?.close());

    it('F53: a conversation_create that comes after its first message undoes nothing and fills in what was missing', async () => {
      await house.plant({ do: 'webhook-reorder', event: 'conversation_create', times: 1 });
      const visitor = await house.arrive({
        name: 'Late Larry',
        email: 'larry@example.org',
        text: 'first words',
      });
      const conversationId = await house.conversationOf(visitor);
      await house.settle();
      await house.clearFaults();
      const conversation = await house.ada.conversations.read(conversationId);
      expect(conversation.contact).toMatchObject({ name: 'Late Larry', email: 'larry@example.org' });
      expect(conversation.channel?.toLowerCase()).toContain('web');
      const { data } = await house.ada.conversations.events(conversationId, { limit: 200 });
      expect(data.filter(({ type }) => type === 'conversation.opened')).toHaveLength(1);
      expect(data.filter(({ type }) => type === 'message.received')).toHaveLength(1);
    });

    it('B14: an event of unknown shape is kept, answered 200, shown as unrecognised, and read at a replay after an upgrade', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('hello');
      const payload = {
        message: { id: 'm-future', type: 'text', text: 'from the future' },
        message_by: { type: 'visitor' },
      };
      await house.emit({ type: 'hologram_sent', payload, conversationId: visitor.id });
      await house.settle();
      expect((await house.webhooks()).at(-1)).toMatchObject({ type: 'hologram_sent', state: 'delivered' });
      const { data } = await house.program.inboundEvents.list({ state: 'unrecognised' });
      expect(data).toMatchObject([{ kind: 'hologram_sent', externalConversationId: visitor.id }]);
      const [event] = data;
      await house.program.inboundEvents.replay(event?.id ?? '');
      await house.settle();
      // Still not read, still not lost.
      expect(
        (await house.program.inboundEvents.list({ state: 'unrecognised' })).data.map(({ id }) => id),
      ).toEqual([event?.id]);
      // As an upgraded reader would see it.
      await house.app.database.prisma.$executeRaw`
        UPDATE inbound_events SET kind = 'message', payload = jsonb_set(payload, '{event,type}', '"message"')
        WHERE workspace_id = ${house.workspaceId} AND state = 'unrecognised'`;
      await house.program.inboundEvents.replay(event?.id ?? '');
      await screen.until(
        'message.received',
        (fact) => fact.conversationId === conversationId && fact.data.message.text === 'from the future',
      );
      expect((await house.program.inboundEvents.list({ state: 'unrecognised' })).data).toEqual([]);
      await expect(house.program.inboundEvents.replay(event?.id ?? '')).rejects.toMatchObject({
        code: 'event_not_parked',
      });
    });

    it('B12: NUL, lone surrogates and every script come through: cleaned and flagged, or untouched', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('hello');
      const odd = '\u0000 \ud800 end';
      const fine = '👩‍👩‍👧‍👦 שלום \u202e مرحبا é̶͝ 𝕏 \uffff';
      await house.emit({
        type: 'message',
        conversationId: visitor.id,
        payload: { message: { id: 'm-odd', type: 'text', text: odd }, message_by: { type: 'visitor' } },
      });
      await house.emit({
        type: 'message',
        conversationId: visitor.id,
        payload: { message: { id: 'm-fine', type: 'text', text: fine }, message_by: { type: 'visitor' } },
      });
      await house.settle();
      const { data } = await house.ada.conversations.events(conversationId, { limit: 200 });
      const messages = data.flatMap((fact) => (fact.type === 'message.received' ? [fact.data.message] : []));
      const cleaned = messages.find(({ externalMessageId }) => externalMessageId === 'm-odd');
      expect(cleaned?.flags).toContain('cleaned');
      expect(cleaned?.text).toMatch(/end$/u);
      const untouched = messages.find(({ externalMessageId }) => externalMessageId === 'm-fine');
      expect(untouched?.flags).toEqual([]);
      expect(untouched?.text).toBe(fine);
    });

    describe('B21', () => {
      const said = (visitor: Visitor, id: string, text: string) => ({
        event: {
          type: 'message',
          payload: { message: { id, type: 'text', text }, message_by: { type: 'visitor' } },
        },
        conversation: { key: visitor.id },
      });
      const words = async (conversationId: string) => {
        const { data } = await house.ada.conversations.events(conversationId, { limit: 200 });
        return data.flatMap((fact) => (fact.type === 'message.received' ? [fact.data.message.text] : []));
      };
      const parked = async () => (await house.program.inboundEvents.list({ state: 'unrecognised' })).data;

      it('the same message twice is one, and nothing is left to judge', async () => {
        const { visitor, conversationId } = await house.arriveAndFind('hello');
        const event = said(visitor, 'm-twice', 'as said');
        expect(await house.webhook([event, event])).toBe(200);
        expect(await house.webhook([event])).toBe(200);
        await house.settle();
        expect(await words(conversationId)).toEqual(['hello', 'as said']);
        expect(await parked()).toEqual([]);
      });

      it('under the same id with other words it is kept for the operator, once, and the log says so without the words', async () => {
        const { visitor, conversationId } = await house.arriveAndFind('hello');
        const [first, second, third] = ['as said', 'as retold', 'and again'].map((text) =>
          said(visitor, 'm-same', text),
        );
        expect(await house.webhook([first])).toBe(200);
        expect(await house.webhook([second, third, second])).toBe(200);
        expect(await house.webhook([third, first])).toBe(200);
        await house.settle();
        expect(await words(conversationId)).toEqual(['hello', 'as said']);
        const waiting = await parked();
        expect(waiting).toMatchObject(
          ['and again', 'as retold'].map((text) => ({
            detail: 'same_id_other_content',
            externalConversationId: visitor.id,
            payload: { event: { payload: { message: { text } } } },
          })),
        );
        const warned = house.log.filter((line) => line.includes('event.contradicted'));
        expect(warned).toHaveLength(2);
        for (const { id } of waiting) expect(warned.join('\n')).toContain(id);
        expect(warned.join('\n')).not.toMatch(/retold|and again/u);
        // Judged to be messages of their own, they are shown.
        for (const { id } of waiting.reverse()) {
          await house.program.inboundEvents.replay(id);
          await house.settle();
        }
        expect(await words(conversationId)).toEqual(['hello', 'as said', 'as retold', 'and again']);
        expect(await parked()).toEqual([]);
      });

      it('also where both come in one webhook, and where only the address of a file has changed it is the same', async () => {
        const { visitor, conversationId } = await house.arriveAndFind('hello');
        const file = (path: string) => ({
          event: {
            type: 'message',
            payload: {
              message: { id: 'm-file', type: 'file', file: { name: 'leaf.png', path } },
              message_by: { type: 'visitor' },
            },
          },
          conversation: { key: visitor.id },
        });
        const both = [said(visitor, 'm-together', 'one'), said(visitor, 'm-together', 'two')];
        expect(await house.webhook([...both, file('https://files.example/a?signed=1')])).toBe(200);
        expect(await house.webhook([file('https://files.example/a?signed=2')])).toBe(200);
        await house.settle();
        expect((await words(conversationId)).slice(0, 2)).toEqual(['hello', 'one']);
        expect(await words(conversationId)).toHaveLength(3);
        const [only, ...others] = await parked();
        expect(others).toEqual([]);
        await house.program.inboundEvents.replay(only?.id ?? '');
        await house.settle();
        expect((await words(conversationId)).at(-1)).toBe('two');
      });

      it('the same words under another id are two messages', async () => {
        const { visitor, conversationId } = await house.arriveAndFind('hello');
        const twice = ['m-one', 'm-two'].map((id) => said(visitor, id, 'ok'));
        expect(await house.webhook(twice)).toBe(200);
        await house.settle();
        expect(await words(conversationId)).toEqual(['hello', 'ok', 'ok']);
        expect(await parked()).toEqual([]);
      });
    });

    it('B01, B03: without the token nothing is recorded and nothing is echoed', async () => {
      const ask = (body: unknown) =>
        fetch(house.webhookUrl, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
      for (const body of [{ events: [] }, { events: [], token: 'x'.repeat(40) }, { token: 'x'.repeat(40) }]) {
        const answer = await ask(body);
        expect(answer.status).toBe(401);
        expect(await answer.text()).not.toContain('xxxx');
      }
      const handshake = await ask({ token: house.webhookToken });
      expect(handshake.status).toBe(200);
      expect(await handshake.json()).toEqual({ token: house.webhookToken });
    });

    it('F62: a screen that was gone for a while is told exactly what it missed, once, in order, and goes live', async () => {
      const gone = openScreen(house.ada);
      await gone.live();
      const { visitor, conversationId } = await house.arriveAndFind('before');
      await house.settle();
      await gone.until('message.received', ({ data }) => data.message.text === 'before');
      await waitFor('both screens to agree', () => gone.facts.at(-1)?.cursor === screen.facts.at(-1)?.cursor);
      const from = gone.facts.length;
      const cursor = gone.feed.cursor;
      gone.feed.stop();
      for (let n = 1; n <= 25; n += 1) await visitor.write(`missed ${n}`);
      const other = await house.arrive({ text: 'elsewhere' });
      await house.act(other.id, 'note', { text: 'a note' });
      await house.settle();
      const back = openScreen(house.ada, cursor);
      await back.live();
      await visitor.write('live again');
      await back.until('message.received', ({ data }) => data.message.text === 'live again');
      await house.settle();
      await waitFor('both screens to agree', () => back.facts.at(-1)?.cursor === screen.facts.at(-1)?.cursor);
      const last = gone.facts.at(from - 1)?.cursor;
      const missed = screen.facts.slice(screen.facts.findIndex((fact) => fact.cursor === last) + 1);
      expect(back.facts.map((fact) => fact.cursor)).toEqual(missed.map((fact) => fact.cursor));
      expect(back.heard(conversationId)).toEqual([
        ...Array.from({ length: 25 }, (_none, n) => `missed ${n + 1}`),
        'live again',
      ]);
      expect(back.startedAfresh).toEqual([]);
      back.feed.stop();
    });

    it('a cursor of another time or none of ours makes the screen start afresh, and says so', async () => {
      for (const cursor of ['9000000000.1', 'not-a-cursor']) {
        const lost = openScreen(house.ada, cursor);
        await lost.live();
        expect(lost.startedAfresh).toHaveLength(1);
        expect(lost.facts).toEqual([]);
        lost.feed.stop();
      }
    });

    it('the polled feed tells the same facts as the socket, in the same order', async () => {
      await house.settle();
      const polled: string[] = [];
      let after: string | undefined;
      for (;;) {
        const page = await house.program.events.list({
          limit: 50,
          ...(after === undefined ? {} : { after }),
        });
        polled.push(...page.data.map(({ cursor }) => cursor));
        if (page.data.length === 0) break;
        after = page.nextCursor ?? page.data.at(-1)?.cursor;
      }
      const first = screen.facts[0]?.cursor ?? '';
      expect(polled.slice(polled.indexOf(first))).toEqual(screen.facts.map(({ cursor }) => cursor));
    });
  });
});
