import type { DeskOrder } from '../domain/desk-order.js';
import type { TicketState } from '../domain/ticket.js';
import type { Database } from './database.js';
import type { DeliveryLane, Nudges } from './nudges.js';
import { readFormerTicket } from './ticket-record.js';
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

/** The end of what was said in a conversation. */
export interface Transcript {
  /** Oldest first. */
  said: (MessageView | NoteView)[];
  /** How many messages and notes stand before these. */
  earlier: number;
}

export interface DeskOrderOwed {
  conversationId: string;
  order: DeskOrder;
  /** May go into the order before it, as long as that waits and is of the same kind. */
  joins: boolean;
  /** All that was said so far is in it: messages that wait or were given up are done with. Notes may be none of it. */
  retells: boolean;
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
  /** What was said in a conversation up to and with `upToSeq`: the last `limit` of it. */
  readTranscript(
    scope: WorkspaceScope,
    conversationId: string,
    upToSeq: number,
    limit: number,
  ): Promise<Transcript>;
  /** The ticket that a conversation had at this desk before; undefined when it had none. */
  readFormerTicket(mirror: DeskMirror, conversationId: string): Promise<string | undefined>;
  /**
   * Owes the orders and moves the mirror on, both or neither.
   * @returns false when another process has moved it meanwhile
   */
  advance(mirror: DeskMirror, cursor: string, orders: DeskOrderOwed[]): Promise<boolean>;
}

/** A joined message stays readable: no more lines than these. */
const MOST_JOINED_LINES = 40;

