import type { Database } from './database.js';
import type { DeliveryLane, Nudges } from './nudges.js';

/** What is still owed to connections that were disconnected: nobody will deliver it. */
export interface Abandoned {
  /** Lanes that owe something to a disconnected connection and that no worker holds. */
  find(limit: number): Promise<DeliveryLane[]>;
  /**
   * Ends what such a lane owes, each visibly in its place. What may have been accepted before becomes a
   * question to the agent. @returns how many ended
   */
  cancel(lane: DeliveryLane): Promise<number>;
}

const FAILURE = {
  code: 'connection_disconnected',
  message: 'The connection was disconnected before this was delivered.',
};
const DOUBT = {
  code: 'connection_disconnected',
  message:
    'The connection was disconnected before the answer to this message came: it may or may not have arrived.',
};

export function createAbandoned(database: Database, nudges: Pick<Nudges, 'send'>): Abandoned {
  const { prisma } = database;
  return {
    async find(limit) {
      const rows = await prisma.$queryRaw<
        { workspace_id: string; connection_id: string; conversation_id: string }[]
      >`
        SELECT l.workspace_id, l.connection_id, l.conversation_id FROM connections k CROSS JOIN LATERAL (
          SELECT * FROM lanes WHERE workspace_id = k.workspace_id AND connection_id = k.id AND next_at IS NOT NULL
            AND (lease_until IS NULL OR lease_until < now()) LIMIT ${limit}
        ) l
        WHERE k.status = 'disconnected' LIMIT ${limit}`;
      return rows.map((row) => ({
        workspaceId: row.workspace_id,
        connectionId: row.connection_id,
        conversationId: row.conversation_id,
      }));
    },

    async cancel({ workspaceId, connectionId, conversationId }) {
      // One conversation at a time, its row first: facts are numbered under its lock. A desk's orders may name
      // the contact's own message; only what we said can fail to be delivered.
      const [row] = await prisma.$queryRaw<{ ended: number }[]>`
        WITH locked AS MATERIALIZED (
          SELECT c.workspace_id, c.id, c.last_seq FROM conversations c
          WHERE c.workspace_id = ${workspaceId} AND c.id = ${conversationId} FOR UPDATE
        ), held AS MATERIALIZED (
          SELECT l.* FROM lanes l WHERE l.workspace_id = ${workspaceId} AND l.connection_id = ${connectionId}
            AND l.conversation_id = ${conversationId} AND (l.lease_until IS NULL OR l.lease_until < now())
            AND (SELECT count(*) FROM locked) = 1
            AND EXISTS (SELECT 1 FROM connections k WHERE k.workspace_id = l.workspace_id AND k.id = l.connection_id
              AND k.status = 'disconnected')
          FOR UPDATE
        ), owed AS MATERIALIZED (
          SELECT d.workspace_id, d.id, d.kind, d.position, m.id AS message_id,
            d.state <> 'waiting' AND m.id IS NOT NULL AS doubtful, row_number() OVER (ORDER BY d.position) AS n
          FROM held
          JOIN deliveries d ON d.workspace_id = held.workspace_id AND d.connection_id = held.connection_id
            AND d.conversation_id = held.conversation_id
            AND (d.state IN ('waiting', 'sending') OR (d.state = 'uncertain' AND NOT 'asked' = ANY(d.flags)))
          LEFT JOIN messages m ON m.workspace_id = d.workspace_id AND m.id = d.message_id AND m.direction = 'out'
            AND m.delivery_id = d.id
        ), ended AS (
          UPDATE deliveries d SET
            state = CASE WHEN o.doubtful THEN 'uncertain' ELSE 'cancelled' END,
            flags = CASE WHEN o.doubtful THEN array_append(d.flags, 'asked') ELSE d.flags END,
            reason = CASE WHEN o.doubtful THEN ${JSON.stringify(DOUBT)} ELSE ${JSON.stringify(FAILURE)} END::jsonb,
            settled_at = CASE WHEN NOT o.doubtful THEN now() END
          FROM owed o WHERE d.workspace_id = o.workspace_id AND d.id = o.id
        ), message AS (
          UPDATE messages m SET
            state = CASE WHEN o.doubtful THEN 'uncertain' ELSE 'failed' END,
            failure = CASE WHEN o.doubtful THEN ${JSON.stringify(DOUBT)} ELSE ${JSON.stringify(FAILURE)} END::jsonb
          FROM owed o WHERE m.workspace_id = o.workspace_id AND m.id = o.message_id
        ), fact AS (
          INSERT INTO conversation_events (workspace_id, conversation_id, seq, type, data, occurred_at)
          SELECT locked.workspace_id, locked.id, locked.last_seq + o.n,
            CASE WHEN o.message_id IS NULL THEN 'action.failed' WHEN o.doubtful THEN 'message.uncertain' ELSE 'message.failed' END,
            CASE WHEN o.message_id IS NULL
              THEN jsonb_build_object('deliveryId', o.id, 'action', o.kind, 'failure', ${JSON.stringify(FAILURE)}::jsonb)
              ELSE jsonb_build_object('messageId', o.message_id, 'failure',
                CASE WHEN o.doubtful THEN ${JSON.stringify(DOUBT)} ELSE ${JSON.stringify(FAILURE)} END::jsonb) END, now()
          FROM owed o, locked ORDER BY o.n
        ), numbered AS (
          UPDATE conversations c SET last_seq = c.last_seq + counted.n, version = c.version + 1
          FROM locked, (SELECT count(*)::int AS n FROM owed) counted
          WHERE counted.n > 0 AND c.workspace_id = locked.workspace_id AND c.id = locked.id
        ), rest AS (
          UPDATE lanes l SET owed = 0, next_at = NULL, lease_owner = NULL, lease_until = NULL, fence = l.fence + 1,
            troubled_since = NULL, delay_told = false
          FROM held WHERE l.workspace_id = held.workspace_id AND l.connection_id = held.connection_id
            AND l.conversation_id = held.conversation_id
        )
        SELECT count(*)::int AS ended FROM owed`;
      const ended = row?.ended ?? 0;
      if (ended > 0) nudges.send('facts', [workspaceId]);
      return ended;
    },
  };
}
