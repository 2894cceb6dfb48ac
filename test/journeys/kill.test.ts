import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type HouseProcess, openHouseProcess } from '../support/house-process.js';
import { onEachDatabase } from '../support/test-database.js';
import { waitFor } from '../support/wait-for.js';

// Several processes start one after another here, on whatever machine this is.
vi.setConfig({ testTimeout: 90_000 });

describe('a restart is a non-event', () => {
  onEachDatabase((kind) => {
    let house: HouseProcess;
    beforeAll(async () => {
      house = await openHouseProcess({ database: kind, env: { UNCERTAIN_GRACE_SECONDS: '4' } });
    });
    afterAll(() => house?.close());

    it('F01: killed right after a webhook was answered, the message is on the screen once, as soon as it is back', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('before');
      const screen = await house.openScreen();
      for (const text of ['one', 'two', 'three']) {
        const event = {
          event: {
            type: 'message',
            payload: {
              message: { id: `m-${kind}-${text}`, type: 'text', text },
              message_by: { type: 'visitor' },
            },
          },
          conversation: { key: visitor.id },
          visitor: { key: visitor.visitorKey },
        };
        expect(await house.webhook([event])).toBe(200);
        await house.kill();
        const killedAt = performance.now();
        await house.start();
        // WotNot did not see the answer, or thinks so.
        expect(await house.webhook([event])).toBe(200);
        screen.feed.reconnect();
        await screen.until('message.received', ({ data }) => data.message.text === text, 15);
        expect((performance.now() - killedAt) / 1_000).toBeLessThan(15);
      }
      await house.settle();
      expect(screen.heard(conversationId)).toEqual(['one', 'two', 'three']);
      expect(screen.of(conversationId).map(({ seq }) => seq)).toEqual(
        screen.of(conversationId).map((_fact, index) => (screen.of(conversationId)[0]?.seq ?? 0) + index),
      );
      screen.feed.stop();
    });

    it('F01: killed right after replies were accepted, the visitor receives each of them once, in order', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('please');
      const words = ['first', 'second', 'third', 'fourth'];
      for (const text of words)
        await house.ada.conversations.sendMessage(conversationId, { type: 'text', text });
      await house.kill();
      await house.start();
      await house.settle(30);
      expect(await visitor.heard()).toEqual(words);
    });

    it('F02: killed after WotNot has accepted and before it has answered, the echo settles it: one message, no question', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('please');
      await house.plant({ do: 'delay', ms: 20_000, after: true, operation: 'send-message', times: 1 });
      const sent = await house.ada.conversations.sendMessage(conversationId, {
        type: 'text',
        text: 'only once',
      });
      await waitFor('WotNot to have it', async () => (await visitor.heard()).length === 1);
      await house.kill();
      await house.start();
      await house.settle(30);
      expect(await visitor.heard()).toEqual(['only once']);
      const { data } = await house.program.conversations.events(conversationId, { limit: 200 });
      const about = data.filter((fact) => 'message' in fact.data && fact.data.message.id === sent.id);
      expect(about.map(({ type }) => type).filter((type) => type !== 'message.delivered')).toEqual([
        'message.queued',
        'message.sent',
      ]);
    });

    it('F02: killed while WotNot’s line is cut, a waiting reply is not forgotten and not overtaken', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('please');
      await house.settle();
      await house.plant({ do: 'refuse', operation: 'send-message', times: 1 });
      await house.ada.conversations.sendMessage(conversationId, { type: 'text', text: 'earlier' });
      await house.ada.conversations.sendMessage(conversationId, { type: 'text', text: 'later' });
      await waitFor('the first attempt', async () => (await house.struck()) > 0);
      await house.kill();
      await house.clearFaults();
      await house.start();
      await house.settle(30);
      expect(await visitor.heard()).toEqual(['earlier', 'later']);
    });

    it('F03: at SIGTERM what is under way is finished, and the process ends by itself with 0', async () => {
      const { visitor, conversationId } = await house.arriveAndFind('please');
      await house.plant({ do: 'delay', ms: 500, operation: 'send-message', times: 1 });
      await house.ada.conversations.sendMessage(conversationId, { type: 'text', text: 'under way' });
      await waitFor('the attempt', async () => (await house.struck()) > 0);
      expect(await house.terminate()).toBe(0);
      expect(await visitor.heard()).toEqual(['under way']);
      await house.start();
      await house.settle();
      expect(await visitor.heard()).toEqual(['under way']);
      await house.clearFaults();
    });
  });
});
