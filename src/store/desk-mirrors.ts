import type { DeskOrder } from '../domain/desk-order.js';
import type { TicketState } from '../domain/ticket.js';
import type { Database } from './database.js';
import type { Prisma } from './generated/client.js';
import type { DeliveryLane, Nudges } from './nudges.js';
import { type MessageRow, messageView, type NoteRow, noteView } from './rows.js';
import { WorkspaceScope } from './scope.js';
import type { MessageView, NoteView } from '../domain/views.js';
import { newId } from '../domain/ids.js';

/** A desk connection that is told its workspace's facts, and how far it has been told. */
export interface DeskMirror {
  scope: WorkspaceScope;
  connectionId: string;
  connector: string;
  settings: Record<string, unknown>;
  cursor: string;
}

/** What one conversation has at a desk. */
export interface TicketStanding {
  link?: {
    externalTicketId: string;
    url?: string;
    /** Made by the bridge, paired by hand, or in the place of one that was merged into it. */
    origin: 'created' | 'linked' | 'merged';
    known: TicketState;
    /** When something last happened in it. */
    livelyAt: Date;
  };
  /** Its ticket is owed and has not been made yet. */
  isOwed: boolean;
}

export interface DeskOrderOwed {
  conversationId: string;
  order: DeskOrder;
  /** May go into the order before it, as long as that waits and is of the same kind. */
  joins: boolean;
}

export interface DeskMirrors {
  /**
   * Begins to mirror, from now on, to desk connections that are not mirrored to yet, and to follow the
   * accounts of those whose connector can fetch.
   */
  begin(fetchingConnectors: string[]): Promise<void>;
  /** Of one workspace, or of all: connections to desks that are not disconnected. */
  list(workspaceId?: string): Promise<DeskMirror[]>;
  /** By conversation id; every conversation asked for is in the answer. */
  readStandings(mirror: DeskMirror, conversationIds: string[]): Promise<Map<string, TicketStanding>>;
  /** What was said in a conversation up to and with `upToSeq`, the last `limit` of it, oldest first. */
  readTranscript(
    scope: WorkspaceScope,
    conversationId: string,
    upToSeq: number,
    limit: number,
  ): Promise<(MessageView | NoteView)[]>;
  /**
   * Owes the orders and moves the mirror on, both or neither.
   * @returns false when another process has moved it meanwhile
   */
  advance(mirror: DeskMirror, cursor: string, orders: DeskOrderOwed[]): Promise<boolean>;
}

/** A joined message stays readable: no more lines than these. */
const MOST_JOINED_LINES = 40;

