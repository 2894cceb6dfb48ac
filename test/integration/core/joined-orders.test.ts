import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeskOrder } from '../../../src/domain/desk-order.js';
import { newId } from '../../../src/domain/ids.js';
import type { LaneHead } from '../../../src/store/outbox.js';
import { createDeskMirrors, type DeskMirror } from '../../../src/store/desk-mirrors.js';
import { onEachDatabase } from '../../support/test-database.js';
import { openRooms, type Rooms } from './rooms.js';

const say = (text: string): Extract<DeskOrder, { kind: 'add-ticket-message' }> => ({
  kind: 'add-ticket-message',
  contact: { id: 'ctc_1' },
  lines: [{ author: { type: 'contact' }, text, files: [], at: '2026-01-01T00:00:00.000Z' }],
});
const note = (text: string): DeskOrder => ({ kind: 'add-ticket-note', lines: say(text).lines });

describe('orders for a desk that takes lists', () => {
  onEachDatabase((kind) => {
    let rooms: Rooms;
    let mirror: DeskMirror;
    const owe = async (...orders: [conversationId: string, order: DeskOrder][]): Promise<boolean> => {
      const cursor = `${Number(mirror.cursor.split('.')[0]) + 1}.1`;
      const moved = await createDeskMirrors(rooms.database, rooms.nudges).advance(
        mirror,
        cursor,
        orders.map(([conversationId, order]) => ({
          conversationId,
          order,
          joins: order.kind === 'add-ticket-message',
          retells: false,
        })),
      );
      if (moved) mirror.cursor = cursor;
      return moved;
    };
    const owed = async (conversationId: string): Promise<string[]> => {
      const rows = await rooms.database.prisma.delivery.findMany({
        where: { workspaceId: mirror.scope.workspaceId, conversationId },
        orderBy: { position: 'asc' },
      });
      return rows.map(({ payload }) =>
        (payload as unknown as { lines: { text: string }[] }).lines.map(({ text }) => text).join(' '),
      );
    };
    const laneOf = (conversationId: string) => ({
      workspaceId: mirror.scope.workspaceId,
      connectionId: mirror.connectionId,
      conversationId,
    });

    beforeAll(async () => {
      rooms = await openRooms(kind);
      const { scope } = await rooms.addPlace();
      const connectionId = newId('connection');
      mirror = { scope, connectionId, connector: 'webhook', settings: {}, cursor: '1.1' };
      const { workspaceId } = scope;
      await rooms.database.prisma.connection.create({
        data: {
          workspaceId,
          id: connectionId,
          connector: 'webhook',
          side: 'desk',
          name: 'Desk',
          webhookKey: connectionId,
          webhookTokenHashes: [],
        },
      });
      await rooms.database.prisma.deskMirror.create({ data: { workspaceId, connectionId, cursor: '1.1' } });
    });
    afterAll(() => rooms?.close());

    it('what waits takes the next words in, in order, each conversation for itself', async () => {
      await owe(['a', say('1')], ['b', say('x')], ['a', say('2')]);
      await owe(['a', say('3')], ['b', say('y')], ['a', say('4')]);
      expect(await owed('a')).toEqual(['1 2 3 4']);
      expect(await owed('b')).toEqual(['x y']);
      expect((await rooms.readLane(laneOf('a'))).owed).toBe(1);
    });

    it('nothing overtakes what stands between', async () => {
      await owe(['c', say('1')], ['c', note('n')], ['c', say('2')], ['c', say('3')]);
      await owe(['c', note('m')], ['c', say('4')]);
      await owe(['c', say('5')]);
      expect(await owed('c')).toEqual(['1', 'n', '2 3', 'm', '4 5']);
      expect((await rooms.readLane(laneOf('c'))).owed).toBe(5);
    });

    it('what is on its way takes nothing in any more', async () => {
      await owe(['d', say('1')]);
      const taken = await rooms.outbox.take(laneOf('d'), { owner: 'test', seconds: 10 });
      expect(taken.outcome).toBe('send');
      await owe(['d', say('2')]);
      await owe(['d', say('3')]);
      expect(await owed('d')).toEqual(['1', '2 3']);
    });

    describe('what a desk has carried out is settled with what else is, each by itself', () => {
      const lease = { owner: 'test', seconds: 10 };
      const delivered = { as: 'delivered', attempt: 1, attemptOutcome: 'delivered' } as const;
      const takeAll = async (conversations: string[]) => {
        const taken = await Promise.all(conversations.map((name) => rooms.outbox.take(laneOf(name), lease)));
        return taken.map((one) => {
          if (one.outcome !== 'send') throw new Error(one.outcome);
          return { ...one, head: { ...one.head, externalTicketId: `ticket of ${one.head.conversationId}` } };
        });
      };
      const settle = (head: LaneHead, fence: bigint, writtenIds: string[]) =>
        rooms.outbox.settleWriting({ head, fence, settlement: delivered, pace: undefined, writtenIds });
      const writtenBy = async (deliveryId: string): Promise<string[]> =>
        (await rooms.database.prisma.writtenId.findMany({ where: { deliveryId } })).map(
          ({ externalId }) => externalId,
        );

      it('its lane goes on, its ids are known, its attempt is over', async () => {
        const names = Array.from({ length: 70 }, (_none, n) => `many ${n}`);
        await owe(...names.map((name): [string, DeskOrder] => [name, note(`first of ${name}`)]));
        // Every second owes another one.
        await owe(
          ...names
            .filter((_name, n) => n % 2 === 0)
            .map((name): [string, DeskOrder] => [name, note('second')]),
        );
        const taken = await takeAll(names);
        const settled = await Promise.all(
          taken.map(({ head, fence }, n) =>
            rooms.outbox.settleWriting({
              head,
              fence,
              settlement: { ...delivered, externalId: `${n} a` },
              writtenIds: [`${n} a`, `${n} b`, `${n} a`],
              pace: n === 3 ? 7 : undefined,
            }),
          ),
        );
        expect(settled).toEqual(
          names.map((_name, n) => ({ settled: true, more: n % 2 === 0, told: false, following: false })),
        );
        for (const [n, name] of names.entries()) {
          const { deliveryId } = taken[n]?.head ?? { deliveryId: '' };
          expect((await writtenBy(deliveryId)).sort()).toEqual([`${n} a`, `${n} b`]);
          const lane = await rooms.readLane(laneOf(name));
          expect({ n, owed: lane.owed, isDue: lane.nextAt !== null, leaseUntil: lane.leaseUntil }).toEqual({
            n,
            owed: n % 2 === 0 ? 1 : 0,
            isDue: n % 2 === 0,
            leaseUntil: null,
          });
          const delivery = await rooms.database.prisma.delivery.findFirstOrThrow({
            where: { id: deliveryId },
          });
          expect(delivery).toMatchObject({ state: 'delivered', externalId: `${n} a` });
          const attempt = await rooms.database.prisma.attempt.findFirstOrThrow({ where: { deliveryId } });
          expect(attempt).toMatchObject({ outcome: 'delivered', finishedAt: expect.any(Date) });
        }
        expect((await rooms.readLane(laneOf('many 3'))).pace).toBe(7);
      });

      it('who comes too late settles nothing and frees nobody’s lane; the others beside it are settled', async () => {
        const names = ['late', 'in time'];
        await owe(...names.map((name): [string, DeskOrder] => [name, note(name)]));
        const [late, inTime] = await takeAll(names);
        if (late === undefined || inTime === undefined) throw new Error('nothing taken');
        // Its lease has ended, and its order was given out once more.
        const { prisma } = rooms.database;
        await prisma.$executeRaw`UPDATE lanes SET lease_until = NULL WHERE conversation_id = 'late'`;
        await prisma.$executeRaw`UPDATE deliveries SET state = 'waiting' WHERE conversation_id = 'late'`;
        const again = await rooms.outbox.take(laneOf('late'), { owner: 'another', seconds: 10 });
        expect(again).toMatchObject({ outcome: 'send', head: { attempt: 2 } });
        const settled = await Promise.all(
          [late, inTime].map(({ head, fence }) => settle(head, fence, [`${head.conversationId} 1`])),
        );
        expect(settled.map((one) => one.settled)).toEqual([false, true]);
        expect(await rooms.readLane(laneOf('late'))).toMatchObject({ leaseOwner: 'another', owed: 1 });
        // It was written all the same, and must not come back as an agent's word.
        expect(await writtenBy(late.head.deliveryId)).toEqual(['late 1']);
      });

      it('what could not be looked at while the desk was away is looked at soon, and what can be keeps its time', async () => {
        const { prisma } = rooms.database;
        const { connectionId } = mirror;
        const { workspaceId } = mirror.scope;
        const later = new Date(Date.now() + 300_000);
        const follow = (externalTicketId: string, failures: number) =>
          prisma.ticketFollow.create({
            data: { workspaceId, connectionId, externalTicketId, failures, nextAt: later },
          });
        await follow('', 4);
        await follow('ticket of was away', 4);
        await follow('ticket of was there', 0);
        await follow('ticket of nobody', 4);
        const names = ['was away', 'was there'];
        await owe(...names.map((name): [string, DeskOrder] => [name, note(name)]));
        const [away, there] = await takeAll(names);
        if (away === undefined || there === undefined) throw new Error('nothing taken');
        expect(await settle(away.head, away.fence, [])).toMatchObject({ settled: true, following: true });
        expect(await settle(there.head, there.fence, [])).toMatchObject({ settled: true, following: false });
        const rows = await prisma.ticketFollow.findMany({ where: { connectionId } });
        const soon = rows.filter(({ nextAt }) => nextAt !== null && nextAt < new Date(Date.now() + 60_000));
        expect(soon.map(({ externalTicketId }) => externalTicketId).sort()).toEqual([
          '',
          'ticket of was away',
        ]);
      });

      it('an id that the database does not take is nobody else’s trouble', async () => {
        const names = ['of NUL', 'beside it'];
        await owe(...names.map((name): [string, DeskOrder] => [name, note(name)]));
        const taken = await takeAll(names);
        const settled = await Promise.allSettled(
          taken.map(({ head, fence }, n) => settle(head, fence, [n === 0 ? 'a\u0000b' : 'good'])),
        );
        expect(settled.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
        expect((await rooms.readLane(laneOf('beside it'))).owed).toBe(0);
      });

      it('what is owed at that very moment is never stranded, and nobody waits for another for ever', {
        timeout: 60_000,
      }, async () => {
        const names = Array.from({ length: 12 }, (_none, n) => `hammered ${n}`);
        await owe(...names.map((name): [string, DeskOrder] => [name, note('first')]));
        for (let round = 0; round < 40; round += 1) {
          const taken = await takeAll(names);
          const order = round % 2 === 0 ? [...names].reverse() : names;
          await Promise.all([
            owe(
              ...order.map((name, n): [string, DeskOrder] => [name, n % 3 === 0 ? say('joined') : note('n')]),
            ),
            ...taken.map(({ head, fence }) => settle(head, fence, [])),
          ]);
          for (const name of names) {
            const lane = await rooms.readLane(laneOf(name));
            expect({ round, name, owed: lane.owed, isDue: lane.nextAt !== null }).toEqual({
              round,
              name,
              owed: 1,
              isDue: true,
            });
          }
        }
      });
    });

    it('whoever stands at an old place owes nothing', async () => {
      const old = { ...mirror };
      await owe(['e', say('1')]);
      const moved = await createDeskMirrors(rooms.database, rooms.nudges).advance({ ...old }, '99.1', [
        { conversationId: 'e', order: say('again'), joins: true, retells: false },
      ]);
      expect(moved).toBe(false);
      expect(await owed('e')).toEqual(['1']);
    });
  });
});
