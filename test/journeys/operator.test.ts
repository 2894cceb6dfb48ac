import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Connection } from '../../src/contract/resources.js';
import { type House, openHouse } from '../support/house.js';
import type { Tenancy } from '../support/tenancy.js';
import { onEachDatabase } from '../support/test-database.js';
import { waitFor } from '../support/wait-for.js';

const said = { code: 'connection_disconnected', message: expect.stringContaining('disconnected') };

describe('an operator and a connection', () => {
  onEachDatabase((kind) => {
    let house: House;
    let place: Tenancy;
    beforeAll(async () => {
      house = await openHouse({ database: kind });
    });
    afterEach(() => place?.clearFaults());
    afterAll(() => house?.close());

    const say = (conversationId: string, text: string) =>
      place.ada.conversations.sendMessage(conversationId, { type: 'text', text });
    const connection = async (): Promise<Connection> => {
      const { data } = await place.program.connections.list();
      const [only] = data.filter(({ id }) => id === place.connectionId);
      if (only === undefined) throw new Error('the connection is not listed');
      expect(await place.program.connections.read(only.id)).toMatchObject({
        status: only.status,
        health: { dead: only.health?.dead, waiting: only.health?.waiting },
      });
      return only;
    };
    const facts = async (conversationId: string, type: string) =>
      (await place.program.conversations.events(conversationId, { limit: 200 })).data.filter(
        (fact) => fact.type === type,
      );
    const states = async (conversationId: string) =>
      new Map(
        (await place.program.conversations.events(conversationId, { limit: 200 })).data.flatMap((fact) =>
          'message' in fact.data && fact.data.message !== undefined
            ? [[fact.data.message.text, fact.data.message] as const]
            : [],
        ),
      );
    const isOver = async () =>
      (await place.deliveries('pending')).length === 0 &&
      (await place.deliveries('uncertain')).every(({ flags }) => flags.includes('asked'));

    it('paused by hand it holds what is owed, says why and since when, and all flows once it is resumed', async () => {
      place = await house.addTenancy();
      const { visitor, conversationId } = await place.arriveAndFind('hello');
      await place.settle();
      await place.program.connections.pause(place.connectionId, 'a new contract');
      await say(conversationId, 'one');
      await say(conversationId, 'two');
      const paused = await connection();
      expect(paused).toMatchObject({
        status: 'paused',
        pausedReason: 'a new contract',
        pausedAt: expect.any(String),
        lastInboundAt: expect.any(String),
        health: {
          waiting: 2,
          oldestWaitingAt: expect.any(String),
          oldestWaitingSeconds: expect.any(Number),
          uncertain: 0,
          dead: 0,
          breaker: 'closed',
        },
      });
      expect(await visitor.heard()).toEqual([]);
      await place.program.connections.resume(place.connectionId);
      await place.settle();
      expect(await visitor.heard()).toEqual(['one', 'two']);
      expect(await connection()).toMatchObject({
        status: 'active',
        lastDeliveredAt: expect.any(String),
        health: { waiting: 0, uncertain: 0, dead: 0, breaker: 'closed' },
      });
    });

    it('a far side that fails is seen in the list: what waits, what is dead, and that it is left alone', async () => {
      place = await house.addTenancy();
      const { conversationId } = await place.arriveAndFind('hello');
      const others = await Promise.all(Array.from({ length: 5 }, () => place.arriveAndFind('hello')));
      await place.settle();
      await place.plant({ do: 'answer', code: 'CONTACT_IS_BLOCKED', operation: 'send-message', times: 1 });
      await say(conversationId, 'never');
      await waitFor('the dead letter', async () => (await connection()).health?.dead === 1);
      await place.plant({ do: 'answer', status: 503, operation: 'send-message' });
      for (const other of others) await say(other.conversationId, 'later');
      const failing = await waitFor('the circuit to be open', async () => {
        const one = await connection();
        return one.health?.breaker === 'open' ? one : undefined;
      });
      expect(failing.health).toMatchObject({
        waiting: 5,
        dead: 1,
        breakerUntil: expect.any(String),
      });
      await place.clearFaults();
      await waitFor(
        'the circuit to be closed',
        async () => {
          const { health } = await connection();
          return health?.breaker === 'closed' && health.waiting === 0;
        },
        60,
      );
    });

    it('disconnected, what it is owed ends visibly in its place, and nothing goes out any more', async () => {
      place = await house.addTenancy();
      const { visitor, conversationId } = await place.arriveAndFind('hello');
      const second = await place.arriveAndFind('hello');
      await place.settle();
      await place.program.connections.pause(place.connectionId, 'moving');
      await say(conversationId, 'one');
      await say(conversationId, 'two');
      await place.ada.conversations.setVariables(conversationId, [{ name: 'plan', value: 'gold' }]);
      await say(second.conversationId, 'three');
      expect((await connection()).health?.waiting).toBe(4);
      expect((await place.program.connections.disconnect(place.connectionId)).status).toBe('disconnected');
      await waitFor('everything owed to be over', isOver);
      const after = await states(conversationId);
      expect(after.get('one')).toMatchObject({ state: 'failed', failure: said });
      expect(after.get('two')).toMatchObject({ state: 'failed', failure: said });
      expect((await states(second.conversationId)).get('three')).toMatchObject({ state: 'failed' });
      expect(await facts(conversationId, 'action.failed')).toMatchObject([
        { data: { action: 'set-variables', failure: said } },
      ]);
      const { data } = await place.program.conversations.events(conversationId, { limit: 200 });
      expect(data.map(({ seq }) => seq)).toEqual(data.map((_, index) => index + 1));
      const failed = data.flatMap((fact) => (fact.type === 'message.failed' ? [fact.data.message.text] : []));
      expect(failed).toEqual(['one', 'two']);
      expect((await place.deliveries('cancelled')).map(({ reason }) => reason?.code)).toEqual(
        Array.from({ length: 4 }, () => said.code),
      );
      expect(await place.deliveries('dead')).toEqual([]);
      expect(await visitor.heard()).toEqual([]);
      expect(await connection()).toMatchObject({ status: 'disconnected', health: { waiting: 0, dead: 0 } });
      // What is said in it from now on ends likewise.
      await say(conversationId, 'too late');
      await waitFor(
        'it to have failed',
        async () => (await states(conversationId)).get('too late')?.state === 'failed',
      );
      expect(await place.requests('send-message')).toEqual([]);
    });

    it('disconnected while an answer is outstanding: what may have arrived is a question, not a failure', async () => {
      place = await house.addTenancy();
      const { conversationId } = await place.arriveAndFind('hello');
      await place.settle();
      await place.plant({ do: 'webhook-drop' });
      await place.plant({ do: 'accept-then-drop', operation: 'send-message', times: 1 });
      await say(conversationId, 'perhaps');
      await say(conversationId, 'behind it');
      await waitFor('the answer to be lost', async () => (await place.deliveries('uncertain')).length === 1);
      await place.program.connections.disconnect(place.connectionId);
      await waitFor('everything owed to be over', isOver);
      const after = await states(conversationId);
      expect(after.get('perhaps')?.state).toBe('uncertain');
      expect(after.get('behind it')).toMatchObject({ state: 'failed', failure: said });
      const [asked] = await place.deliveries('uncertain');
      await place.program.deliveries.resolve(asked?.id ?? '', 'delivered');
      expect((await states(conversationId)).get('perhaps')?.state).toBe('sent');
    });
  });
});
