import type { Side } from '../domain/conversation.js';
import type { Order } from './conversation-change.js';
import type { Database } from './database.js';
import type { DeliveryLane } from './nudges.js';
import { unrenewedSeconds } from './presence.js';

/** `leftBy`: who leases it and is no longer there. `isEarly`: it is to be tried before its time. */
export type DueLane = DeliveryLane & { leftBy?: string; isEarly?: true };

export interface Lease {
  owner: string;
  seconds: number;
}

/** A lane that was leased, with its head where something is owed. */
export interface TakenRow {
  workspace_id: string;
  connection_id: string;
  conversation_id: string;
  fence: bigint;
  early_seconds: number | null;
  troubled_seconds: number | null;
  delay_told: boolean;
  delivery_id: string | null;
  state: string | null;
  attempts: number | null;
  payload: Order | null;
  idempotency_key: string | null;
  message_id: string | null;
  since_seconds: number | null;
  echoed: boolean | null;
  asked: boolean | null;
  unheard: boolean | null;
  connector: string;
  side: Side;
  external_ticket_id: string | null;
  pace: number;
  paced_seconds_ago: number | null;
  waited_seconds: number | null;
  external_conversation_id: string | null;
  assignee_type: string | null;
  connection_echoes: boolean;
  tried_by: string | null;
  uncertain_policy: string | null;
  marked: boolean;
}

// Without statistics the planner takes every index for equally good, and one that leads by state or by time
// through all that is owed: a claim took 300 ms at a backlog of 100,000. So what is known by its key is compared
// in ways that no other index can serve (coalesce, IS NOT DISTINCT FROM), and the head's states come first
// in the words of the partial index that holds what is owed in order.
/**
 * Leases lanes and marks what is first in each as being sent, with an attempt: many at once, for one statement costs
 * little more than it does for one lane. Nothing in it waits for a lock, so that no lane waits for another.
 * @returns the lanes that were free and due, in no order
 */
