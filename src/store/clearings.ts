import { firstIdAt } from '../domain/ids.js';
import type { Database } from './database.js';
import { Prisma } from './generated/client.js';
import type { WorkspaceScope } from './scope.js';

/** For how many days what is over is kept. */
export interface RetentionDays {
  /** Recorded events that became conversations, deliveries that are settled, passing facts. */
  settled: number;
  /** Keys by which repeats are recognised. */
  keys: number;
  /** Dead letters, and events that nobody could read. */
  parked: number;
  /** Answers kept for repeated requests. */
  answers: number;
  /** Ended sessions, sign-in codes, and uploads that no message took. */
  ended: number;
}

/** Where a walk through a table has come to; undefined: its beginning. */
export type Place = string | undefined;

export interface Cleared {
  removed: number;
  /** Where to go on; undefined: nothing further on is old enough. */
  next: Place;
}

export interface Clearing {
  table: string;
  /** Removes what is old among the next `limit` rows, in one short statement that waits for nobody. */
  clear(scope: WorkspaceScope, days: RetentionDays, from: Place, limit: number): Promise<Cleared>;
}

interface ClearedRow {
  removed: number;
  last: string | null;
  more: boolean;
}

/** What may go of each table. Nothing that waits, is uncertain or is still being asked about is among it. */
export function createClearings({ prisma }: Pick<Database, 'prisma'>): Clearing[] {
  const answer = ([row]: ClearedRow[]): Cleared => ({
    removed: row?.removed ?? 0,
    next: row?.more === true && row.last !== null ? row.last : undefined,
  });

  const events = (state: Prisma.Sql, daysOf: (days: RetentionDays) => number): Clearing => ({
    table: 'inbound_events',
    clear: async (scope, days, from, limit) =>
      answer(
        await prisma.$queryRaw<ClearedRow[]>`
          WITH walked AS MATERIALIZED (
            SELECT workspace_id, position, received_at FROM inbound_events
            WHERE workspace_id = ${scope.workspaceId} AND position > ${from ?? '0'}::bigint AND ${state}
            ORDER BY position LIMIT ${limit}
          ), old AS MATERIALIZED (
            SELECT e.workspace_id, e.position FROM walked
            JOIN inbound_events e ON e.workspace_id = walked.workspace_id AND e.position = walked.position
            WHERE ${state} AND coalesce(e.projected_at, e.received_at) < ${before(daysOf(days))}
            FOR UPDATE OF e SKIP LOCKED
          ), gone AS (
            DELETE FROM inbound_events e USING old WHERE e.workspace_id = old.workspace_id AND e.position = old.position
            RETURNING 1
          )
          SELECT (SELECT count(*) FROM gone)::int AS removed, max(position)::text AS last,
            count(*) = ${limit} AND min(received_at) < ${before(daysOf(days))} AS more
          FROM walked`,
      ),
  });

  const deliveries = (
    state: 'delivered' | 'cancelled' | 'dead',
    daysOf: (days: RetentionDays) => number,
  ): Clearing => ({
    table: 'deliveries',
    clear: async (scope, days, from, limit) =>
      answer(
        await prisma.$queryRaw<ClearedRow[]>`
          WITH walked AS MATERIALIZED (
            SELECT workspace_id, id, position, created_at FROM deliveries
            WHERE workspace_id = ${scope.workspaceId} AND state = ${state} AND position > ${from ?? '0'}::bigint
            ORDER BY position LIMIT ${limit}
          ), old AS MATERIALIZED (
            SELECT d.workspace_id, d.id FROM walked
            JOIN deliveries d ON d.workspace_id = walked.workspace_id AND d.id = walked.id
            WHERE d.state = ${state} AND d.settled_at < ${before(daysOf(days))}
            FOR UPDATE OF d SKIP LOCKED
          ), tries AS (
            DELETE FROM attempts a USING old WHERE a.workspace_id = old.workspace_id AND a.delivery_id = old.id
          ), gone AS (
            DELETE FROM deliveries d USING old WHERE d.workspace_id = old.workspace_id AND d.id = old.id
            RETURNING 1
          )
          SELECT (SELECT count(*) FROM gone)::int AS removed, max(position)::text AS last,
            count(*) = ${limit} AND min(created_at) < ${before(daysOf(days))} AS more
          FROM walked`,
      ),
  });

  return [
    events(Prisma.sql`state = 'projected'`, (days) => days.settled),
    events(Prisma.sql`state = 'unrecognised'`, (days) => days.parked),
    events(Prisma.sql`state = 'failed'`, (days) => days.parked),
    {
      table: 'inbound_keys',
      // One that is repeated meanwhile is young again, and is left out under its own lock.
      clear: async (scope, days, _from, limit) =>
        answer(
          await prisma.$queryRaw<ClearedRow[]>`
            WITH old AS MATERIALIZED (
              SELECT workspace_id, connection_id, key FROM inbound_keys
              WHERE workspace_id = ${scope.workspaceId} AND accepted_at < ${before(days.keys)}
              ORDER BY accepted_at LIMIT ${limit} FOR UPDATE SKIP LOCKED
            ), gone AS (
              DELETE FROM inbound_keys k USING old
              WHERE k.workspace_id = old.workspace_id AND k.connection_id = old.connection_id AND k.key = old.key
              RETURNING 1
            )
            SELECT count(*)::int AS removed, '' AS last, count(*) = ${limit} AS more FROM gone`,
        ),
    },
    deliveries('delivered', (days) => days.settled),
    deliveries('cancelled', (days) => days.settled),
    deliveries('dead', (days) => days.parked),
    {
      table: 'idempotency_keys',
      clear: async (scope, days, _from, limit) =>
        answer(
          await prisma.$queryRaw<ClearedRow[]>`
            WITH old AS MATERIALIZED (
              SELECT workspace_id, principal, key FROM idempotency_keys
              WHERE workspace_id = ${scope.workspaceId} AND created_at < ${before(days.answers)}
              ORDER BY created_at LIMIT ${limit} FOR UPDATE SKIP LOCKED
            ), gone AS (
              DELETE FROM idempotency_keys k USING old
              WHERE k.workspace_id = old.workspace_id AND k.principal = old.principal AND k.key = old.key
              RETURNING 1
            )
            SELECT count(*)::int AS removed, '' AS last, count(*) = ${limit} AS more FROM gone`,
        ),
    },
    {
      table: 'sign_in_codes',
      clear: async (scope, days, from, limit) =>
        answer(
          await prisma.$queryRaw<ClearedRow[]>`
            WITH walked AS MATERIALIZED (
              SELECT workspace_id, code_hash, expires_at FROM sign_in_codes
              WHERE workspace_id = ${scope.workspaceId} AND code_hash > ${from ?? ''}
              ORDER BY code_hash LIMIT ${limit}
            ), gone AS (
              DELETE FROM sign_in_codes c USING walked
              WHERE c.workspace_id = walked.workspace_id AND c.code_hash = walked.code_hash
                AND walked.expires_at < ${before(days.ended)}
              RETURNING 1
            )
            SELECT (SELECT count(*) FROM gone)::int AS removed, max(code_hash) AS last, count(*) = ${limit} AS more FROM walked`,
        ),
    },
    {
      table: 'agent_sessions',
      // The tokens of a session end at the same time as its first row, by which it is renewed and ended.
      clear: async (scope, days, from, limit) =>
        answer(
          await prisma.$queryRaw<ClearedRow[]>`
            WITH walked AS MATERIALIZED (
              SELECT workspace_id, id, renewable_until FROM agent_sessions
              WHERE workspace_id = ${scope.workspaceId} AND id > ${from ?? ''}
              ORDER BY id LIMIT ${limit}
            ), gone AS (
              DELETE FROM agent_sessions s USING walked
              WHERE s.workspace_id = walked.workspace_id AND s.id = walked.id
                AND walked.renewable_until < ${before(days.ended)}
              RETURNING 1
            )
            SELECT (SELECT count(*) FROM gone)::int AS removed, max(id) AS last, count(*) = ${limit} AS more FROM walked`,
        ),
    },
    {
      table: 'files',
      // A message that takes the file this very moment holds its row: it is left alone.
      clear: async (scope, days, _from, limit) =>
        answer(
          await prisma.$queryRaw<ClearedRow[]>`
            WITH old AS MATERIALIZED (
              SELECT workspace_id, id FROM files
              WHERE workspace_id = ${scope.workspaceId} AND unused_since < ${before(days.ended)}
              ORDER BY unused_since LIMIT ${Math.min(limit, MOST_FILES)} FOR UPDATE SKIP LOCKED
            ), pieces AS (
              DELETE FROM file_pieces p USING old WHERE p.workspace_id = old.workspace_id AND p.file_id = old.id
            ), gone AS (
              DELETE FROM files f USING old WHERE f.workspace_id = old.workspace_id AND f.id = old.id
              RETURNING 1
            )
            SELECT count(*)::int AS removed, '' AS last, count(*) = ${Math.min(limit, MOST_FILES)} AS more FROM gone`,
        ),
    },
    {
      table: 'file_pieces',
      // An upload whose process died has pieces and no file. Ids tell when they were made, so only those that
      // have come of age since the last weeks are looked at.
      clear: async (scope, days, from, limit) =>
        answer(
          await prisma.$queryRaw<ClearedRow[]>`
            WITH walked AS MATERIALIZED (
              SELECT workspace_id, file_id, number FROM file_pieces
              WHERE workspace_id = ${scope.workspaceId}
                AND (file_id, number) > (${from?.split(' ')[0] ?? fileIdAt(days.ended + PIECES_LOOKED_BACK)}, ${from?.split(' ')[1] ?? '-1'}::int)
                AND file_id < ${fileIdAt(days.ended)}
              ORDER BY file_id, number LIMIT ${limit}
            ), gone AS (
              DELETE FROM file_pieces p USING walked
              WHERE p.workspace_id = walked.workspace_id AND p.file_id = walked.file_id AND p.number = walked.number
                AND NOT EXISTS (SELECT 1 FROM files f WHERE f.workspace_id = p.workspace_id AND f.id = p.file_id)
              RETURNING 1
            )
            SELECT (SELECT count(*) FROM gone)::int AS removed,
              (SELECT file_id || ' ' || number FROM walked ORDER BY file_id DESC, number DESC LIMIT 1) AS last,
              count(*) = ${limit} AS more FROM walked`,
        ),
    },
  ];
}

/** A file's pieces go with it, and may be 25 MB. */
const MOST_FILES = 10;
/** Days for which pieces without a file are looked for. */
const PIECES_LOOKED_BACK = 30;

/** The instant so many days ago, by the database's clock. */
export const before = (days: number): Prisma.Sql =>
  Prisma.sql`now() - make_interval(secs => ${days * 86_400}::float8)`;

const fileIdAt = (daysAgo: number): string => firstIdAt('file', Date.now() - daysAgo * 86_400_000);
