import { uncertainPolicyOf } from '../domain/doubt.js';
import type { Order } from './conversation-change.js';
import type { Database } from './database.js';
import { Prisma } from './generated/client.js';
import { isOpenToAll, laneOf } from './lane-rows.js';
import type { DeliveryLane } from './nudges.js';
import { presentOwners, unrenewedSeconds } from './presence.js';
import { WorkspaceScope } from './scope.js';
import type { DoubtfulHead, LaneHead } from './lane-head.js';
import { createGather } from './gather.js';
import { type Settlement, termsOf } from './settlement-terms.js';
import { type Settled, settleWritings, type WritingSettlement } from './settle-writings.js';
import { type DueLane, type Lease, type TakenRow, takeLanes } from './take-lanes.js';

export type { DoubtfulHead, LaneHead } from './lane-head.js';
export type { Settlement } from './settlement-terms.js';
export type { DueLane } from './take-lanes.js';

export type Taken =
  | { outcome: 'send'; head: LaneHead; fence: bigint }
  | { outcome: 'doubtful'; head: DoubtfulHead; fence: bigint }
  /** Nothing owed after all: the lane is at rest. */
  | { outcome: 'empty' }
  /** Leased by another, not due, or its connection is paused or has asked for a pause. */
  | { outcome: 'not_free' };

export interface Outbox {
  /**
   * Leases a lane and takes its head; before anything leaves, the attempt is on record. A lane that a dead
   * process has left is taken from it.
   */
  take(lane: DueLane, lease: Lease): Promise<Taken>;
  /**
   * Writes what became of the head and gives the lease back.
   */
  settle(
    head: LaneHead,
    fence: bigint,
    settlement: Settlement,
    /** How full the bucket of the ticket's limit is now, where there is one. */
    pace?: number,
  ): Promise<Settled>;
  /** The same, and keeps what a desk has written, where its answer makes nothing else known (`isPlainWriting`). */
  settleWriting(settlement: WritingSettlement): Promise<Settled>;
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

// Columns keep milliseconds and round: an instant cut off is never later than now.
const STATEMENTS_AT_ONCE = 2;
const LANES_PER_STATEMENT = 32;

const keyOf = ({ workspaceId, connectionId, conversationId }: DeliveryLane): string =>
  `${workspaceId} ${connectionId} ${conversationId}`;

export function createOutbox(database: Database): Outbox {
  const { prisma } = database;

  /** What is asked for while others are taken is taken with the next, in one statement. */
  const takeRow = createGather<{ lane: DueLane; lease: Lease }, TakenRow | undefined>({
    atOnce: STATEMENTS_AT_ONCE,
    most: LANES_PER_STATEMENT,
    isTogether: (one, other) =>
      one.lease.owner === other.lease.owner && one.lease.seconds === other.lease.seconds,
    async run(asked) {
      const [first] = asked;
      if (first === undefined) return [];
      const rows = await takeLanes(
        database,
        asked.map(({ lane }) => lane),
        first.lease,
      );
      const byLane = new Map(rows.map((row) => [keyOf(laneOf(row)), row]));
      return asked.map(({ lane }) => {
        const key = keyOf(lane);
        const row = byLane.get(key);
        byLane.delete(key);
        return row;
      });
    },
  });

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
      const row = await takeRow({ lane, lease });
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
          uncertainPolicy: uncertainPolicyOf(row.uncertain_policy),
        },
      };
    },

    settleWriting: createGather({
      atOnce: STATEMENTS_AT_ONCE,
      most: LANES_PER_STATEMENT,
      isTogether: () => true,
      run: (asked: WritingSettlement[]) => settleWritings(database, asked),
    }),

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
      return {
        settled: row?.settled === true,
        more: row?.more === true,
        told: row?.settled === true && factData !== null,
        following: false,
      };
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
