import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FactView } from '../../../src/domain/views.js';
import { createRetention, type Retention } from '../../../src/store/retention.js';
import type { Taken } from '../../../src/store/outbox.js';
import { onEachDatabase } from '../../support/test-database.js';
import { openRooms, type Place, type Rooms } from '../core/rooms.js';

const DAYS = { settled: 30, keys: 30, parked: 90, answers: 1, ended: 7 };

describe('facts that are deleted', () => {
  onEachDatabase((kind) => {
    let rooms: Rooms;
    let place: Place;
    let retention: Retention;
    beforeEach(async () => {
      rooms = await openRooms(kind);
      place = await rooms.addPlace();
      retention = createRetention(rooms.database);
      await retention.lease('test', 0, 60);
    }, 60_000);
    afterEach(() => rooms?.close());

    /** A conversation with an answer that was sent: opened, received, queued, sent. */
    const converse = async (name: string): Promise<string> => {
      const lane = await rooms.addConversation(place, name);
      await rooms.owe(place, lane.conversationId, `answer in ${name}`);
      const taken = await rooms.outbox.take(lane, { owner: 'test', seconds: 10 });
      await settle(rooms, taken);
      return lane.conversationId;
    };
    const clear = async (limit = 2): Promise<number> => {
      const facts = retention.clearings.find(({ table }) => table === 'conversation_events');
      let removed = 0;
      let from: string | undefined;
      do {
        const cleared = await facts?.clear(place.scope, DAYS, from, limit);
        removed += cleared?.removed ?? 0;
        from = cleared?.next;
      } while (from !== undefined);
      return removed;
    };
    /** So many days pass for all that was written. */
    const pass = (days: number) => rooms.database.prisma.$executeRaw`
      UPDATE feed_days SET day = day - ${days}::int, seen_at = seen_at - make_interval(days => ${days}::int)`;
    const readFrom = async (cursor: string, limit = 3): Promise<FactView[] | 'start_afresh'> => {
      const facts: FactView[] = [];
      for (let at = cursor; ; ) {
        const page = await rooms.feed.readAfter(place.scope, at, limit);
        if (page.outcome === 'start_afresh') return 'start_afresh';
        facts.push(...page.facts);
        // Another test's transaction on the same server holds back what is newer than it.
        if (page.facts.length === 0 && !page.held) return facts;
        at = page.cursor;
      }
    };
    const says = (facts: FactView[] | 'start_afresh') =>
      facts === 'start_afresh' ? facts : facts.map(({ conversationId, type }) => `${conversationId} ${type}`);

    it('nothing goes before its days are over, whatever time its event tells', async () => {
      await converse('young');
      expect(await clear()).toBe(0);
      await pass(29);
      expect(await clear()).toBe(0);
      expect(await readFrom('0.0')).toHaveLength(4);
    });

    it('a reader who has missed a deleted fact starts afresh, one who has read it goes on, and no other fact is lost or repeated', async () => {
      const old = await converse('old');
      const all = await readFrom('0.0');
      if (all === 'start_afresh') throw new Error(all);
      // The day on which the numbers below were noted.
      expect(await clear()).toBe(0);
      const young = await converse('young');
      await pass(31);
      expect(await clear()).toBe(1);

      const youngFacts = ['conversation.opened', 'message.received', 'message.queued', 'message.sent'];
      const afterwards = youngFacts.map((type) => `${young} ${type}`);
      const sent = all.findIndex(({ type }) => type === 'message.sent');
      for (const [index, fact] of all.entries()) {
        expect(says(await readFrom(fact.cursor))).toEqual(index < sent ? 'start_afresh' : afterwards);
      }
      // From the start there is what there is; and a page that is read on never begins anew.
      expect(says(await readFrom('0.0', 1))).toEqual(afterwards);
      // The conversation's own page keeps what was said, with what became of it.
      const page = await rooms.feed.readConversation(place.scope, old, { after: 0, limit: 10 });
      expect(page.map(({ seq, type }) => `${seq} ${type}`)).toEqual([
        '1 conversation.opened',
        '2 message.received',
        '3 message.queued',
      ]);
      expect(page.at(-1)?.message?.state).toBe('sent');
    });

    it('when all is deleted, who was up to date stays so and now is where it was', async () => {
      await converse('only');
      await rooms.database.prisma.conversationEvent.deleteMany({ where: { NOT: { type: 'message.sent' } } });
      await readFrom('0.0');
      const head = await rooms.feed.head(place.scope);
      await clear();
      await pass(31);
      expect(await clear()).toBe(1);
      expect(await rooms.feed.head(place.scope)).toBe(head);
      expect(await readFrom(head)).toEqual([]);
      expect(await readFrom('1.1')).toBe('start_afresh');
      await converse('next');
      expect(await readFrom(head)).toHaveLength(4);
    });

    it('after a restore, when transactions are numbered anew, the old beginning and the old days count no more', async () => {
      const { prisma } = rooms.database;
      await converse('restored');
      await prisma.$executeRaw`UPDATE upkeep SET feed_txid = 900000000000, feed_position = 1`;
      await prisma.$executeRaw`
        INSERT INTO feed_days (workspace_id, day, seen_at, txid)
        VALUES (${place.scope.workspaceId}, current_date - 40, now() - interval '40 days', 800000000000)`;
      expect(await clear()).toBe(0);
      expect(await readFrom('0.0')).toHaveLength(4);
      expect(await rooms.feed.readAfter(place.scope, '1.1', 1)).toMatchObject({ outcome: 'read' });
    });
  });
});

async function settle(rooms: Rooms, taken: Taken): Promise<void> {
  if (taken.outcome !== 'send') throw new Error(taken.outcome);
  await rooms.outbox.settle(taken.head, taken.fence, {
    as: 'delivered',
    attempt: taken.head.attempt,
    attemptOutcome: 'delivered',
  });
}
