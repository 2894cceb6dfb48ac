import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firstIdAt, newId } from '../../../src/domain/ids.js';
import { createFileStore } from '../../../src/store/file-store.js';
import { createRetention, type Retention, type RetentionDays } from '../../../src/store/retention.js';
import type { WorkspaceScope } from '../../../src/store/scope.js';
import { createUpkeep } from '../../../src/upkeep/upkeep.js';
import { onEachDatabase } from '../../support/test-database.js';
import { waitFor } from '../../support/wait-for.js';
import { hello, newEvent, openRooms, type Place, type Rooms } from '../core/rooms.js';

const DAYS: RetentionDays = { settled: 30, keys: 30, parked: 90, answers: 1, ended: 7 };

describe('clearing what is old', () => {
  onEachDatabase((kind) => {
    let rooms: Rooms;
    let retention: Retention;
    let place: Place;
    beforeAll(async () => {
      rooms = await openRooms(kind);
      retention = createRetention(rooms.database);
      place = await rooms.addPlace();
      await retention.lease('test', 0, 60);
    }, 60_000);
    afterAll(() => rooms?.close());

    it('recorded events go when they were projected long ago; what waits or is parked stays, parked ones for longer', async () => {
      const { prisma } = rooms.database;
      const lane = await rooms.addConversation(place, 'events');
      await rooms.record(place, 'events', [[hello], [hello]]);
      await rooms.inbox.record([newEvent(place, { laneKey: 'older', unrecognised: 'unknown_type' })]);
      await rooms.inbox.record([newEvent(place, { laneKey: 'odd', unrecognised: 'unknown_type' })]);
      await rooms.addConversation(place, 'young');
      const age = (laneKey: string, days: number) => prisma.$executeRaw`
        UPDATE inbound_events SET received_at = now() - make_interval(days => ${days}::int),
          projected_at = CASE WHEN projected_at IS NOT NULL THEN now() - make_interval(days => ${days}::int) END
        WHERE workspace_id = ${place.scope.workspaceId} AND lane_key = ${laneKey}`;
      await age('events', 31);
      await age('odd', 31);
      await age('older', 91);

      expect(await clearAll(retention, place.scope, 1)).toMatchObject({ inbound_events: 2 });
      const left = await prisma.inboundEvent.findMany({
        where: { workspaceId: place.scope.workspaceId },
        orderBy: { position: 'asc' },
      });
      expect(left.map(({ laneKey, state }) => `${laneKey} ${state}`)).toEqual([
        'events recorded',
        'events recorded',
        'odd unrecognised',
        'young projected',
      ]);
      await rooms.projectAll(place, ['events']);
      expect(
        await rooms.feed.readConversation(place.scope, lane.conversationId, { after: 0, limit: 10 }),
      ).toHaveLength(4);
    });

    it('a key that is kept recognises its repeat; one that has gone does not', async () => {
      const { prisma } = rooms.database;
      const events = ['old', 'young'].map((key) => newEvent(place, { key }));
      await rooms.inbox.record(events);
      await prisma.inboundKey.updateMany({
        where: { workspaceId: place.scope.workspaceId, key: 'old' },
        data: { acceptedAt: daysAgo(31) },
      });
      expect(await clearAll(retention, place.scope)).toMatchObject({ inbound_keys: 1 });
      expect(await rooms.inbox.record(events)).toEqual([true, false]);
    });

    it('deliveries go with their attempts when they are settled; never what waits, is uncertain or is in doubt', async () => {
      const { prisma } = rooms.database;
      const { conversationId } = await rooms.addConversation(place, 'deliveries');
      const add = async (state: string, days: number): Promise<string> => {
        const id = await rooms.owe(place, conversationId, `${state} ${days}`);
        const isOver = ['delivered', 'cancelled', 'dead'].includes(state);
        await prisma.delivery.update({
          where: { workspaceId_id: { workspaceId: place.scope.workspaceId, id } },
          data: { state, createdAt: daysAgo(days), ...(isOver ? { settledAt: daysAgo(days) } : {}) },
        });
        await prisma.attempt.create({
          data: { workspaceId: place.scope.workspaceId, deliveryId: id, number: 1, owner: 'test', fence: 1n },
        });
        return id;
      };
      const gone = [await add('delivered', 31), await add('cancelled', 31), await add('dead', 91)];
      const kept = [];
      for (const state of ['waiting', 'sending', 'uncertain']) kept.push(await add(state, 400));
      kept.push(await add('dead', 89), await add('delivered', 29));

      expect(await clearAll(retention, place.scope, 2)).toMatchObject({ deliveries: gone.length });
      const ids = await prisma.delivery.findMany({ where: { workspaceId: place.scope.workspaceId } });
      expect(ids.map(({ id }) => id).sort()).toEqual([...kept].sort());
      const tried = await prisma.attempt.findMany({ where: { workspaceId: place.scope.workspaceId } });
      expect(tried.map(({ deliveryId }) => deliveryId).sort()).toEqual([...kept].sort());
    });

    it('answers, codes, sessions, uploads that nobody took and pieces without a file go; what was sent stays', async () => {
      const { prisma } = rooms.database;
      const { workspaceId } = place.scope;
      const files = createFileStore(rooms.database);
      const upload = async (days: number): Promise<string> => {
        const id = newId('file');
        const bytes = Buffer.from('some bytes');
        await files.add(place.scope, {
          id,
          name: 'a.txt',
          contentType: 'text/plain',
          sha256: '',
          createdBy: 'test',
          isForLater: true,
          bytes,
        });
        await prisma.file.updateMany({ where: { workspaceId, id }, data: { unusedSince: daysAgo(days) } });
        return id;
      };
      const [forgotten, taken, young] = [await upload(8), await upload(8), await upload(6)];
      await files.take(place.scope, taken);
      const orphan = `${firstIdAt('file', daysAgo(10).getTime())}${'0'.repeat(16)}`;
      await prisma.filePiece.create({
        data: { workspaceId, fileId: orphan, number: 0, bytes: Buffer.from('half') },
      });
      for (const [key, days] of [
        ['old', 2],
        ['young', 0],
      ] as const)
        await prisma.idempotencyKey.create({
          data: { workspaceId, principal: 'p', key, requestHash: '', createdAt: daysAgo(days) },
        });
      for (const [codeHash, days] of [
        ['old', 8],
        ['young', 6],
      ] as const) {
        await prisma.signInCode.create({
          data: { workspaceId, codeHash, agentId: 'a', expiresAt: daysAgo(days) },
        });
        await prisma.agentSession.create({
          data: {
            workspaceId,
            id: codeHash,
            agentId: 'a',
            tokenHash: codeHash,
            expiresAt: daysAgo(days),
            renewableUntil: daysAgo(days),
          },
        });
      }

      expect(await clearAll(retention, place.scope)).toEqual({
        idempotency_keys: 1,
        sign_in_codes: 1,
        agent_sessions: 1,
        files: 1,
        file_pieces: 1,
      });
      const left = await prisma.file.findMany({ where: { workspaceId }, select: { id: true } });
      expect(left.map(({ id }) => id).sort()).toEqual([taken, young].sort());
      expect(await files.read(place.scope, forgotten)).toHaveLength(0);
      expect((await files.read(place.scope, taken)).toString()).toBe('some bytes');
      expect(await prisma.filePiece.count({ where: { workspaceId, fileId: orphan } })).toBe(0);
    });

    it('a workspace is cleared by one process at a time, and again only when it is due', async () => {
      const own = await openRooms(kind);
      try {
        const [first, second] = [await own.addPlace(), await own.addPlace()];
        const both = createRetention(own.database);
        const taken = [await both.lease('one', 3_600, 60), await both.lease('two', 3_600, 60)];
        expect(taken.map((scope) => scope?.workspaceId).sort()).toEqual(
          [first.scope.workspaceId, second.scope.workspaceId].sort(),
        );
        expect(await both.lease('three', 3_600, 60)).toBeUndefined();
        for (const [index, scope] of taken.entries())
          if (scope !== undefined) await both.release(scope, ['one', 'two'][index] ?? '', index === 0);
        // The one that did not come to its end is due at once, the other in an hour.
        expect((await both.lease('three', 3_600, 60))?.workspaceId).toBe(taken[1]?.workspaceId);
        expect(await both.lease('four', 3_600, 60)).toBeUndefined();
        // A holder that is gone is waited for no longer than its lease.
        await own.database.prisma.upkeep.updateMany({ data: { leaseUntil: daysAgo(1) } });
        expect((await both.lease('four', 3_600, 60))?.workspaceId).toBe(taken[1]?.workspaceId);
      } finally {
        await own.close();
      }
    });

    it('the process clears by itself, and tells what it did', async () => {
      const own = await openRooms(kind);
      try {
        const other = await own.addPlace();
        await own.inbox.record(Array.from({ length: 300 }, () => newEvent(other)));
        await own.database.prisma.inboundKey.updateMany({ data: { acceptedAt: daysAgo(31) } });
        const told: Record<string, number>[] = [];
        const upkeep = createUpkeep({
          retention: createRetention(own.database),
          days: DAYS,
          owner: 'test',
          everySeconds: 3_600,
          observe: {
            cleared: ({ removed, isDone }) => told.push({ ...removed, done: Number(isDone) }),
            failed: (error) => {
              throw error;
            },
          },
        });
        upkeep.start();
        await waitFor('the workspace to be cleared', () => told.length > 0);
        await upkeep.stop();
        expect(told).toEqual([{ inbound_keys: 300, done: 1 }]);
        const [row] = await own.database.prisma.upkeep.findMany();
        expect(row?.finishedAt).not.toBeNull();
        expect(row?.leaseOwner).toBeNull();
      } finally {
        await own.close();
      }
    });
  });
});

const daysAgo = (days: number): Date => new Date(Date.now() - days * 86_400_000);

/** Everything that is old in one workspace, in pieces of so many rows. @returns rows that went, by table */
async function clearAll(
  retention: Retention,
  scope: WorkspaceScope,
  limit = 100,
): Promise<Record<string, number>> {
  const removed: Record<string, number> = {};
  for (const clearing of retention.clearings) {
    let from: string | undefined;
    do {
      const cleared = await clearing.clear(scope, DAYS, from, limit);
      if (cleared.removed > 0) removed[clearing.table] = (removed[clearing.table] ?? 0) + cleared.removed;
      from = cleared.next;
    } while (from !== undefined);
  }
  return removed;
}
