import type { Database } from './database.js';
import { Prisma } from './generated/client.js';
import { isOpenToAll, laneOf } from './lane-rows.js';
import type { DueLane } from './outbox.js';

/** Where among the lanes that wait: behind this one. */
export interface EarlyPlace {
  nextAt: Date;
  conversationId: string;
}

/**
 * Lanes that have failed and wait for their time, to be tried before it. None that was asked to wait, or of
 * which it is not known whether it arrived.
 */
export interface EarlyLanes {
  /** A connection's next ones after `after`, in the order of their times. */
  find(
    connectionId: string,
    limit: number,
    after?: EarlyPlace,
  ): Promise<{ lanes: DueLane[]; last?: EarlyPlace }>;
  /** Connections that have some. */
  listConnections(): Promise<string[]>;
}

const TOO_MANY_REQUESTS = 429;

/** Of a lane `l`: it waits as it has failed, and was not asked to wait; what became of its head is known. */
const isPatient = Prisma.sql`l.next_at > now() AND l.troubled_since IS NOT NULL
  AND (l.lease_until IS NULL OR l.lease_until < now())
  AND NOT EXISTS (
    SELECT 1 FROM deliveries d
    LEFT JOIN attempts a ON a.workspace_id = d.workspace_id AND a.delivery_id = d.id AND a.number = d.attempts
    WHERE d.workspace_id = l.workspace_id AND d.connection_id = l.connection_id AND d.conversation_id = l.conversation_id
      AND d.state IN ('waiting', 'sending', 'uncertain') AND ((d.state <> 'waiting' AND NOT 'asked' = ANY(d.flags)) OR a.http_status = ${TOO_MANY_REQUESTS}))`;

export function createEarlyLanes({ prisma }: Pick<Database, 'prisma'>): EarlyLanes {
  return {
    async find(connectionId, limit, after) {
      const rows = await prisma.$queryRaw<
        { workspace_id: string; connection_id: string; conversation_id: string; next_at: Date }[]
      >`
        SELECT early.* FROM connections k CROSS JOIN LATERAL (
          SELECT l.workspace_id, l.connection_id, l.conversation_id, l.next_at FROM lanes l
          WHERE l.workspace_id = k.workspace_id AND l.connection_id = k.id AND ${isPatient}
            AND (l.next_at, l.conversation_id) > (${after?.nextAt ?? new Date(0)}::timestamptz, ${after?.conversationId ?? ''})
          ORDER BY l.next_at, l.conversation_id LIMIT ${limit}
        ) early
        WHERE k.id = ${connectionId} AND ${isOpenToAll}
        ORDER BY early.next_at, early.conversation_id`;
      const last = rows.at(-1);
      return {
        lanes: rows.map((row) => ({ ...laneOf(row), isEarly: true as const })),
        ...(last === undefined
          ? {}
          : { last: { nextAt: last.next_at, conversationId: last.conversation_id } }),
      };
    },

    async listConnections() {
      const rows = await prisma.$queryRaw<{ id: string }[]>`
        SELECT k.id FROM connections k
        WHERE ${isOpenToAll} AND EXISTS (
          SELECT 1 FROM lanes l WHERE l.workspace_id = k.workspace_id AND l.connection_id = k.id AND ${isPatient})`;
      return rows.map(({ id }) => id);
    },
  };
}
