import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { ChatFact } from '../../../src/domain/chat-fact.js';
import type { WrittenFacts } from '../../../src/store/written-facts.js';
import { onEachDatabase } from '../../support/test-database.js';
import { openRooms, type Place, type Rooms } from './rooms.js';

const said = (text: string, externalMessageId?: string): ChatFact => ({
  type: 'message',
  contact: {},
  author: { type: 'contact' },
  kind: 'text',
  text,
  content: {},
  ...(externalMessageId === undefined ? {} : { externalMessageId }),
});

describe('facts that are told as they are written', () => {
  onEachDatabase((kind) => {
    let rooms: Rooms;
    let place: Place;
    const told: WrittenFacts[] = [];
    beforeAll(async () => {
      rooms = await openRooms(kind);
      place = await rooms.addPlace();
      rooms.nudges.on('written', (written) => told.push(...written));
    });
    afterAll(() => rooms?.close());

    /** Somebody else's transaction on the same server keeps a fact for the feed: then another is written. */
    const writeUntilTold = async (write: () => Promise<unknown>): Promise<WrittenFacts> => {
      for (let tries = 0; tries < 400; tries += 1) {
        told.length = 0;
        await write();
        const [first] = told;
        if (first !== undefined) return first;
      }
      throw new Error('never told');
    };

    const readFrom = async (after: string, count: number) => {
      for (;;) {
        const page = await rooms.feed.readAfter(place.scope, after, 100);
        if (page.outcome !== 'read') throw new Error(page.outcome);
        if (page.facts.length >= count) return page.facts.slice(0, count);
      }
    };

    it('are what the feed reads after the place that they name, to the letter: said by the contact', async () => {
      await rooms.addConversation(place, 'told');
      const written = await writeUntilTold(async () => {
        await rooms.record(place, 'told', [[said('told', `told ${Math.random()}`)]]);
        await rooms.projectAll(place, ['told']);
      });
      expect(written.facts).toHaveLength(1);
      expect(written.facts).toEqual(await readFrom(written.after, 1));
      expect(written.cursor).toBe(written.facts[0]?.cursor);
    });

    it('and said by an agent', async () => {
      const lane = await rooms.addConversation(place, 'answered');
      const written = await writeUntilTold(() => rooms.owe(place, lane.conversationId, 'here'));
      expect(written.facts).toEqual(await readFrom(written.after, 1));
    });

    it('an event that names what is known already is read again, and shown once', async () => {
      await rooms.addConversation(place, 'twin');
      await rooms.record(place, 'twin', [[said('hello', 'twice')]]);
      await rooms.projectAll(place, ['twin']);
      await rooms.record(place, 'twin', [[said('again', 'twice')], [said('another')]]);
      await rooms.projectAll(place, ['twin']);
      const messages = await rooms.database.prisma.message.findMany({
        where: { workspaceId: place.scope.workspaceId, externalMessageId: 'twice' },
      });
      expect(messages.map(({ text }) => text)).toEqual(['hello']);
      expect(
        await rooms.inbox.readWaiting(
          [{ ...place, workspaceId: place.scope.workspaceId, laneKey: 'twin' }],
          10,
        ),
      ).toEqual([]);
    });
  });
});

describe.skipIf(inject('postgresUrl') === null)('while an older transaction is under way', () => {
  it('nothing is told before its turn', async () => {
    const rooms = await openRooms('server');
    const place = await rooms.addPlace();
    const told: WrittenFacts[] = [];
    const slow = new pg.Client({ connectionString: rooms.url });
    await slow.connect();
    try {
      const lane = await rooms.addConversation(place, 'held');
      rooms.nudges.on('written', (written) => told.push(...written));
      await slow.query('BEGIN');
      await slow.query('SELECT pg_current_xact_id()');
      for (let n = 0; n < 5; n += 1) await rooms.owe(place, lane.conversationId, `${n}`);
      expect(told).toEqual([]);
      await slow.query('COMMIT');
    } finally {
      await slow.end();
      await rooms.close();
    }
  });
});
