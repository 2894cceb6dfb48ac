import { before, type Cleared, type Clearing, createClearings } from './clearings.js';
import type { Database } from './database.js';
import { WorkspaceScope } from './scope.js';

export type { Clearing, Place, RetentionDays } from './clearings.js';

/** What is old goes, a workspace at a time and in small pieces, so that nothing waits for it. */
export interface Retention {
  /** In the order in which they are cleared. */
  clearings: readonly Clearing[];
  /** Takes the workspace that was cleared longest ago, unless all were within `everySeconds` or are taken. */
  lease(owner: string, everySeconds: number, leaseSeconds: number): Promise<WorkspaceScope | undefined>;
  /** Gives it back. `isDone`: everything old is gone; else it is its turn again soon. */
  release(scope: WorkspaceScope, owner: string, isDone: boolean): Promise<void>;
}

export function createRetention(database: Database): Retention {
  const { prisma } = database;
  return {
    clearings: [...createClearings(database), factsClearing(database)],

    async lease(owner, everySeconds, leaseSeconds) {
      await prisma.$executeRaw`
        INSERT INTO upkeep (workspace_id)
        SELECT id FROM workspaces w WHERE NOT EXISTS (SELECT 1 FROM upkeep u WHERE u.workspace_id = w.id)
        ON CONFLICT DO NOTHING`;
      const [row] = await prisma.$queryRaw<{ workspace_id: string }[]>`
        WITH due AS MATERIALIZED (
          SELECT workspace_id FROM upkeep
          WHERE (lease_until IS NULL OR lease_until < now())
            AND (finished_at IS NULL OR finished_at < now() - make_interval(secs => ${everySeconds}::float8))
          ORDER BY started_at NULLS FIRST LIMIT 1
          FOR UPDATE SKIP LOCKED
        )
        UPDATE upkeep u SET lease_owner = ${owner}, started_at = now(),
          lease_until = now() + make_interval(secs => ${leaseSeconds}::float8)
        FROM due WHERE u.workspace_id = due.workspace_id
        RETURNING u.workspace_id`;
      return row === undefined ? undefined : WorkspaceScope.open(row.workspace_id);
    },

    async release(scope, owner, isDone) {
      await prisma.$executeRaw`
        UPDATE upkeep SET lease_owner = NULL, lease_until = NULL,
          finished_at = CASE WHEN ${isDone} THEN now() ELSE finished_at END
        WHERE workspace_id = ${scope.workspaceId} AND lease_owner = ${owner}`;
    },
  };
}

/**
 * Facts whose whole content is the state of a row that stays: a message's way, a refreshed summary. What was
 * said, opened, assigned and closed is the conversation's page and stays with it.
 */
const PASSING = [
  'conversation.updated',
  'message.sent',
  'message.delayed',
  'message.uncertain',
  'message.failed',
  'message.delivered',
  'message.read',
  'action.delayed',
  'connection.paused',
  'connection.resumed',
];

/**
 * Walks the feed in its own order, from where it came to last. How old a fact is, its transaction's number
 * tells, compared with the number noted on a day that long ago: when it happened outside says nothing of
 * who may not have read it yet. With the last fact that goes, the feed's beginning moves, in one statement:
 * a reader sees both or neither.
 */
function factsClearing({ prisma }: Database): Clearing {
  const note = async (scope: WorkspaceScope, days: number): Promise<void> => {
    await prisma.$executeRaw`
      INSERT INTO feed_days (workspace_id, day, txid)
      VALUES (${scope.workspaceId}, current_date, pg_snapshot_xmin(pg_current_snapshot())::text::bigint)
      ON CONFLICT DO NOTHING`;
    // Older than the one that counts; or of another time, as after a restore, when numbers begin anew.
    await prisma.$executeRaw`
      UPDATE upkeep SET walked_txid = 0, walked_position = 0, feed_txid = 0, feed_position = 0
      WHERE workspace_id = ${scope.workspaceId}
        AND greatest(walked_txid, feed_txid) >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint`;
    await prisma.$executeRaw`
      DELETE FROM feed_days d WHERE d.workspace_id = ${scope.workspaceId}
        AND (d.txid >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint
          OR d.seen_at < (SELECT max(o.seen_at) FROM feed_days o
            WHERE o.workspace_id = ${scope.workspaceId} AND o.seen_at < ${before(days)}))`;
  };
  const walk = async (scope: WorkspaceScope, days: number, limit: number): Promise<Cleared> => {
    const [row] = await prisma.$queryRaw<{ removed: number; more: boolean }[]>`
      WITH kept AS MATERIALIZED (
        SELECT u.walked_txid, u.walked_position, (
          SELECT d.txid FROM feed_days d WHERE d.workspace_id = u.workspace_id AND d.seen_at < ${before(days)}
          ORDER BY d.seen_at DESC LIMIT 1) AS until
        FROM upkeep u WHERE u.workspace_id = ${scope.workspaceId}
      ), walked AS MATERIALIZED (
        SELECT e.* FROM kept CROSS JOIN LATERAL (
          SELECT workspace_id, conversation_id, seq, type, txid, position FROM conversation_events
          WHERE workspace_id = ${scope.workspaceId} AND (txid, position) > (kept.walked_txid, kept.walked_position)
            AND txid < kept.until
          ORDER BY txid, position LIMIT ${limit}
        ) e
      ), gone AS (
        DELETE FROM conversation_events e USING walked w
        WHERE e.workspace_id = w.workspace_id AND e.conversation_id = w.conversation_id AND e.seq = w.seq
          AND w.type = ANY(${PASSING})
        RETURNING e.txid, e.position
      ), moved AS (
        UPDATE upkeep u SET walked_txid = far.txid, walked_position = far.position,
          feed_txid = coalesce(beginning.txid, u.feed_txid), feed_position = coalesce(beginning.position, u.feed_position)
        FROM (SELECT txid, position FROM walked ORDER BY txid DESC, position DESC LIMIT 1) far
        LEFT JOIN (SELECT txid, position FROM gone ORDER BY txid DESC, position DESC LIMIT 1) beginning ON true
        WHERE u.workspace_id = ${scope.workspaceId}
      )
      SELECT (SELECT count(*) FROM gone)::int AS removed, (SELECT count(*) FROM walked) = ${limit} AS more`;
    return { removed: row?.removed ?? 0, next: row?.more === true ? '' : undefined };
  };
  return {
    table: 'conversation_events',
    async clear(scope, days, from, limit) {
      if (from === undefined) await note(scope, days.settled);
      return walk(scope, days.settled, limit);
    },
  };
}
