import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { onEachDatabase } from '../../support/test-database.js';
import { openRooms, type Place, type Rooms } from './rooms.js';
import { waitFor } from '../../support/wait-for.js';

describe('the feed', () => {
  onEachDatabase((kind) => {
    let rooms: Rooms;
    let place: Place;
    beforeAll(async () => {
      rooms = await openRooms(kind);
      place = await rooms.addPlace();
    });
    afterAll(() => rooms?.close());

    it('a reader who goes on from where it was sees every fact once, in order, however small its pages', async () => {
      const lanes = await Promise.all(
        Array.from({ length: 5 }, (_none, n) => rooms.addConversation(place, `paged ${n}`)),
      );
      for (const lane of lanes)
        for (let n = 0; n < 4; n += 1) await rooms.owe(place, lane.conversationId, `${n}`);
      const seen: string[] = [];
      let cursor = '0.0';
      for (;;) {
        const page = await rooms.feed.readAfter(place.scope, cursor, 3);
        if (page.outcome !== 'read') throw new Error(page.outcome);
        // Another test's transaction on the same server holds back what is newer than it.
        if (page.facts.length === 0 && !page.held) break;
        seen.push(...page.facts.map((fact) => `${fact.conversationId} ${fact.seq}`));
        cursor = page.cursor;
      }
      expect(new Set(seen).size).toBe(seen.length);
      for (const lane of lanes) {
        expect(seen.filter((line) => line.startsWith(lane.conversationId))).toEqual(
          [1, 2, 3, 4, 5, 6].map((seq) => `${lane.conversationId} ${seq}`),
        );
      }
      expect(cursor).toBe(await rooms.feed.head(place.scope));
    });

    it('its head is its newest fact, however many digits the numbers of its transactions have', async () => {
      const old = await rooms.addPlace();
      const { workspaceId } = old.scope;
      let seq = 0;
      for (const txid of [99, 100, 9, 101, 100]) {
        seq += 1;
        await rooms.database.prisma.$executeRaw`
          INSERT INTO conversation_events (workspace_id, conversation_id, seq, type, data, occurred_at, txid)
          VALUES (${workspaceId}, 'cnv_of_old', ${seq}, 'conversation.updated', '{}', now(), ${txid})`;
      }
      expect(await rooms.feed.head(old.scope)).toMatch(/^101\./u);
      const page = await rooms.feed.readAfter(old.scope, '0.0', 10);
      expect(page).toMatchObject({ outcome: 'read', cursor: await rooms.feed.head(old.scope) });
    });

    it('a cursor of another time, and one that is none, start afresh; a workspace sees its own facts only', async () => {
      expect(await rooms.feed.readAfter(place.scope, '999999999999.1', 10)).toEqual({
        outcome: 'start_afresh',
      });
      expect(await rooms.feed.readAfter(place.scope, 'abc', 10)).toEqual({ outcome: 'start_afresh' });
      const empty = await rooms.addPlace();
      expect(await rooms.feed.readAfter(empty.scope, '0.0', 10)).toMatchObject({
        outcome: 'read',
        facts: [],
      });
      expect(await rooms.feed.head(empty.scope)).toBe('0.0');
    });
  });
});

