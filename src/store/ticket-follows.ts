import type { Database } from './database.js';
import type { Nudges } from './nudges.js';
import { WorkspaceScope } from './scope.js';

/** A ticket that is to be looked at, or with the empty id the account that it lies in. */
export interface TakenFollow {
  scope: WorkspaceScope;
  connectionId: string;
  externalTicketId: string;
  cursor: Record<string, unknown> | null;
  failures: number;
  /** Seconds since something last happened in it. */
  quietSeconds: number;
  hints: number;
  /** When the look began, by the database's clock. */
  lookedAt: Date;
}

export interface TicketFollows {
  /** Leases what is due, oldest first, of connections that are active. */
  take(limit: number, lease: { owner: string; seconds: number }): Promise<TakenFollow[]>;
  /**
   * Gives a lease back. `cursor` undefined: it stays. A hint that came meanwhile makes it due at once, and the
   * state is told then whatever was told before.
   * `nextSeconds` null: not by itself. @returns whether the lease was still held
   */
  giveBack(
    follow: TakenFollow,
    owner: string,
    result: {
      cursor?: Record<string, unknown> | undefined;
      nextSeconds: number | null;
      failed: boolean;
      lively: boolean;
    },
  ): Promise<boolean>;
  /** Look there now. Tickets that are not followed are left alone; no ticket named: at the account. */
  hint(scope: WorkspaceScope, connectionId: string, externalTicketIds: string[]): Promise<void>;
  /** How many seconds until the next one is due; undefined when none is. */
  dueInSeconds(): Promise<number | undefined>;
}

interface FollowRow {
  workspace_id: string;
  connection_id: string;
  external_ticket_id: string;
  cursor: Record<string, unknown> | null;
  failures: number;
  quiet_seconds: number;
  hints: number;
  looked_at: Date;
}

export function createTicketFollows(database: Database, nudges: Pick<Nudges, 'send'>): TicketFollows {
  const { prisma } = database;
  return {
    async take(limit, lease) {
      const rows = await prisma.$queryRaw<FollowRow[]>`
        WITH due AS MATERIALIZED (
          SELECT f.workspace_id, f.connection_id, f.external_ticket_id
          FROM connections k CROSS JOIN LATERAL (
            SELECT * FROM ticket_follows
            WHERE workspace_id = k.workspace_id AND connection_id = k.id AND next_at <= now()
              AND (lease_until IS NULL OR lease_until < now())
            ORDER BY next_at LIMIT ${limit} FOR UPDATE SKIP LOCKED
          ) f
          WHERE k.side = 'desk' AND k.status = 'active' AND (k.held_until IS NULL OR k.held_until <= now())
          LIMIT ${limit}
        )
        UPDATE ticket_follows f SET lease_owner = ${lease.owner}, lease_until = now() + make_interval(secs => ${lease.seconds}::float8)
        FROM due WHERE f.workspace_id = due.workspace_id AND f.connection_id = due.connection_id
          AND f.external_ticket_id = due.external_ticket_id
        RETURNING f.workspace_id, f.connection_id, f.external_ticket_id, f.cursor, f.failures, f.hints,
          extract(epoch FROM now() - f.lively_at)::float8 AS quiet_seconds,
          date_trunc('milliseconds', now()) AS looked_at`;
      return rows.map((row) => ({
        scope: WorkspaceScope.open(row.workspace_id),
        connectionId: row.connection_id,
        externalTicketId: row.external_ticket_id,
        cursor: row.cursor,
        failures: row.failures,
        quietSeconds: row.quiet_seconds,
        hints: row.hints,
        lookedAt: row.looked_at,
      }));
    },

    async giveBack(follow, owner, result) {
      const cursor = result.cursor === undefined ? null : JSON.stringify(result.cursor);
      const changed = await prisma.$executeRaw`
        UPDATE ticket_follows SET lease_owner = NULL, lease_until = NULL,
          cursor = CASE WHEN hints <> ${follow.hints} THEN coalesce(${cursor}::jsonb, cursor) - 'state'
            ELSE coalesce(${cursor}::jsonb, cursor) END,
          failures = CASE WHEN ${result.failed} THEN failures + 1 ELSE 0 END,
          lively_at = CASE WHEN ${result.lively} THEN now() ELSE lively_at END,
          next_at = CASE WHEN hints <> ${follow.hints} THEN date_trunc('milliseconds', now())
            ELSE date_trunc('milliseconds', now()) + make_interval(secs => ${result.nextSeconds}::float8) END
        WHERE workspace_id = ${follow.scope.workspaceId} AND connection_id = ${follow.connectionId}
          AND external_ticket_id = ${follow.externalTicketId} AND lease_owner = ${owner}`;
      return changed > 0;
    },

    async hint(scope, connectionId, externalTicketIds) {
      const ids = externalTicketIds.length === 0 ? [''] : externalTicketIds;
      const changed = await prisma.$executeRaw`
        UPDATE ticket_follows SET hints = hints + 1, next_at = date_trunc('milliseconds', now()),
          lively_at = CASE WHEN external_ticket_id = '' THEN lively_at ELSE now() END
        WHERE workspace_id = ${scope.workspaceId} AND connection_id = ${connectionId} AND external_ticket_id = ANY(${ids})`;
      if (changed > 0) nudges.send('following', [scope.workspaceId]);
    },

    async dueInSeconds() {
      const [row] = await prisma.$queryRaw<{ seconds: number | null }[]>`
        SELECT extract(epoch FROM min(greatest(f.next_at, k.held_until)) - now())::float8 AS seconds
        FROM connections k CROSS JOIN LATERAL (
          SELECT next_at FROM ticket_follows WHERE workspace_id = k.workspace_id AND connection_id = k.id
            AND next_at IS NOT NULL AND (lease_until IS NULL OR lease_until < now())
          ORDER BY next_at LIMIT 1
        ) f
        WHERE k.side = 'desk' AND k.status = 'active'`;
      return row?.seconds ?? undefined;
    },
  };
}
