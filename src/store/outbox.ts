import type { Side } from '../domain/conversation.js';
import type { Order } from './conversation-change.js';
import type { Database } from './database.js';
import { Prisma } from './generated/client.js';
import { isOpenToAll, laneOf } from './lane-rows.js';
import type { DeliveryLane } from './nudges.js';
import { presentOwners, unrenewedSeconds } from './presence.js';
import { WorkspaceScope } from './scope.js';
import type { DoubtfulHead, LaneHead } from './lane-head.js';
import { type Settlement, termsOf } from './settlement-terms.js';

export type { DoubtfulHead, LaneHead } from './lane-head.js';
export type { Settlement } from './settlement-terms.js';

export type Taken =
  | { outcome: 'send'; head: LaneHead; fence: bigint }
  | { outcome: 'doubtful'; head: DoubtfulHead; fence: bigint }
  /** Nothing owed after all: the lane is at rest. */
  | { outcome: 'empty' }
  /** Leased by another, not due, or its connection is paused or has asked for a pause. */
  | { outcome: 'not_free' };

/** `leftBy`: who leases it and is no longer there. `isEarly`: it is to be tried before its time. */
export type DueLane = DeliveryLane & { leftBy?: string; isEarly?: true };

export interface Outbox {
  /**
   * Leases a lane and takes its head; before anything leaves, the attempt is on record. A lane that a dead
   * process has left is taken from it.
   */
  take(lane: DueLane, lease: { owner: string; seconds: number }): Promise<Taken>;
  /**
   * Writes what became of the head and gives the lease back.
   * @returns `settled: false` when another has taken over since; `more`: something else is due in the lane
   */
  settle(
    head: LaneHead,
    fence: bigint,
    settlement: Settlement,
    /** How full the bucket of the ticket's limit is now, where there is one. */
    pace?: number,
  ): Promise<{ settled: boolean; more: boolean }>;
  /** Keeps what was learnt about an order while it was being sent: where its files are now. */
  keepOrder(head: LaneHead, order: Order): Promise<void>;
  /** Keeps this owner's leases of these lanes alive. @returns those that it still holds */
  renew(owner: string, seconds: number, lanes: DeliveryLane[]): Promise<DeliveryLane[]>;
  /**
   * Lanes that are due, and free or left by a process that is gone, of connections that are active and not
   * among those to leave alone.
   */
  findDue(limitPerConnection: number, leaveAlone: string[], leaseSeconds: number): Promise<DueLane[]>;
  /** Gives back what an owner holds, as at a clean stop. */
  release(owner: string): Promise<void>;
}

