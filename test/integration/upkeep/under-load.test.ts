import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type Database, openDatabase } from '../../../src/store/database.js';
import { createRetention } from '../../../src/store/retention.js';
import { type ClearedWorkspace, createUpkeep } from '../../../src/upkeep/upkeep.js';
import { waitFor } from '../../support/wait-for.js';
import { hello, newEvent, openRooms, type Place, type Rooms } from '../core/rooms.js';

const CLEARER = 'desk-bridge:clearer';
const OLD = 20_000;
const DAYS = { settled: 30, keys: 30, parked: 90, answers: 1, ended: 7 };

describe.skipIf(inject('postgresUrl') === null)('clearing under load', () => {
  let rooms: Rooms;
  let place: Place;
  let clearers: Database;
  let watcher: pg.Client;
  beforeAll(async () => {
    rooms = await openRooms('server');
    place = await rooms.addPlace();
    clearers = await openDatabase({
      kind: 'server',
      url: rooms.url ?? '',
      poolSize: 2,
      applicationName: CLEARER,
    });
    watcher = new pg.Client({ connectionString: rooms.url });
    await watcher.connect();
  }, 60_000);
  afterAll(async () => {
    await watcher?.end();
    await clearers?.close();
    await rooms?.close();
  });

  /** How many connections wait just now for a lock that the clearing holds. */
  const countWaiting = async (): Promise<number> => {
    const { rows } = await watcher.query<{ waiting: number }>(
      `SELECT count(*)::int AS waiting FROM pg_stat_activity a, unnest(pg_blocking_pids(a.pid)) AS by(pid)
       JOIN pg_stat_activity b ON b.pid = by.pid WHERE b.application_name = $1 AND a.wait_event_type = 'Lock'`,
      [CLEARER],
    );
    return rows[0]?.waiting ?? 0;
  };

  it('recording, projecting and owing wait for none of its locks, and everything that is old goes', {
    timeout: 120_000,
  }, async () => {
    const { workspaceId } = place.scope;
    await rooms.database.prisma.$executeRaw`
      INSERT INTO inbound_keys (workspace_id, connection_id, key, accepted_at)
      SELECT ${workspaceId}, ${place.connectionId}, 'old ' || n, now() - interval '40 days' FROM generate_series(1, ${OLD}) n`;
    await rooms.database.prisma.$executeRaw`
      INSERT INTO inbound_events (workspace_id, connection_id, lane_key, kind, payload, state, received_at, projected_at)
      SELECT ${workspaceId}, ${place.connectionId}, 'old', 'message', '{}', 'projected', now() - interval '40 days', now() - interval '40 days'
      FROM generate_series(1, ${OLD}) n`;
    await rooms.database.prisma.$executeRaw`
      INSERT INTO deliveries (workspace_id, id, connection_id, conversation_id, kind, payload, state, idempotency_key, created_at, settled_at)
      SELECT ${workspaceId}, 'dlv_old' || n, ${place.connectionId}, 'cnv_old', 'close', '{}', 'delivered', '', now() - interval '40 days', now() - interval '40 days'
      FROM generate_series(1, ${OLD}) n`;
    const lane = await rooms.addConversation(place, 'busy');

    const cleared: ClearedWorkspace[] = [];
    const upkeep = createUpkeep({
      retention: createRetention(clearers),
      days: DAYS,
      owner: CLEARER,
      everySeconds: 1,
      observe: {
        cleared: (workspace) => cleared.push(workspace),
        failed: (error) => {
          throw error;
        },
      },
    });
    const isCleared = (): boolean => cleared.some(({ isDone }) => isDone);
    let recorded = 0;
    let waits = 0;
    let looks = 0;
    upkeep.start();
    const work = async (): Promise<void> => {
      while (!isCleared()) {
        const events = Array.from({ length: 10 }, () =>
          newEvent(place, { laneKey: 'busy', payload: { facts: [hello] } }),
        );
        recorded += (await rooms.inbox.record(events)).filter(Boolean).length;
        await rooms.projectAll(place, ['busy']);
        await rooms.owe(place, lane.conversationId, 'answer');
      }
    };
    const watch = async (): Promise<void> => {
      while (!isCleared()) {
        waits += await countWaiting();
        looks += 1;
      }
    };
    await Promise.all([work(), watch()]);
    await upkeep.stop();

    expect({ waits, looked: looks > 50, worked: recorded > 50 }).toEqual({
      waits: 0,
      looked: true,
      worked: true,
    });
    const total = (table: string): number =>
      cleared.reduce((sum, { removed }) => sum + (removed[table] ?? 0), 0);
    expect(['inbound_keys', 'inbound_events', 'deliveries'].map(total)).toEqual([OLD, OLD, OLD]);
    expect(await rooms.database.prisma.inboundEvent.count({ where: { workspaceId } })).toBe(recorded + 1);
  });

  it('a wait for its locks would have been seen', async () => {
    const holder = new pg.Client({ connectionString: rooms.url, application_name: CLEARER });
    await holder.connect();
    try {
      await holder.query('BEGIN; LOCK TABLE inbound_keys IN EXCLUSIVE MODE');
      const recording = rooms.inbox.record([newEvent(place)]);
      await waitFor('the intake to wait', async () => (await countWaiting()) > 0);
      await holder.query('COMMIT');
      expect(await recording).toEqual([true]);
    } finally {
      await holder.end();
    }
  });
});
