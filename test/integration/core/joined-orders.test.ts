import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DeskOrder } from '../../../src/domain/desk-order.js';
import { newId } from '../../../src/domain/ids.js';
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