export function createDeskMirrors(database: Database, nudges: Pick<Nudges, 'send'>): DeskMirrors {
  const { prisma } = database;
  return {
    async begin(fetchingConnectors) {
      await prisma.$executeRaw`
        INSERT INTO desk_mirrors (workspace_id, connection_id, cursor)
        SELECT k.workspace_id, k.id, coalesce((
          SELECT e.txid || '.' || e.position FROM conversation_events e
          WHERE e.workspace_id = k.workspace_id AND e.txid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
          ORDER BY e.txid DESC, e.position DESC LIMIT 1), '0.0')
        FROM connections k
        WHERE k.side = 'desk' AND k.status <> 'disconnected' AND NOT EXISTS (
          SELECT 1 FROM desk_mirrors m WHERE m.workspace_id = k.workspace_id AND m.connection_id = k.id)
        ON CONFLICT DO NOTHING`;
      await prisma.$executeRaw`
        INSERT INTO ticket_follows (workspace_id, connection_id, external_ticket_id, next_at)
        SELECT k.workspace_id, k.id, '', date_trunc('milliseconds', now()) FROM connections k
        WHERE k.side = 'desk' AND k.status <> 'disconnected' AND k.connector = ANY(${fetchingConnectors}) AND NOT EXISTS (
          SELECT 1 FROM ticket_follows f
          WHERE f.workspace_id = k.workspace_id AND f.connection_id = k.id AND f.external_ticket_id = '')
        ON CONFLICT DO NOTHING`;
    },

    async list(workspaceId) {
      const rows = await prisma.$queryRaw<
        {
          workspace_id: string;
          id: string;
          connector: string;
          settings: Record<string, unknown>;
          cursor: string;
        }[]
      >`
        SELECT k.workspace_id, k.id, k.connector, k.settings, m.cursor
        FROM desk_mirrors m JOIN connections k ON k.workspace_id = m.workspace_id AND k.id = m.connection_id
        WHERE k.status <> 'disconnected' AND (${workspaceId ?? null}::text IS NULL OR m.workspace_id = ${workspaceId ?? null})`;
      return rows.map((row) => ({
        scope: WorkspaceScope.open(row.workspace_id),
        connectionId: row.id,
        connector: row.connector,
        settings: row.settings,
        cursor: row.cursor,
      }));
    },

    async readStandings({ scope, connectionId }, conversationIds) {
      const rows = await prisma.$queryRaw<
        {
          conversation_id: string;
          external_ticket_id: string | null;
          url: string | null;
          origin: 'created' | 'linked' | 'merged' | null;
          known: TicketState | null;
          lively_at: Date | null;
          is_owed: boolean;
        }[]
      >`
        SELECT i.id AS conversation_id, t.external_ticket_id, t.url, t.origin, f.known, f.lively_at,
          EXISTS (SELECT 1 FROM deliveries d WHERE d.workspace_id = ${scope.workspaceId} AND d.connection_id = ${connectionId}
            AND d.conversation_id = i.id AND d.state IN ('waiting', 'sending', 'uncertain') AND d.kind = 'create-ticket') AS is_owed
        FROM unnest(${conversationIds}::text[]) AS i(id)
        LEFT JOIN ticket_links t ON t.workspace_id = ${scope.workspaceId} AND t.conversation_id = i.id AND t.connection_id = ${connectionId}
        LEFT JOIN ticket_follows f ON f.workspace_id = t.workspace_id AND f.connection_id = t.connection_id
          AND f.external_ticket_id = t.external_ticket_id`;
      return new Map(
        rows.map((row) => [
          row.conversation_id,
          {
            isOwed: row.is_owed,
            ...(row.external_ticket_id === null
              ? {}
              : {
                  link: {
                    externalTicketId: row.external_ticket_id,
                    origin: row.origin ?? 'linked',
                    known: row.known ?? {},
                    livelyAt: row.lively_at ?? new Date(0),
                    ...(row.url === null ? {} : { url: row.url }),
                  },
                }),
          },
        ]),
      );
    },

    async readTranscript(scope, conversationId, upToSeq, limit) {
      const rows = await prisma.$queryRaw<{ message: MessageRow | null; note: NoteRow | null }[]>`
        SELECT message, note FROM (
          SELECT m.seq, to_jsonb(m) AS message, NULL::jsonb AS note FROM messages m
          WHERE m.workspace_id = ${scope.workspaceId} AND m.conversation_id = ${conversationId} AND m.seq <= ${upToSeq}
          UNION ALL
          SELECT n.seq, NULL::jsonb, to_jsonb(n) FROM notes n
          WHERE n.workspace_id = ${scope.workspaceId} AND n.conversation_id = ${conversationId} AND n.seq <= ${upToSeq}
          ORDER BY 1 DESC LIMIT ${limit}
        ) latest ORDER BY seq`;
      return rows.flatMap(({ message, note }) =>
        message === null ? (note === null ? [] : [noteView(note)]) : [messageView(message)],
      );
    },

    async advance(mirror, cursor, orders) {
      const { scope, connectionId } = mirror;
      const isMoved = await prisma.$transaction(async (transaction) => {
        const moved = await transaction.$executeRaw`
          UPDATE desk_mirrors SET cursor = ${cursor}, updated_at = now()
          WHERE workspace_id = ${scope.workspaceId} AND connection_id = ${connectionId} AND cursor = ${mirror.cursor}`;
        if (moved === 0) return false;
        if (orders.length > 0) await owe(transaction, mirror, orders);
        return true;
      });
      if (isMoved) nudges.send('delivery', lanesOf(mirror, orders));
      return isMoved;
    },
  };
}

