import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type House, openHouse } from '../support/house.js';
import type { Screen } from '../support/screen.js';
import { onEachDatabase } from '../support/test-database.js';
import type { Visitor } from '../support/visitor.js';
import { waitFor } from '../support/wait-for.js';

describe('a contact who writes again after the conversation was closed', () => {
  onEachDatabase((kind) => {
    let house: House;
    let screen: Screen;
    beforeAll(async () => {
      house = await openHouse({ database: kind });
      screen = await house.openScreen();
    });
    afterAll(() => house?.close());

    const isOpen = async (conversationId: string) =>
      (await house.ada.conversations.list({ status: 'open', limit: 200 })).data.some(
        ({ id }) => id === conversationId,
      );
    /** As a WotNot would that goes on in the same conversation and says nothing of its status. */
    const writeOn = (externalId: string, text: string) =>
      house.emit({
        type: 'message',
        payload: { message: { type: 'text', text }, message_by: { type: 'visitor' } },
        conversationId: externalId,
      });
    const closed = async (): Promise<{ visitor: Visitor; conversationId: string }> => {
      const there = await house.arriveAndFind('hello');
      await house.ada.conversations.close(there.conversationId);
      await screen.until('conversation.closed', (fact) => fact.conversationId === there.conversationId);
      await house.settle();
      expect(await isOpen(there.conversationId)).toBe(false);
      return there;
    };
    const typesOf = (conversationId: string) => screen.of(conversationId).map(({ type }) => type);

    it('B20: a message for a closed conversation opens it again, and agents are told', async () => {
      const { visitor, conversationId } = await closed();
      await writeOn(visitor.id, 'one more thing');
      const heard = await screen.until(
        'message.received',
        ({ data }) => data.message.text === 'one more thing',
      );
      expect(heard.conversationId).toBe(conversationId);
      await screen.until('conversation.reopened', (fact) => fact.conversationId === conversationId);
      expect(await isOpen(conversationId)).toBe(true);
      expect(typesOf(conversationId).slice(-2)).toEqual(['message.received', 'conversation.reopened']);
    });

    it('where WotNot counts it as closed, a reply is refused in its place, and closing it is done at once', async () => {
      const { visitor, conversationId } = await closed();
      await writeOn(visitor.id, 'are you there?');
      await screen.until('conversation.reopened', (fact) => fact.conversationId === conversationId);
      const { id } = await house.ada.conversations.sendMessage(conversationId, { type: 'text', text: 'Yes' });
      const failed = await screen.until('message.failed', ({ data }) => data.message.id === id);
      expect(failed.data.failure?.code).toBe('CONVERSATION_CLOSED');
      expect(await isOpen(conversationId)).toBe(true);
      await house.ada.conversations.close(conversationId);
      expect(await isOpen(conversationId)).toBe(false);
      await house.settle();
      await waitFor('it to be told', () => typesOf(conversationId).at(-1) === 'conversation.closed');
      expect(typesOf(conversationId).filter((type) => type === 'conversation.closed')).toHaveLength(2);
      // And once more.
      await writeOn(visitor.id, 'hello?');
      await waitFor('it to be open', () => isOpen(conversationId));
    });

    it('B20: a message for an unknown conversation begins one, with its contact', async () => {
      await writeOn('never-heard-of', 'anybody?');
      const heard = await screen.until('message.received', ({ data }) => data.message.text === 'anybody?');
      const id = heard.conversationId ?? '';
      expect(typesOf(id)).toEqual(['conversation.opened', 'message.received']);
      expect(await isOpen(id)).toBe(true);
    });

    it('B20: one that names another workspace’s conversation stays in its own', async () => {
      const there = await house.arriveAndFind('mine');
      await house.settle();
      const other = await house.addTenancy();
      const otherScreen = await other.openScreen();
      await other.emit({
        type: 'message',
        payload: { message: { type: 'text', text: 'whose?' }, message_by: { type: 'visitor' } },
        conversationId: there.visitor.id,
      });
      const heard = await otherScreen.until('message.received', ({ data }) => data.message.text === 'whose?');
      expect(heard.conversationId).not.toBe(there.conversationId);
      const { data } = await house.program.conversations.events(there.conversationId, { limit: 200 });
      expect(JSON.stringify(data)).not.toContain('whose?');
    });

    it('where WotNot begins the next conversation, that one is open and the closed one stays so', async () => {
      const { visitor, conversationId } = await closed();
      const next = await visitor.write('me again');
      expect(next.conversationId).not.toBe(visitor.id);
      const nextId = await house.conversationOf({ id: next.conversationId });
      await house.settle();
      expect([await isOpen(nextId), await isOpen(conversationId)]).toEqual([true, false]);
    });
  });
});
