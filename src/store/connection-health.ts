import type { ConnectionHealth } from '../domain/views.js';
import type { Database } from './database.js';
import { present } from './rows.js';
import type { WorkspaceScope } from './scope.js';

/** Counting ends here: more is a lot, and nobody needs it to the last one. */
const MOST_COUNTED = 100_000;

interface HealthRow {
  id: string;
  waiting: number;
  oldest_at: Date | null;
  oldest_seconds: number | null;
  uncertain: number;
  dead: number;
  breaker_until: Date | null;
}

/** How it stands with the workspace's connections, by their ids: what they are owed, and since when. */
export async function readConnectionHealth(
  { prisma }: Pick<Database, 'prisma'>,
  { workspaceId }: WorkspaceScope,
): Promise<Map<string, ConnectionHealth>> {
  const rows = await prisma.$queryRaw<HealthRow[]>`
    WITH dead AS MATERIALIZED (
      SELECT d.connection_id, count(*)::int AS n FROM (
        SELECT connection_id FROM deliveries WHERE workspace_id = ${workspaceId} AND state = 'dead' LIMIT ${MOST_COUNTED}
      ) d GROUP BY d.connection_id
    )
    SELECT k.id, owed.waiting, owed.oldest_at, extract(epoch FROM now() - owed.oldest_at)::float8 AS oldest_seconds,
      owed.uncertain, coalesce(dead.n, 0) AS dead, CASE WHEN k.breaker_until > now() THEN k.breaker_until END AS breaker_until
    FROM connections k
    CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE NOT d.asked)::int AS waiting, min(d.created_at) FILTER (WHERE NOT d.asked) AS oldest_at,
        count(*) FILTER (WHERE d.asked)::int AS uncertain
      FROM (
        SELECT created_at, state = 'uncertain' AND 'asked' = ANY(flags) AS asked FROM deliveries
        WHERE workspace_id = k.workspace_id AND connection_id = k.id AND state IN ('waiting', 'sending', 'uncertain')
        LIMIT ${MOST_COUNTED}
      ) d
    ) owed
    LEFT JOIN dead ON dead.connection_id = k.id
    WHERE k.workspace_id = ${workspaceId}`;
  return new Map(rows.map((row) => [row.id, healthOf(row)]));
}

function healthOf(row: HealthRow): ConnectionHealth {
  return {
    waiting: row.waiting,
    uncertain: row.uncertain,
    dead: row.dead,
    breaker: row.breaker_until === null ? 'closed' : 'open',
    ...present({
      oldestWaitingAt: row.oldest_at,
      oldestWaitingSeconds: row.oldest_seconds === null ? null : Math.max(0, Math.round(row.oldest_seconds)),
      breakerUntil: row.breaker_until,
    }),
  };
}

export const atEase: ConnectionHealth = { waiting: 0, uncertain: 0, dead: 0, breaker: 'closed' };