describe.skipIf(inject('postgresUrl') === null)('F29: transactions that commit out of order', () => {
  let rooms: Rooms;
  let place: Place;
  let slow: pg.Client;
  beforeAll(async () => {
    rooms = await openRooms('server');
    place = await rooms.addPlace();
    slow = new pg.Client({ connectionString: rooms.url });
    await slow.connect();
  });
  afterAll(async () => {
    await slow?.end();
    await rooms?.close();
  });
  const insert = (conversationId: string) =>
    slow.query(
      `INSERT INTO conversation_events (workspace_id, conversation_id, seq, type, data, occurred_at)
       VALUES ($1, $2, 900, 'conversation.updated', '{}', now())`,
      [place.scope.workspaceId, conversationId],
    );

  /** Another test's transaction on the same server holds back what is newer than it. */
  const nothingHeld = (): Promise<unknown> =>
    waitFor('older transactions to have ended', async () => {
      const page = await rooms.feed.readAfter(place.scope, '0.0', 1_000);
      return page.outcome === 'read' && !page.held;
    });

  it('what commits late is not skipped: newer facts are held until it is there, then all come in one order', async () => {
    for (let round = 0; round < 20; round += 1) {
      const late = await rooms.addConversation(place, `late ${round}`);
      const early = await rooms.addConversation(place, `early ${round}`);
      await nothingHeld();
      const from = await rooms.feed.head(place.scope);
      await slow.query('BEGIN');
      await insert(late.conversationId);
      await rooms.owe(place, early.conversationId, 'overtakes');
      expect(await rooms.feed.readAfter(place.scope, from, 10)).toEqual({
        outcome: 'read',
        facts: [],
        cursor: from,
        held: true,
        more: false,
      });
      // Whoever comes now starts before what is held.
      expect(await rooms.feed.head(place.scope)).toBe(from);
      await slow.query('COMMIT');
      await nothingHeld();
      const page = await rooms.feed.readAfter(place.scope, from, 10);
      if (page.outcome !== 'read') throw new Error(page.outcome);
      expect(page.held).toBe(false);
      expect(page.facts.map(({ conversationId, type }) => [conversationId, type])).toEqual([
        [late.conversationId, 'conversation.updated'],
        [early.conversationId, 'message.queued'],
      ]);
    }
  });

  it('a transaction that is rolled back holds nothing any longer', async () => {
    const lane = await rooms.addConversation(place, 'rolled back');
    await nothingHeld();
    const from = await rooms.feed.head(place.scope);
    await slow.query('BEGIN');
    await insert(lane.conversationId);
    await rooms.owe(place, lane.conversationId, 'waits');
    await slow.query('ROLLBACK');
    await nothingHeld();
    const page = await rooms.feed.readAfter(place.scope, from, 10);
    expect(page).toMatchObject({ held: false, facts: [{ type: 'message.queued' }] });
  });
});

describe.skipIf(inject('postgresUrl') === null)('a page costs what it holds', () => {
  const STRANGERS = 3_000;
  const READS = 50;
  let rooms: Rooms;
  let watcher: pg.Client;
  beforeAll(async () => {
    rooms = await openRooms('server');
    watcher = new pg.Client({ connectionString: rooms.url });
    await watcher.connect();
  });
  afterAll(async () => {
    await watcher?.end();
    await rooms?.close();
  });
  const rowsRead = async (): Promise<number> => {
    const { rows } = await watcher.query<{ n: string }>(
      `SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) AS n FROM pg_stat_user_tables
       WHERE relname IN ('notes', 'contacts', 'conversations', 'messages')`,
    );
    return Number(rows[0]?.n);
  };

  it('whatever else has come into the tables since the query was planned', async () => {
    const place = await rooms.addPlace();
    const { workspaceId } = place.scope;
    const lane = await rooms.addConversation(place, 'of some words');
    const read = async (times: number): Promise<void> => {
      for (let n = 0; n < times; n += 1) {
        const page = await rooms.feed.readAfter(place.scope, '0.0', 10);
        expect(page).toMatchObject({ outcome: 'read' });
        await rooms.feed.readConversation(place.scope, lane.conversationId, { after: 0, limit: 10 });
      }
    };
    // As a server does of itself: nearly nothing is there, so that reading all of it looks cheap.
    await watcher.query('ANALYZE');
    await read(READS);
    await watcher.query(
      `INSERT INTO notes (workspace_id, id, conversation_id, seq, author, text, occurred_at)
       SELECT $1, 'not_stranger_' || n, 'cnv_stranger', n, '{}', '', now() FROM generate_series(1, $2) n`,
      [workspaceId, STRANGERS],
    );
    await watcher.query(
      `INSERT INTO contacts (workspace_id, id, connection_id, external_contact_id)
       SELECT $1, 'ctc_stranger_' || n, $3, 'stranger ' || n FROM generate_series(1, $2) n`,
      [workspaceId, STRANGERS, lane.connectionId],
    );
    const before = await rowsRead();
    await read(READS);
    // A session tells its counts once a second, with what it does next.
    await new Promise((resolve) => setTimeout(resolve, 1_200));
    await read(READS);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const each = ((await rowsRead()) - before) / READS;
    expect(each).toBeGreaterThan(0);
    expect(each).toBeLessThan(STRANGERS / 10);
  });
});