async function owe(
  transaction: Prisma.TransactionClient,
  { scope, connectionId }: DeskMirror,
  orders: DeskOrderOwed[],
): Promise<void> {
  // The lanes first, in one order for all: who holds a lane knows that its head is not being taken now.
  await transaction.$executeRaw`
    INSERT INTO lanes (workspace_id, connection_id, conversation_id)
    SELECT DISTINCT ${scope.workspaceId}, ${connectionId}, i.id FROM unnest(${orders.map((o) => o.conversationId)}::text[]) AS i(id)
    ORDER BY 3
    ON CONFLICT (workspace_id, connection_id, conversation_id) DO UPDATE SET owed = lanes.owed`;
  let fresh: { id: string; conversationId: string; order: DeskOrder }[] = [];
  const flush = async (): Promise<void> => {
    if (fresh.length === 0) return;
    const rows = JSON.stringify(
      fresh.map(({ id, conversationId, order }, n) => ({
        n,
        id,
        conv: conversationId,
        kind: order.kind,
        payload: order,
      })),
    );
    fresh = [];
    await transaction.$executeRaw`
      WITH added AS (
        INSERT INTO deliveries (workspace_id, id, connection_id, conversation_id, kind, payload, idempotency_key)
        SELECT ${scope.workspaceId}, i.id, ${connectionId}, i.conv, i.kind, i.payload, i.id
        FROM jsonb_to_recordset(${rows}::jsonb) AS i(n int, id text, conv text, kind text, payload jsonb)
        ORDER BY i.n
        RETURNING conversation_id
      )
      UPDATE lanes l SET owed = l.owed + a.n, next_at = coalesce(l.next_at, date_trunc('milliseconds', now()))
      FROM (SELECT conversation_id, count(*)::int AS n FROM added GROUP BY conversation_id) a
      WHERE l.workspace_id = ${scope.workspaceId} AND l.connection_id = ${connectionId} AND l.conversation_id = a.conversation_id`;
  };
  for (const { conversationId, order, joins } of orders) {
    if (joins && order.kind === 'add-ticket-message') {
      await flush();
      if (await join(transaction, scope, connectionId, conversationId, order)) continue;
    }
    fresh.push({ id: newId('delivery'), conversationId, order });
  }
  await flush();
}

/** Into the last order of the lane, if that is the contact's words too and nobody has tried to send it. */
async function join(
  transaction: Prisma.TransactionClient,
  scope: WorkspaceScope,
  connectionId: string,
  conversationId: string,
  order: Extract<DeskOrder, { kind: 'add-ticket-message' }>,
): Promise<boolean> {
  const joined = await transaction.$executeRaw`
    UPDATE deliveries d SET payload = jsonb_set(d.payload, '{lines}', (d.payload->'lines') || ${JSON.stringify(order.lines)}::jsonb)
    FROM (
      SELECT id FROM deliveries
      WHERE workspace_id = ${scope.workspaceId} AND connection_id = ${connectionId} AND conversation_id = ${conversationId}
        AND state IN ('waiting', 'sending', 'uncertain')
      ORDER BY position DESC LIMIT 1
    ) last
    WHERE d.workspace_id = ${scope.workspaceId} AND d.id = last.id AND d.state = 'waiting' AND d.attempts = 0
      AND d.kind = 'add-ticket-message' AND jsonb_array_length(d.payload->'lines') < ${MOST_JOINED_LINES}`;
  return joined > 0;
}

function lanesOf({ scope, connectionId }: DeskMirror, orders: DeskOrderOwed[]): DeliveryLane[] {
  return [...new Set(orders.map(({ conversationId }) => conversationId))].map((conversationId) => ({
    workspaceId: scope.workspaceId,
    connectionId,
    conversationId,
  }));
}
