import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createWotNotClient, type WotNotClient } from '../../../src/wotnot/index.js';
import { type House, openHouse } from '../../support/house.js';
import { onEachDatabase } from '../../support/test-database.js';
import { waitFor } from '../../support/wait-for.js';

describe('publishing what was learnt', () => {
  onEachDatabase((kind) => {
    let house: House;
    let wotnot: WotNotClient;
    let knowledgeBaseId: string;
    beforeAll(async () => {
      house = await openHouse({ database: kind });
      wotnot = createWotNotClient({ baseUrl: house.sandboxUrl, token: house.sandboxToken, accountId: '476' });
      knowledgeBaseId = (await wotnot.createKnowledgeBase({ name: 'Help' })).id;
    });
    afterAll(async () => {
      wotnot?.stop();
      await house?.close();
    });
    const sources = async () =>
      (await wotnot.getKnowledgeBase({ knowledge_base_id: knowledgeBaseId, limit: 100, offset: 1 }))
        .data_source;
    const ended = (id: string) =>
      waitFor('the training to end', async () => {
        const publication = await house.ada.conversations.publication(id);
        return publication.status === 'in-progress' ? undefined : publication;
      });

    it('what was said, without names and notes, until it is trained', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('How often do I water a fern?');
      await house.ada.conversations.sendMessage(conversationId, { type: 'text', text: 'Every Monday.' });
      await house.ada.conversations.addNote(conversationId, { text: 'a secret among us' });
      await house.settle();
      const published = await house.ada.conversations.publish(conversationId, {
        as: 'text',
        knowledgeBaseId,
        title: 'Watering ferns',
      });
      expect(published).toMatchObject({ conversationId, status: 'in-progress' });
      expect(await ended(published.id)).toMatchObject({ status: 'trained', externalId: expect.any(String) });
      const [source] = (await sources()).filter(({ name }) => name?.startsWith('Watering ferns'));
      expect(source?.source).toContain('Question: How often do I water a fern?');
      expect(source?.source).toContain('Answer: Every Monday.');
      expect(source?.source).not.toMatch(/secret|Ada/);
      expect(visitor.id).not.toBe('');
    });

    it('the page of an article, once however often it is published; and one that is not there fails', async () => {
      const { conversationId } = await house.arriveAndFind('hello');
      const page = (url: string) =>
        house.ada.conversations.publish(conversationId, { as: 'url', knowledgeBaseId, url });
      const first = await page('https://fern.example/watering');
      expect(await ended(first.id)).toMatchObject({ status: 'trained' });
      expect(await ended((await page('https://fern.example/watering')).id)).toMatchObject({
        status: 'trained',
      });
      expect((await sources()).filter(({ name }) => name === 'https://fern.example/watering')).toHaveLength(
        1,
      );
      const missing = await page('https://fern.example/404');
      expect(await ended(missing.id)).toMatchObject({
        status: 'failed',
        failure: { code: 'training_failed' },
      });
    });

    it('an upload whose answer was lost is found, not added twice', async () => {
      const { conversationId } = await house.arriveAndFind('hello');
      await house.plant({ do: 'accept-then-drop', operation: 'upload-sources', times: 1 });
      const article = { as: 'text', knowledgeBaseId, title: 'Lost answer', text: 'Ask again.' } as const;
      const { id } = await house.ada.conversations.publish(conversationId, article);
      expect(await ended(id)).toMatchObject({ status: 'trained' });
      await house.clearFaults();
      expect((await sources()).filter(({ name }) => name?.startsWith('Lost answer'))).toHaveLength(1);
    });

    it('what WotNot refuses is a failure that says why, and the conversation goes on', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('hello');
      const article = { as: 'text', knowledgeBaseId: '4711', text: 'x' } as const;
      const { id } = await house.ada.conversations.publish(conversationId, article);
      await house.ada.conversations.sendMessage(conversationId, { type: 'text', text: 'behind it' });
      expect(await ended(id)).toMatchObject({ status: 'failed', failure: { code: expect.any(String) } });
      await house.settle();
      expect(await visitor.heard()).toEqual(['behind it']);
    });

    it('refuses what cannot be', async () => {
      const { conversationId } = await house.arriveAndFind('hello');
      await expect(house.ada.conversations.publication('dlv_none')).rejects.toMatchObject({
        code: 'not_found',
      });
      await expect(
        house.ada.conversations.publish('cnv_none', {
          as: 'url',
          knowledgeBaseId,
          url: 'https://fern.example',
        }),
      ).rejects.toMatchObject({ code: 'not_found' });
      const wrong = [
        { as: 'url', knowledgeBaseId, url: 'ftp://x' },
        { as: 'text' },
        { as: 'page', knowledgeBaseId },
      ];
      for (const body of wrong)
        await expect(house.ada.conversations.publish(conversationId, body as never)).rejects.toMatchObject({
          status: 400,
        });
    });
  });
});