interface TakenRow {
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

// Columns keep milliseconds and round: an instant cut off is never later than now.
// Without statistics the planner takes every index for equally good, and one that leads by state or by time
// through all that is owed: a claim took 300 ms at a backlog of 100,000. So what is known by its key is compared
// in ways that no other index can serve (coalesce, IS NOT DISTINCT FROM), and the head's states come first
// in the words of the partial index that holds what is owed in order.
export function createOutbox(database: Database): Outbox {
  const { prisma } = database;

  const giveBack = async (lane: DeliveryLane, fence: bigint): Promise<void> => {
    // Counted afresh under the lane's own lock, whatever a race or a crash made of the number.
    await prisma.$executeRaw`
      WITH held AS MATERIALIZED (
        SELECT * FROM lanes WHERE workspace_id = ${lane.workspaceId} AND connection_id = ${lane.connectionId}
          AND conversation_id = ${lane.conversationId} AND fence = ${fence} FOR UPDATE
      )
      UPDATE lanes l SET lease_owner = NULL, lease_until = NULL, owed = counted.n,
        next_at = CASE WHEN counted.n > 0 THEN coalesce(l.next_at, date_trunc('milliseconds', now())) END
      FROM held, LATERAL (
        SELECT count(*)::int AS n FROM deliveries d
        WHERE d.workspace_id = held.workspace_id AND d.connection_id = held.connection_id AND d.conversation_id = held.conversation_id
          AND (d.state IN ('waiting', 'sending') OR (d.state = 'uncertain' AND NOT 'asked' = ANY(d.flags)))
      ) counted
      WHERE l.workspace_id = held.workspace_id AND l.connection_id = held.connection_id AND l.conversation_id = held.conversation_id`;
  };

  return {
    async take(lane, lease) {
      const [row] = await prisma.$queryRaw<TakenRow[]>`
        WITH due AS MATERIALIZED (
          SELECT l.* FROM lanes l
          WHERE l.workspace_id = ${lane.workspaceId} AND l.connection_id = ${lane.connectionId} AND l.conversation_id = ${lane.conversationId}
            AND (coalesce(l.next_at, 'infinity') <= now() OR (${lane.isEarly === true} AND coalesce(l.next_at, 'infinity') < 'infinity'))
            AND (l.lease_until IS NULL OR l.lease_until < now()
              OR (l.lease_owner = ${lane.leftBy ?? ''} AND l.lease_until < now() + make_interval(secs => ${unrenewedSeconds(lease.seconds)}::float8)))
          FOR UPDATE SKIP LOCKED
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
        ), marked AS (
          UPDATE deliveries d SET state = 'sending', attempts = d.attempts + 1, sending_at = now()
          FROM head h WHERE d.workspace_id = h.workspace_id AND d.id = h.id AND h.state = 'waiting'
            AND d.state IS NOT DISTINCT FROM h.state AND d.attempts = h.attempts
          RETURNING d.workspace_id, d.id, d.attempts
        ), attempt AS (
          INSERT INTO attempts (workspace_id, delivery_id, number, owner, fence)
          SELECT marked.workspace_id, marked.id, marked.attempts, ${lease.owner}, leased.fence FROM marked, leased
          ON CONFLICT (workspace_id, delivery_id, number) DO UPDATE SET owner = excluded.owner, fence = excluded.fence, started_at = now()
        )
        SELECT leased.fence, extract(epoch FROM leased.next_at - now())::float8 AS early_seconds, extract(epoch FROM now() - leased.troubled_since)::float8 AS troubled_seconds, leased.delay_told,
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
        LEFT JOIN head h ON true
        LEFT JOIN marked ON marked.id = h.id
        LEFT JOIN conversations c ON c.workspace_id = leased.workspace_id AND c.id = leased.conversation_id
        LEFT JOIN workspaces w ON w.id = leased.workspace_id
        LEFT JOIN ticket_links t ON leased.side = 'desk' AND t.workspace_id = leased.workspace_id
          AND t.conversation_id = leased.conversation_id AND t.connection_id = leased.connection_id`;
      if (row === undefined) return { outcome: 'not_free' };
      const inDoubt = row.state === 'sending' || row.state === 'uncertain';
      if (row.delivery_id === null || row.payload === null || (!row.marked && !inDoubt)) {
        await giveBack(lane, row.fence);
        return row.delivery_id === null ? { outcome: 'empty' } : { outcome: 'not_free' };
      }
      const head: LaneHead = {
        scope: WorkspaceScope.open(lane.workspaceId),
        deliveryId: row.delivery_id,
        connectionId: lane.connectionId,
        connector: row.connector,
        waitedSeconds: row.waited_seconds ?? 0,
        conversationId: lane.conversationId,
        externalConversationId: row.external_conversation_id ?? '',
        heldByBot: row.assignee_type === 'bot',
        side: row.side,
        ...(row.external_ticket_id === null ? {} : { externalTicketId: row.external_ticket_id }),
        pace: { level: row.pace, secondsAgo: row.paced_seconds_ago ?? 0 },
        order: row.payload,
        idempotencyKey: row.idempotency_key ?? row.delivery_id,
        messageId: row.message_id ?? undefined,
        attempt: row.attempts ?? 0,
        troubledSeconds: row.troubled_seconds ?? 0,
        delayTold: row.delay_told,
        earlySeconds: Math.max(0, row.early_seconds ?? 0),
      };
      if (!inDoubt) return { outcome: 'send', head, fence: row.fence };
      return {
        outcome: 'doubtful',
        fence: row.fence,
        head: {
          ...head,
          state: row.state === 'sending' ? 'sending' : 'uncertain',
          echoed: row.echoed === true,
          asked: row.asked === true,
          unheard: row.unheard === true,
          triedBy: row.tried_by ?? undefined,
          sinceSeconds: row.since_seconds ?? 0,
          connectionEchoes: row.connection_echoes,
          uncertainPolicy: row.uncertain_policy === 'resend' ? 'resend' : 'ask',
        },
      };
    },

    async settle(head, fence, settlement, pace) {
      // The conversation's row first: a transaction gets its number with its first write, and the feed orders
      // by that number, so whoever waits for the row must not have one yet.
      const terms = termsOf(settlement, head);
      const hadLeftLane = settlement.as === 'delivered' && settlement.hadLeftLane === true;
      const reason = terms.failure === undefined ? null : JSON.stringify(terms.failure);
      const factData = terms.fact === undefined ? null : JSON.stringify(terms.fact.data);
      // The channel's word on this very message may be faster than the answer to it.
      const hasFailed = Prisma.sql`(${terms.messageState ?? ''} = 'sent' AND m.state = 'failed'
        AND m.external_message_id = coalesce(${terms.externalId ?? null}, m.external_message_id))`;
      const [row] = await prisma.$queryRaw<{ settled: boolean; more: boolean | null }[]>`
        WITH locked AS MATERIALIZED (
          SELECT 1 FROM conversations WHERE workspace_id = ${head.scope.workspaceId} AND id = ${head.conversationId} FOR UPDATE
        ), settled AS (
          UPDATE deliveries d SET state = ${terms.state},
            external_id = coalesce(${terms.externalId ?? null}, d.external_id),
            reason = coalesce(${reason}::jsonb, CASE WHEN ${terms.state} = 'delivered' THEN NULL ELSE d.reason END),
            attempts = d.attempts - ${terms.attemptsBack}::int,
            flags = CASE WHEN ${terms.flag ?? ''} = '' OR ${terms.flag ?? ''} = ANY(d.flags) THEN d.flags ELSE array_append(d.flags, ${terms.flag ?? ''}) END,
            settled_at = CASE WHEN ${terms.isOver} THEN now() END
          WHERE d.workspace_id = ${head.scope.workspaceId} AND d.id = ${head.deliveryId}
            AND d.attempts = ${settlement.attempt}
            AND (d.state IS NOT DISTINCT FROM 'sending' OR d.state IS NOT DISTINCT FROM 'uncertain')
            AND (${terms.leavesLane} OR NOT 'asked' = ANY(d.flags))
            AND EXISTS (SELECT 1 FROM locked)
          RETURNING d.workspace_id, d.id, d.message_id, d.conversation_id
        ), attempt AS (
          UPDATE attempts a SET finished_at = now(), outcome = ${terms.attemptOutcome}, http_status = ${terms.httpStatus ?? null}::int,
            code = ${terms.failure?.code ?? null}, detail = ${terms.failure?.message.slice(0, 500) ?? null}
          FROM settled WHERE a.workspace_id = settled.workspace_id AND a.delivery_id = settled.id AND a.number = ${settlement.attempt}
        ), message AS (
          UPDATE messages m SET
            state = CASE WHEN ${hasFailed} THEN m.state ELSE coalesce(${terms.messageState ?? null}, m.state) END,
            external_message_id = coalesce(m.external_message_id, ${terms.externalId ?? null}),
            sent_at = CASE WHEN ${terms.messageState ?? ''} = 'sent' THEN coalesce(m.sent_at, now()) ELSE m.sent_at END,
            failure = CASE WHEN ${hasFailed} THEN m.failure WHEN ${terms.messageState ?? ''} = 'sent' THEN NULL ELSE coalesce(${terms.messageState === undefined ? null : reason}::jsonb, m.failure) END,
            flags = CASE WHEN ${terms.messageFlag ?? ''} = '' OR ${terms.messageFlag ?? ''} = ANY(m.flags) THEN m.flags ELSE array_append(m.flags, ${terms.messageFlag ?? ''}) END
          FROM settled WHERE m.workspace_id = settled.workspace_id AND m.id = settled.message_id
        ), numbered AS (
          UPDATE conversations c SET last_seq = c.last_seq + 1, version = c.version + 1
          FROM settled WHERE ${factData !== null} AND c.workspace_id = settled.workspace_id AND c.id = settled.conversation_id
          RETURNING c.workspace_id, c.id, c.last_seq
        ), fact AS (
          INSERT INTO conversation_events (workspace_id, conversation_id, seq, type, data, occurred_at)
          SELECT workspace_id, id, last_seq, ${terms.fact?.type ?? ''}, ${factData}::jsonb, now() FROM numbered
        ), used AS (
          UPDATE connections k SET last_delivered_at = now()
          FROM settled WHERE ${settlement.as === 'delivered'} AND k.workspace_id = settled.workspace_id AND k.id = ${head.connectionId}
            AND (k.last_delivered_at IS NULL OR k.last_delivered_at < now() - interval '10 seconds')
        ), lane AS (
          UPDATE lanes l SET
            owed = l.owed - CASE WHEN ${terms.leavesLane && !hadLeftLane} AND EXISTS (SELECT 1 FROM settled) THEN 1 ELSE 0 END,
            next_at = CASE
              WHEN NOT ${terms.leavesLane} THEN date_trunc('milliseconds', now()) + make_interval(secs => ${terms.delaySeconds}::float8)
              WHEN l.owed - CASE WHEN ${!hadLeftLane} AND EXISTS (SELECT 1 FROM settled) THEN 1 ELSE 0 END > 0 THEN date_trunc('milliseconds', now()) END,
            lease_owner = NULL, lease_until = NULL,
            troubled_since = CASE WHEN ${terms.troubled} THEN coalesce(l.troubled_since, now()) END,
            delay_told = ${terms.delayTold},
            pace = coalesce(${pace ?? null}::float8, l.pace), paced_at = CASE WHEN ${pace !== undefined} THEN now() ELSE l.paced_at END
          WHERE l.workspace_id = ${head.scope.workspaceId} AND l.connection_id = ${head.connectionId}
            AND l.conversation_id = ${head.conversationId} AND l.fence = ${fence}
          RETURNING l.owed, l.next_at
        )
        SELECT EXISTS (SELECT 1 FROM settled) AS settled, (SELECT owed > 0 AND next_at <= now() FROM lane) AS more`;
      return { settled: row?.settled === true, more: row?.more === true };
    },

    async keepOrder(head, order) {
      await prisma.$executeRaw`
        UPDATE deliveries SET payload = ${JSON.stringify(order)}::jsonb, kind = ${order.kind}
        WHERE workspace_id = ${head.scope.workspaceId} AND id = ${head.deliveryId} AND state = 'sending' AND attempts = ${head.attempt}`;
    },

    async renew(owner, seconds, lanes) {
      // By their keys: looking for the owner would read every lane there is.
      const held = JSON.stringify(
        lanes.map((lane) => ({ w: lane.workspaceId, c: lane.connectionId, v: lane.conversationId })),
      );
      const rows = await prisma.$queryRaw<
        { workspace_id: string; connection_id: string; conversation_id: string }[]
      >`
        UPDATE lanes l SET lease_until = now() + make_interval(secs => ${seconds}::float8)
        FROM (SELECT * FROM jsonb_to_recordset(${held}::jsonb) AS i(w text, c text, v text) ORDER BY w, c, v) i
        WHERE l.workspace_id = i.w AND l.connection_id = i.c AND l.conversation_id = i.v
          AND l.lease_owner = ${owner} AND l.lease_until > now()
        RETURNING l.workspace_id, l.connection_id, l.conversation_id`;
      return rows.map(laneOf);
    },

    async findDue(limitPerConnection, leaveAlone, leaseSeconds) {
      const rows = await prisma.$queryRaw<
        {
          workspace_id: string;
          connection_id: string;
          conversation_id: string;
          left_by: string | null;
        }[]
      >`
        WITH ${presentOwners}
        SELECT l.workspace_id, l.connection_id, l.conversation_id, CASE WHEN l.lease_until >= now() THEN l.lease_owner END AS left_by
        FROM connections k CROSS JOIN LATERAL (
          SELECT * FROM lanes
          WHERE workspace_id = k.workspace_id AND connection_id = k.id AND next_at <= now()
            AND (lease_until IS NULL OR lease_until < now() OR (lease_until < now() + make_interval(secs => ${unrenewedSeconds(leaseSeconds)}::float8)
              AND NOT EXISTS (SELECT 1 FROM present WHERE present.id = hashtext(lease_owner)::oid)))
          ORDER BY next_at LIMIT ${limitPerConnection}
        ) l
        WHERE NOT k.id = ANY(${leaveAlone}) AND ${isOpenToAll}`;
      return rows.map((row) => ({
        ...laneOf(row),
        ...(row.left_by === null ? {} : { leftBy: row.left_by }),
      }));
    },

    async release(owner) {
      await prisma.$executeRaw`UPDATE lanes SET lease_owner = NULL, lease_until = NULL WHERE lease_owner = ${owner}`;
    },
  };
}