export function takeLanes(
  { prisma }: Pick<Database, 'prisma'>,
  lanes: readonly DueLane[],
  lease: Lease,
): Promise<TakenRow[]> {
  const asked = JSON.stringify(
    lanes.map(({ workspaceId: w, connectionId: c, conversationId: v, leftBy: b, isEarly: e }) => ({
      w,
      c,
      v,
      b,
      e,
    })),
  );
  return prisma.$queryRaw<TakenRow[]>`
    WITH due AS MATERIALIZED (
      SELECT l.* FROM jsonb_to_recordset(${asked}::jsonb) AS i(w text, c text, v text, b text, e boolean)
      CROSS JOIN LATERAL (
        SELECT * FROM lanes
        WHERE workspace_id = i.w AND connection_id = i.c AND conversation_id = i.v
          AND (coalesce(next_at, 'infinity') <= now() OR (i.e AND coalesce(next_at, 'infinity') < 'infinity'))
          AND (lease_until IS NULL OR lease_until < now()
            OR (lease_owner = i.b AND lease_until < now() + make_interval(secs => ${unrenewedSeconds(lease.seconds)}::float8)))
        FOR UPDATE SKIP LOCKED
      ) l
    ), leased AS (
      UPDATE lanes l SET lease_owner = ${lease.owner}, lease_until = now() + make_interval(secs => ${lease.seconds}::float8), fence = l.fence + 1
      FROM due, connections k
      WHERE l.workspace_id = due.workspace_id AND l.connection_id = due.connection_id AND l.conversation_id = due.conversation_id
        AND k.workspace_id = due.workspace_id AND k.id = due.connection_id AND k.status = 'active'
        AND (k.held_until IS NULL OR k.held_until <= now())
      RETURNING l.workspace_id, l.connection_id, l.conversation_id, l.fence, l.next_at, l.troubled_since, l.delay_told, l.pace, l.paced_at, k.echo_seen_at, k.connector, k.side
    ), head AS MATERIALIZED (
      SELECT d.*, m.echoed_at FROM leased, LATERAL (
        SELECT * FROM deliveries d
        WHERE d.workspace_id = leased.workspace_id AND d.connection_id = leased.connection_id AND d.conversation_id = leased.conversation_id
          AND d.state IN ('waiting', 'sending', 'uncertain') AND (d.state <> 'uncertain' OR (NOT 'asked' = ANY(d.flags) OR EXISTS (
            SELECT 1 FROM messages e WHERE e.workspace_id = d.workspace_id AND e.id = d.message_id AND e.echoed_at IS NOT NULL)
            OR (d.kind = 'start-conversation' AND EXISTS (SELECT 1 FROM conversations s WHERE s.workspace_id = d.workspace_id
              AND s.id = d.conversation_id AND s.external_conversation_id NOT LIKE 'starting:%'))))
        ORDER BY d.position LIMIT 1
      ) d
      LEFT JOIN messages m ON m.workspace_id = d.workspace_id AND m.id = d.message_id
    ), free AS MATERIALIZED (
      SELECT h.workspace_id, h.id, h.state, h.attempts FROM head h CROSS JOIN LATERAL (
        SELECT 1 FROM deliveries f WHERE f.workspace_id = h.workspace_id AND f.id = h.id FOR UPDATE SKIP LOCKED
      ) f
      WHERE h.state = 'waiting'
    ), marked AS (
      UPDATE deliveries d SET state = 'sending', attempts = d.attempts + 1, sending_at = now()
      FROM free h WHERE d.workspace_id = h.workspace_id AND d.id = h.id
        AND d.state IS NOT DISTINCT FROM h.state AND d.attempts = h.attempts
      RETURNING d.workspace_id, d.connection_id, d.conversation_id, d.id, d.attempts
    ), attempt AS (
      INSERT INTO attempts (workspace_id, delivery_id, number, owner, fence)
      SELECT marked.workspace_id, marked.id, marked.attempts, ${lease.owner}, leased.fence FROM marked
      JOIN leased ON leased.workspace_id = marked.workspace_id AND leased.connection_id = marked.connection_id
        AND leased.conversation_id = marked.conversation_id
      ON CONFLICT (workspace_id, delivery_id, number) DO UPDATE SET owner = excluded.owner, fence = excluded.fence, started_at = now()
    )
    SELECT leased.workspace_id, leased.connection_id, leased.conversation_id,
      leased.fence, extract(epoch FROM leased.next_at - now())::float8 AS early_seconds, extract(epoch FROM now() - leased.troubled_since)::float8 AS troubled_seconds, leased.delay_told,
      h.id AS delivery_id, h.state, coalesce(marked.attempts, h.attempts) AS attempts, h.payload, h.idempotency_key, h.message_id,
      extract(epoch FROM now() - h.sending_at)::float8 AS since_seconds, h.echoed_at IS NOT NULL
        OR (h.kind = 'start-conversation' AND c.external_conversation_id NOT LIKE 'starting:%') AS echoed,
      'asked' = ANY(h.flags) AS asked,
      h.state IN ('sending', 'uncertain') AND EXISTS (SELECT 1 FROM inbound_events e
        WHERE e.workspace_id = leased.workspace_id AND e.connection_id = leased.connection_id
          AND e.lane_key = c.external_conversation_id AND e.state = 'recorded' AND e.attempts = 0) AS unheard,
      leased.connector, leased.side, t.external_ticket_id, leased.pace,
      extract(epoch FROM now() - leased.paced_at)::float8 AS paced_seconds_ago, extract(epoch FROM now() - h.created_at)::float8 AS waited_seconds,
      c.external_conversation_id, c.assignee_type, leased.echo_seen_at IS NOT NULL AS connection_echoes,
      CASE WHEN h.state = 'sending' THEN (SELECT a.owner FROM attempts a
        WHERE a.workspace_id = h.workspace_id AND a.delivery_id = h.id AND a.number = h.attempts) END AS tried_by,
      w.settings->>'uncertainPolicy' AS uncertain_policy, marked.id IS NOT NULL AS marked
    FROM leased
    LEFT JOIN head h ON h.workspace_id = leased.workspace_id AND h.connection_id = leased.connection_id
      AND h.conversation_id = leased.conversation_id
    LEFT JOIN marked ON marked.workspace_id = h.workspace_id AND marked.id = h.id
    LEFT JOIN conversations c ON c.workspace_id = leased.workspace_id AND c.id = leased.conversation_id
    LEFT JOIN workspaces w ON w.id = leased.workspace_id
    LEFT JOIN ticket_links t ON leased.side = 'desk' AND t.workspace_id = leased.workspace_id
      AND t.conversation_id = leased.conversation_id AND t.connection_id = leased.connection_id`;
}