const RETOLD = JSON.stringify({
  code: 'retold',
  message: 'The conversation has got another ticket since, in which all of it is told.',
});

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
          SELECT m.seq, to_json(m) AS message, NULL::json AS note FROM messages m
          WHERE m.workspace_id = ${scope.workspaceId} AND m.conversation_id = ${conversationId} AND m.seq <= ${upToSeq}
          UNION ALL
          SELECT n.seq, NULL::json, to_json(n) FROM notes n
          WHERE n.workspace_id = ${scope.workspaceId} AND n.conversation_id = ${conversationId} AND n.seq <= ${upToSeq}
          ORDER BY 1 DESC LIMIT ${limit}
        ) latest ORDER BY seq`;
      const said = rows.flatMap(({ message, note }) =>
        message === null ? (note === null ? [] : [noteView(note)]) : [messageView(message)],
      );
      const first = said[0]?.seq;
      if (said.length < limit || first === undefined) return { said, earlier: 0 };
      const [row] = await prisma.$queryRaw<{ earlier: number }[]>`
        SELECT ((SELECT count(*) FROM messages m
          WHERE m.workspace_id = ${scope.workspaceId} AND m.conversation_id = ${conversationId} AND m.seq < ${first})
          + (SELECT count(*) FROM notes n
          WHERE n.workspace_id = ${scope.workspaceId} AND n.conversation_id = ${conversationId} AND n.seq < ${first}))::int AS earlier`;
      return { said, earlier: row?.earlier ?? 0 };
    },

    readFormerTicket: (mirror, conversationId) => readFormerTicket(prisma, { ...mirror, conversationId }),

    async advance(mirror, cursor, orders) {
      const { scope, connectionId } = mirror;
      const rows = JSON.stringify(
        joinInOrder(orders).map(({ conversationId, order, joins, retells }, n) => ({
          n,
          id: newId('delivery'),
          conv: conversationId,
          kind: order.kind,
          payload: order,
          joins,
          retells,
        })),
      );
      // All lanes first, in their order, as whoever settles several of them. Who holds a lane knows that its head is not
      // being taken now. What has been taken since this statement began is no longer waiting when the join looks at it
      // again, and the words go into an order of their own.
      const [row] = await prisma.$queryRaw<{ moved: boolean }[]>`
        WITH moved AS (
          UPDATE desk_mirrors SET cursor = ${cursor}, updated_at = now()
          WHERE workspace_id = ${scope.workspaceId} AND connection_id = ${connectionId} AND cursor = ${mirror.cursor}
          RETURNING 1
        ), given AS MATERIALIZED (
          SELECT i.* FROM jsonb_to_recordset(${rows}::jsonb) AS i(n int, id text, conv text, kind text, payload jsonb, joins boolean, retells boolean)
          WHERE EXISTS (SELECT 1 FROM moved)
        ), held AS MATERIALIZED (
          SELECT l.conversation_id FROM lanes l
          WHERE l.workspace_id = ${scope.workspaceId} AND l.connection_id = ${connectionId}
            AND l.conversation_id = ANY(ARRAY(SELECT g.conv FROM given g))
          ORDER BY l.conversation_id FOR UPDATE
        ), joined AS (
          UPDATE deliveries d SET payload = jsonb_set(d.payload, '{lines}', (d.payload->'lines') || (g.payload->'lines'))
          FROM held h JOIN given g ON g.joins AND g.conv = h.conversation_id
          CROSS JOIN LATERAL (
            SELECT o.id FROM deliveries o
            WHERE o.workspace_id = ${scope.workspaceId} AND o.connection_id = ${connectionId} AND o.conversation_id = g.conv
              AND o.state IN ('waiting', 'sending', 'uncertain')
            ORDER BY o.position DESC LIMIT 1
          ) last
          WHERE d.workspace_id = ${scope.workspaceId} AND d.id = last.id AND d.state IS NOT DISTINCT FROM 'waiting'
            AND d.attempts = 0 AND d.kind = 'add-ticket-message'
            AND jsonb_array_length(d.payload->'lines') + jsonb_array_length(g.payload->'lines') <= ${MOST_JOINED_LINES}::int
          RETURNING g.n
        ), added AS (
          INSERT INTO deliveries (workspace_id, id, connection_id, conversation_id, kind, payload, idempotency_key)
          SELECT ${scope.workspaceId}, g.id, ${connectionId}, g.conv, g.kind, g.payload, g.id FROM given g
          WHERE (g.n IN (SELECT n FROM joined)) IS NOT TRUE
          ORDER BY g.n
          RETURNING conversation_id
        ), given_up AS (
          UPDATE deliveries d SET state = 'cancelled', settled_at = now(), reason = ${RETOLD}::jsonb
          FROM given g WHERE g.retells AND d.workspace_id = ${scope.workspaceId} AND d.connection_id = ${connectionId}
            AND d.conversation_id = g.conv AND d.state = 'dead' AND d.kind IN ('create-ticket', 'add-ticket-message')
        ), forestalled AS (
          UPDATE deliveries d SET state = 'cancelled', settled_at = now(), reason = ${RETOLD}::jsonb
          FROM given g WHERE g.retells AND d.workspace_id = ${scope.workspaceId} AND d.connection_id = ${connectionId}
            AND d.conversation_id = g.conv AND d.state = 'waiting' AND d.kind IN ('create-ticket', 'add-ticket-message')
          RETURNING d.conversation_id
        ), owed AS (
          INSERT INTO lanes AS l (workspace_id, connection_id, conversation_id, next_at, owed)
          SELECT ${scope.workspaceId}, ${connectionId}, a.conversation_id, date_trunc('milliseconds', now()),
            count(*) - (SELECT count(*) FROM forestalled f WHERE f.conversation_id = a.conversation_id)
          FROM added a GROUP BY a.conversation_id ORDER BY a.conversation_id
          ON CONFLICT (workspace_id, connection_id, conversation_id) DO UPDATE
            SET owed = l.owed + excluded.owed, next_at = coalesce(l.next_at, excluded.next_at)
        )
        SELECT EXISTS (SELECT 1 FROM moved) AS moved`;
      if (row?.moved === true) nudges.send('delivery', lanesOf(mirror, orders));
      return row?.moved === true;
    },
  };
}

/**
 * The contact's words in a row become one order. Of each conversation only what comes first may still join what
 * waits in its lane: the rest goes behind it.
 */
function joinInOrder(orders: DeskOrderOwed[]): DeskOrderOwed[] {
  const last = new Map<string, DeskOrderOwed>();
  const result: DeskOrderOwed[] = [];
  for (const owed of orders) {
    const before = last.get(owed.conversationId);
    const { order } = owed;
    const mayJoin = owed.joins && order.kind === 'add-ticket-message';
    if (
      mayJoin &&
      before?.order.kind === 'add-ticket-message' &&
      before.order.lines.length + order.lines.length <= MOST_JOINED_LINES
    ) {
      before.order = { ...before.order, lines: [...before.order.lines, ...order.lines] };
      continue;
    }
    const next = { ...owed, joins: mayJoin && before === undefined };
    last.set(owed.conversationId, next);
    result.push(next);
  }
  return result;
}

function lanesOf({ scope, connectionId }: DeskMirror, orders: DeskOrderOwed[]): DeliveryLane[] {
  return [...new Set(orders.map(({ conversationId }) => conversationId))].map((conversationId) => ({
    workspaceId: scope.workspaceId,
    connectionId,
    conversationId,
  }));
}
