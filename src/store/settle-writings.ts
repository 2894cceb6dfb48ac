import type { Database } from './database.js';
import type { LaneHead } from './lane-head.js';
import { nextLook } from './lane-rows.js';
import type { Settlement } from './settlement-terms.js';

export interface Settled {
  /** false: another has taken over since. */
  settled: boolean;
  /** Something else is due in the lane. */
  more: boolean;
  /** The conversation has a new fact. */
  told: boolean;
  /** A ticket that nobody was to look at is looked at soon. */
  following: boolean;
}

/** An order that a desk has carried out, and of whose ticket nothing else is known by that: it leaves no fact. */
export interface WritingSettlement {
  head: LaneHead;
  fence: bigint;
  settlement: Extract<Settlement, { as: 'delivered' }>;
  /** How full the bucket of the ticket's limit is now, where there is one. */
  pace: number | undefined;
  /** The desk's ids of what was written. */
  writtenIds: readonly string[];
}

interface SettledRow {
  n: number;
  settled: boolean;
  more: boolean;
  following: boolean;
}

/**
 * Settles many such at once, as each would be by itself. Where a fact is told, the conversation's row has to be
 * locked before anything is written, or the feed would tell facts in another order than they have: that can be done for
 * one conversation only. Here is none. Lanes are locked in the order of their keys, as by all who lock several.
 * @returns what became of each, in their order
 */
export async function settleWritings(
  { prisma }: Pick<Database, 'prisma'>,
  settlements: readonly WritingSettlement[],
): Promise<Settled[]> {
  const given = JSON.stringify(
    settlements.map(({ head, fence, settlement, pace, writtenIds }, n) => ({
      n,
      w: head.scope.workspaceId,
      c: head.connectionId,
      v: head.conversationId,
      d: head.deliveryId,
      a: settlement.attempt,
      x: settlement.externalId,
      f: fence.toString(),
      o: settlement.attemptOutcome,
      t: head.externalTicketId,
      p: pace,
      ids: writtenIds,
    })),
  );
  const rows = await prisma.$queryRaw<SettledRow[]>`
    WITH given AS MATERIALIZED (
      SELECT * FROM jsonb_to_recordset(${given}::jsonb)
        AS i(n int, w text, c text, v text, d text, a int, x text, f bigint, o text, t text, p float8, ids text[])
    ), held AS MATERIALIZED (
      SELECT l.fence FROM (SELECT * FROM given ORDER BY w, c, v) g CROSS JOIN LATERAL (
        SELECT fence FROM lanes WHERE workspace_id = g.w AND connection_id = g.c AND conversation_id = g.v FOR UPDATE
      ) l
    ), settled AS (
      UPDATE deliveries d SET state = 'delivered', external_id = coalesce(g.x, d.external_id), reason = NULL, settled_at = now()
      FROM given g WHERE d.workspace_id = g.w AND d.id = g.d AND d.attempts = g.a
        AND (d.state IS NOT DISTINCT FROM 'sending' OR d.state IS NOT DISTINCT FROM 'uncertain')
        AND (SELECT count(*) FROM held) >= 0
      RETURNING g.n
    ), attempt AS (
      UPDATE attempts a SET finished_at = now(), outcome = g.o, http_status = NULL, code = NULL, detail = NULL
      FROM given g JOIN settled s ON s.n = g.n
      WHERE a.workspace_id = g.w AND a.delivery_id = g.d AND a.number = g.a
    ), kept AS (
      INSERT INTO written_ids (workspace_id, connection_id, external_id, delivery_id)
      SELECT g.w, g.c, i.id, g.d FROM given g CROSS JOIN LATERAL (SELECT DISTINCT unnest(g.ids) AS id) i
      ORDER BY g.w, g.c, i.id
      ON CONFLICT DO NOTHING
    ), followed AS (
      UPDATE ticket_follows f SET lively_at = now(), next_at = ${nextLook}
      FROM given g WHERE f.workspace_id = g.w AND f.connection_id = g.c AND f.external_ticket_id = g.t
      RETURNING g.n, f.next_at > now() + interval '4990 milliseconds' AND f.next_at <= now() + interval '5 seconds' AS fresh
    ), account AS (
      UPDATE ticket_follows f SET next_at = ${nextLook}
      FROM (SELECT DISTINCT w, c FROM given) g CROSS JOIN LATERAL (
        SELECT 1 FROM ticket_follows o
        WHERE o.workspace_id = g.w AND o.connection_id = g.c AND o.external_ticket_id = '' AND o.failures > 0
          AND o.next_at > now() + interval '5 seconds'
        FOR UPDATE SKIP LOCKED
      ) o
      WHERE f.workspace_id = g.w AND f.connection_id = g.c AND f.external_ticket_id = ''
      RETURNING g.w, g.c
    ), used AS (
      UPDATE connections k SET last_delivered_at = now()
      FROM (SELECT DISTINCT w, c FROM given) g CROSS JOIN LATERAL (
        SELECT o.id FROM connections o WHERE o.workspace_id = g.w AND o.id = g.c
          AND (o.last_delivered_at IS NULL OR o.last_delivered_at < now() - interval '10 seconds')
        FOR UPDATE SKIP LOCKED
      ) o
      WHERE k.workspace_id = g.w AND k.id = o.id
    ), lane AS (
      UPDATE lanes l SET
        owed = l.owed - CASE WHEN s.n IS NULL THEN 0 ELSE 1 END,
        next_at = CASE WHEN l.owed - CASE WHEN s.n IS NULL THEN 0 ELSE 1 END > 0 THEN date_trunc('milliseconds', now()) END,
        lease_owner = NULL, lease_until = NULL, troubled_since = NULL, delay_told = false,
        pace = coalesce(g.p, l.pace), paced_at = CASE WHEN g.p IS NULL THEN l.paced_at ELSE now() END
      FROM given g LEFT JOIN settled s ON s.n = g.n
      WHERE l.workspace_id = g.w AND l.connection_id = g.c AND l.conversation_id = g.v AND l.fence = g.f
      RETURNING g.n, l.owed > 0 AS more
    )
    SELECT g.n, s.n IS NOT NULL AS settled, coalesce(l.more, false) AS more, coalesce(f.fresh, false)
      OR EXISTS (SELECT 1 FROM account a WHERE a.w = g.w AND a.c = g.c) AS following
    FROM given g LEFT JOIN settled s ON s.n = g.n LEFT JOIN lane l ON l.n = g.n LEFT JOIN followed f ON f.n = g.n`;
  const byNumber = new Map(rows.map(({ n, ...row }) => [n, { ...row, told: false }]));
  const nothing: Settled = { settled: false, more: false, told: false, following: false };
  return settlements.map((_one, n) => byNumber.get(n) ?? nothing);
}
