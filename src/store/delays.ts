import type { Database } from './database.js';
import type { DeliveryLane, Nudges } from './nudges.js';

/** Something that has waited for long, and of which nobody has been told. */
export interface Delays {
  /** Lanes of connections that fail, in which something has waited for so long. */
  find(waitedSeconds: number, limit: number): Promise<DeliveryLane[]>;
  /** Tells the conversation's agents, once until the lane moves again. @returns false: it moves, or was told */
  tell(lane: DeliveryLane, waitedSeconds: number): Promise<boolean>;
}

/** Until when after its last failure a connection is looked at. */
const LOOKED_AT_SECONDS = 600;

const UNTRIED = { code: 'not_tried_now', message: 'The other side does not answer; it is tried again.' };

export function createDelays({ prisma }: Database, nudges: Pick<Nudges, 'send'>): Delays {
  return {
    async find(waitedSeconds, limit) {
      const rows = await prisma.$queryRaw<
        { workspace_id: string; connection_id: string; conversation_id: string }[]
      >`
        SELECT l.workspace_id, l.connection_id, l.conversation_id
        FROM connections k CROSS JOIN LATERAL (
          SELECT * FROM lanes
          WHERE workspace_id = k.workspace_id AND connection_id = k.id AND next_at IS NOT NULL AND NOT delay_told
            AND (troubled_since < now() - make_interval(secs => ${waitedSeconds}::float8)
              OR k.breaker_until > now() - make_interval(secs => ${LOOKED_AT_SECONDS}::float8))
            AND (lease_until IS NULL OR lease_until < now())
        ) l
        WHERE k.status = 'active' AND (
          SELECT d.created_at < now() - make_interval(secs => ${waitedSeconds}::float8) FROM deliveries d
          WHERE d.workspace_id = l.workspace_id AND d.connection_id = l.connection_id AND d.conversation_id = l.conversation_id
            AND d.state IN ('waiting', 'sending', 'uncertain') AND (d.state <> 'uncertain' OR NOT 'asked' = ANY(d.flags))
          ORDER BY d.position LIMIT 1)
        LIMIT ${limit}`;
      return rows.map((row) => ({
        workspaceId: row.workspace_id,
        connectionId: row.connection_id,
        conversationId: row.conversation_id,
      }));
    },

    async tell({ workspaceId, connectionId, conversationId }, waitedSeconds) {
      // The conversation's row first: facts are numbered under its lock.
      const told = await prisma.$executeRaw`
        WITH locked AS MATERIALIZED (
          SELECT workspace_id, id FROM conversations WHERE workspace_id = ${workspaceId} AND id = ${conversationId} FOR UPDATE
        ), head AS MATERIALIZED (
          SELECT d.id, d.kind, coalesce(d.reason, ${JSON.stringify(UNTRIED)}::jsonb) AS failure, m.id AS message_id
          FROM locked CROSS JOIN LATERAL (
            SELECT * FROM deliveries
            WHERE workspace_id = locked.workspace_id AND connection_id = ${connectionId} AND conversation_id = locked.id
              AND state IN ('waiting', 'sending', 'uncertain') AND (state <> 'uncertain' OR NOT 'asked' = ANY(flags))
            ORDER BY position LIMIT 1
          ) d
          LEFT JOIN messages m ON m.workspace_id = d.workspace_id AND m.id = d.message_id AND m.direction = 'out' AND m.delivery_id = d.id
          WHERE d.created_at < now() - make_interval(secs => ${waitedSeconds}::float8)
        ), lane AS (
          UPDATE lanes SET delay_told = true FROM head
          WHERE workspace_id = ${workspaceId} AND connection_id = ${connectionId} AND conversation_id = ${conversationId}
            AND NOT delay_told AND (lease_until IS NULL OR lease_until < now())
          RETURNING head.*
        ), numbered AS (
          UPDATE conversations c SET last_seq = c.last_seq + 1, version = c.version + 1 FROM lane, locked
          WHERE c.workspace_id = locked.workspace_id AND c.id = locked.id
          RETURNING c.workspace_id, c.id, c.last_seq
        )
        INSERT INTO conversation_events (workspace_id, conversation_id, seq, type, data, occurred_at)
        SELECT n.workspace_id, n.id, n.last_seq,
          CASE WHEN lane.message_id IS NULL THEN 'action.delayed' ELSE 'message.delayed' END,
          CASE WHEN lane.message_id IS NULL
            THEN jsonb_build_object('deliveryId', lane.id, 'action', lane.kind, 'failure', lane.failure)
            ELSE jsonb_build_object('messageId', lane.message_id, 'failure', lane.failure) END, now()
        FROM numbered n, lane`;
      if (told > 0) nudges.send('facts', [workspaceId]);
      return told > 0;
    },
  };
}
