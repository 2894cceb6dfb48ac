import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type House, openHouse } from '../support/house.js';
import { createPassingTime, rest } from '../support/passing-time.js';
import type { Screen } from '../support/screen.js';
import type { Tenancy } from '../support/tenancy.js';
import { onEachDatabase } from '../support/test-database.js';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const MINUTE = 60;
/** After so many an agent is told. */
const PATIENCE_MINUTES = 15;
/** The database's clock and ours may differ by what a step takes. */
const LEEWAY_MINUTES = 1;

describe('a message that WotNot does not take for a quarter of an hour', () => {
  onEachDatabase((kind) => {
    const time = createPassingTime();
    let house: House;
    beforeAll(async () => {
      house = await openHouse({ database: kind, env: { SWEEP_SECONDS: '0.1' }, time });
    });
    afterAll(() => house?.close());

    const say = async (place: Tenancy, conversationId: string, text: string): Promise<string> =>
      (await place.ada.conversations.sendMessage(conversationId, { type: 'text', text })).id;
    const delayedOf = (screen: Screen, conversationId: string) =>
      screen.of(conversationId).flatMap((fact) => (fact.type === 'message.delayed' ? [fact] : []));
    const pass = async (minutes: number, meanwhile: () => Promise<unknown> = async () => {}) => {
      for (let minute = 0; minute < minutes; minute += 1) {
        await meanwhile();
        await time.pass(house.app, MINUTE);
      }
      await rest(house.app);
    };

    it('the agent is told once, with the reason, that it waits; when WotNot is well again all of it arrives in order', async () => {
      const place = await house.addTenancy();
      const screen = await place.openScreen();
      const { visitor, conversationId } = await place.arriveAndFind('hello');
      const well = await place.arriveAndFind('nobody answers me');
      await place.settle();
      await place.plant({ do: 'answer', status: 503, operation: 'send-message' });
      const head = await say(place, conversationId, 'one');
      await say(place, conversationId, 'two');

      await pass(PATIENCE_MINUTES - LEEWAY_MINUTES);
      expect(delayedOf(screen, conversationId)).toEqual([]);
      await pass(2 * LEEWAY_MINUTES);
      const told = await screen.until('message.delayed', (fact) => fact.conversationId === conversationId);
      expect(told.data.message).toMatchObject({ id: head, text: 'one', state: 'queued' });
      expect(told.data.failure).toEqual({ code: expect.any(String), message: expect.any(String) });

      await pass(PATIENCE_MINUTES);
      // Told once until it moves; of the one behind it there is nothing to tell.
      expect(delayedOf(screen, conversationId)).toHaveLength(1);
      expect(delayedOf(screen, well.conversationId)).toEqual([]);
      expect(await place.deliveries('dead')).toEqual([]);
      expect(await visitor.heard()).toEqual([]);

      await place.clearFaults();
      const isThere = async (): Promise<boolean> => (await visitor.heard()).length === 2;
      await time.passUntil(house.app, 'both to be there', isThere, MINUTE);
      expect(await visitor.heard()).toEqual(['one', 'two']);
      await screen.until('message.sent', ({ data }) => data.message.id === head);
      await rest(house.app);
      expect(delayedOf(screen, conversationId)).toHaveLength(1);
    });

    it('where one conversation alone is refused, its agent is told of it and nobody else of theirs', async () => {
      const place = await house.addTenancy();
      const screen = await place.openScreen(place.grace);
      const sick = await place.arriveAndFind('hello');
      const well = await place.arriveAndFind('hello');
      await place.settle();
      await place.plant({ do: 'answer', status: 503, conversationId: sick.visitor.id });
      const waiting = await say(place, sick.conversationId, 'held up');
      let said = 0;
      const goOn = () => say(place, well.conversationId, `word ${(said += 1)}`);

      await pass(PATIENCE_MINUTES - LEEWAY_MINUTES, goOn);
      expect(delayedOf(screen, sick.conversationId)).toEqual([]);
      await pass(2 * LEEWAY_MINUTES, goOn);
      const told = await screen.until('message.delayed');
      expect(told).toMatchObject({
        conversationId: sick.conversationId,
        data: { message: { id: waiting } },
      });
      expect(delayedOf(screen, well.conversationId)).toEqual([]);
      expect(await well.visitor.heard()).toHaveLength(said);
      await place.clearFaults();
      const isThere = async (): Promise<boolean> => (await sick.visitor.heard()).length === 1;
      await time.passUntil(house.app, 'it to be there', isThere, MINUTE);
    });

    it('of what is owed besides messages the agent is told as well, by what it is', async () => {
      const place = await house.addTenancy();
      const screen = await place.openScreen();
      const { visitor, conversationId } = await place.arriveAndFind('bye');
      await place.settle();
      await place.plant({ do: 'answer', status: 503, operation: 'close-conversation' });
      const { deliveryId } = await place.ada.conversations.close(conversationId);
      await pass(PATIENCE_MINUTES + LEEWAY_MINUTES);
      const told = await screen.until('action.delayed', (fact) => fact.conversationId === conversationId);
      expect(told.data).toMatchObject({ deliveryId, action: 'close' });
      await place.clearFaults();
      const isClosed = async (): Promise<boolean> => (await visitor.see()).status === 'closed';
      await time.passUntil(house.app, 'it to be closed', isClosed, MINUTE);
    });
  });
});
