import type { DeliveryView, Page } from '../domain/views.js';
import type { Database } from './database.js';
import { Prisma } from './generated/client.js';
import type { Nudges } from './nudges.js';
import { present } from './rows.js';
import type { WorkspaceScope } from './scope.js';

export interface DeliveryQuery {
  states?: DeliveryView['state'][] | undefined;
  connectionId?: string | undefined;
  conversationId?: string | undefined;
  cursor?: string | undefined;
  limit: number;
}

/** Deliveries as the operator sees them, and what a person may decide about them. */
export interface DeliveryList {
  /** Latest first. `undefined` when the cursor is none of ours. */
  list(scope: WorkspaceScope, query: DeliveryQuery): Promise<Page<DeliveryView> | undefined>;
  find(scope: WorkspaceScope, deliveryId: string): Promise<DeliveryView | undefined>;
  /**
   * Puts back at the end of its lane what has failed: a dead one, or one whose message was cancelled or was
   * accepted and then failed by the channel. @returns whether it was such
   */
  redrive(scope: WorkspaceScope, deliveryId: string): Promise<boolean>;
  /** What a person says of an uncertain one that was asked about. @returns whether it was such */
  resolve(scope: WorkspaceScope, deliveryId: string, as: 'delivered' | 'resend' | 'cancel'): Promise<boolean>;
}

interface DeliveryRow {
  id: string;
  connection_id: string;
  conversation_id: string;
  kind: string;
  state: DeliveryView['state'];
  attempts: number;
  message_id: string | null;
  external_id: string | null;
  reason: { code: string; message: string } | null;
  flags: string[];
  created_at: Date;
  settled_at: Date | null;
  next_at: Date | null;
  position: bigint;
}

const NAMELESS = JSON.stringify({
  code: 'conversation_unnamed',
  message:
    'The message was delivered, but nobody knows what the conversation is called outside: what the contact ' +
    'answers comes as another one. Given its id (externalConversationId), the two become one.',
});

export function createDeliveryList(database: Database, nudges: Nudges): DeliveryList {
  const { prisma } = database;

  /**
   * Brings a delivery back into its lane, marks its message, tells the agents; one statement. What the channel has
   * failed is a new message there: it has lost its outside id, and what the outside said of that. A start whose
   * conversation is there by now is said in it, and does not begin another.
   */
  const bringBack = async (
    scope: WorkspaceScope,
    deliveryId: string,
    what: 'failed' | 'asked',
  ): Promise<boolean> => {
    const rows = await prisma.$queryRaw<{ connection_id: string; conversation_id: string }[]>`
      WITH locked AS MATERIALIZED (
        SELECT d.state AS was, m.state AS fate, coalesce(m.author->>'email', '') AS email,
          d.kind = 'start-conversation' AND c.external_conversation_id NOT LIKE 'starting:%' AS begun,
          CASE WHEN ${what} = 'asked' THEN ARRAY['possibleDuplicate']
            WHEN d.state = 'cancelled' AND 'asked' = ANY(d.flags) THEN ARRAY['late', 'possibleDuplicate']
            ELSE ARRAY['late'] END AS marks
        FROM deliveries d JOIN conversations c ON c.workspace_id = d.workspace_id AND c.id = d.conversation_id
        LEFT JOIN messages m ON m.workspace_id = d.workspace_id AND m.id = d.message_id AND m.delivery_id = d.id
        WHERE d.workspace_id = ${scope.workspaceId} AND d.id = ${deliveryId} FOR UPDATE OF c
      ), back AS (
        UPDATE deliveries d SET state = 'waiting', attempts = 0, reason = NULL, settled_at = NULL,
          position = nextval(pg_get_serial_sequence('deliveries', 'position')),
          flags = ARRAY(SELECT f FROM unnest(array_remove(d.flags, 'asked')) f WHERE NOT f = ANY(locked.marks)) || locked.marks,
          external_id = CASE WHEN locked.was = 'delivered' THEN NULL ELSE d.external_id END,
          idempotency_key = CASE WHEN locked.was = 'delivered' THEN d.id || '.' || substr(md5(random()::text), 1, 8) ELSE d.idempotency_key END,
          kind = CASE WHEN locked.begun THEN 'send-message' ELSE d.kind END,
          payload = CASE WHEN locked.begun THEN jsonb_build_object('kind', 'send-message', 'agentEmail', locked.email,
            'content', d.payload->'content') ELSE d.payload END
        FROM locked
        WHERE d.workspace_id = ${scope.workspaceId} AND d.id = ${deliveryId} AND d.state = locked.was
          AND CASE WHEN ${what} = 'asked' THEN d.state = 'uncertain' AND 'asked' = ANY(d.flags)
            ELSE d.state = 'dead' OR (d.state IN ('delivered', 'cancelled') AND locked.fate = 'failed') END
        RETURNING d.workspace_id, d.id, d.connection_id, d.conversation_id, d.message_id, locked.was, locked.marks
      ), message AS (
        UPDATE messages m SET state = 'queued', failure = NULL,
          flags = ARRAY(SELECT f FROM unnest(m.flags) f WHERE NOT f = ANY(back.marks)) || back.marks,
          external_message_id = CASE WHEN back.was = 'delivered' THEN NULL ELSE m.external_message_id END,
          echoed_at = CASE WHEN back.was = 'delivered' THEN NULL ELSE m.echoed_at END,
          sent_at = CASE WHEN back.was = 'delivered' THEN NULL ELSE m.sent_at END,
          delivered_at = CASE WHEN back.was = 'delivered' THEN NULL ELSE m.delivered_at END,
          read_at = CASE WHEN back.was = 'delivered' THEN NULL ELSE m.read_at END
        FROM back WHERE m.workspace_id = back.workspace_id AND m.id = back.message_id AND m.delivery_id = back.id
        RETURNING m.workspace_id, m.id, m.conversation_id
      ), numbered AS (
        UPDATE conversations c SET last_seq = c.last_seq + 1, version = c.version + 1
        FROM message WHERE c.workspace_id = message.workspace_id AND c.id = message.conversation_id
        RETURNING c.workspace_id, c.id, c.last_seq, message.id AS message_id
      ), fact AS (
        INSERT INTO conversation_events (workspace_id, conversation_id, seq, type, data, occurred_at)
        SELECT workspace_id, id, last_seq, 'message.queued', jsonb_build_object('messageId', message_id), now() FROM numbered
      ), lane AS (
        INSERT INTO lanes AS l (workspace_id, connection_id, conversation_id, next_at, owed)
        SELECT workspace_id, connection_id, conversation_id, date_trunc('milliseconds', now()), 1 FROM back
        ON CONFLICT (workspace_id, connection_id, conversation_id) DO UPDATE
          SET owed = l.owed + 1, next_at = coalesce(l.next_at, date_trunc('milliseconds', now()))
      ), tries AS (
        DELETE FROM attempts a USING back WHERE a.workspace_id = back.workspace_id AND a.delivery_id = back.id
      )
      SELECT connection_id, conversation_id FROM back`;
    nudges.send(
      'delivery',
      rows.map((row) => ({
        workspaceId: scope.workspaceId,
        connectionId: row.connection_id,
        conversationId: row.conversation_id,
      })),
    );
    if (rows.length > 0) nudges.send('facts', [scope.workspaceId]);
    return rows.length > 0;
  };

  /**
   * Ends a delivery that the lane has already left, by a person's word. A conversation whose start has arrived
   * while nobody knows what the outside calls it cannot be used: it is closed, and says why.
   */
  const end = async (
    scope: WorkspaceScope,
    deliveryId: string,
    as: 'delivered' | 'cancelled',
  ): Promise<boolean> => {
    const failure =
      as === 'delivered'
        ? null
        : JSON.stringify({ code: 'cancelled', message: 'An agent decided not to send it again.' });
    const rows = await prisma.$queryRaw<{ id: string }[]>`
      WITH locked AS MATERIALIZED (
        SELECT 1 FROM deliveries d JOIN conversations c ON c.workspace_id = d.workspace_id AND c.id = d.conversation_id
        WHERE d.workspace_id = ${scope.workspaceId} AND d.id = ${deliveryId} FOR UPDATE OF c
      ), ended AS (
        UPDATE deliveries d SET state = ${as}, settled_at = now()
        WHERE d.workspace_id = ${scope.workspaceId} AND d.id = ${deliveryId} AND d.state = 'uncertain' AND 'asked' = ANY(d.flags)
          AND EXISTS (SELECT 1 FROM locked)
        RETURNING *, ${as} = 'delivered' AND d.kind = 'start-conversation' AS nameless
      ), message AS (
        UPDATE messages m SET state = CASE WHEN ${as} = 'delivered' THEN 'sent' ELSE 'failed' END,
          sent_at = CASE WHEN ${as} = 'delivered' THEN coalesce(m.sent_at, now()) ELSE m.sent_at END, failure = ${failure}::jsonb
        FROM ended WHERE m.workspace_id = ended.workspace_id AND m.id = ended.message_id
        RETURNING m.workspace_id, m.id, m.conversation_id
      ), numbered AS (
        UPDATE conversations c SET version = c.version + 1,
          last_seq = c.last_seq + CASE WHEN ended.nameless AND c.external_conversation_id LIKE 'starting:%' THEN 3 ELSE 1 END,
          status = CASE WHEN ended.nameless AND c.external_conversation_id LIKE 'starting:%' THEN 'closed' ELSE c.status END,
          closed_at = CASE WHEN ended.nameless AND c.external_conversation_id LIKE 'starting:%' THEN now() ELSE c.closed_at END
        FROM message, ended WHERE c.workspace_id = message.workspace_id AND c.id = message.conversation_id
        RETURNING c.workspace_id, c.id, c.last_seq, message.id AS message_id, ended.id AS delivery_id, ended.kind,
          ended.nameless AND c.external_conversation_id LIKE 'starting:%' AS nameless
      ), fact AS (
        INSERT INTO conversation_events (workspace_id, conversation_id, seq, type, data, occurred_at)
        SELECT n.workspace_id, n.id, n.last_seq - f.back, f.type, f.data, now() FROM numbered n CROSS JOIN LATERAL (
          SELECT CASE WHEN n.nameless THEN 2 ELSE 0 END AS back,
            CASE WHEN ${as} = 'delivered' THEN 'message.sent' ELSE 'message.failed' END AS type,
            jsonb_strip_nulls(jsonb_build_object('messageId', n.message_id, 'failure', ${failure}::jsonb)) AS data
          UNION ALL SELECT 1, 'action.failed', jsonb_build_object('deliveryId', n.delivery_id, 'action', n.kind,
            'failure', ${NAMELESS}::jsonb) WHERE n.nameless
          UNION ALL SELECT 0, 'conversation.closed', '{}'::jsonb WHERE n.nameless
        ) f
        ORDER BY f.back DESC
      )
      SELECT id FROM ended`;
    if (rows.length > 0) nudges.send('facts', [scope.workspaceId]);
    return rows.length > 0;
  };

  return {
    async list(scope, query) {
      const before =
        query.cursor === undefined
          ? undefined
          : /^\d{1,18}$/u.test(query.cursor)
            ? BigInt(query.cursor)
            : null;
      if (before === null) return undefined;
      const conditions = [Prisma.sql`d.workspace_id = ${scope.workspaceId}`];
      if (query.states !== undefined) conditions.push(Prisma.sql`d.state = ANY(${query.states})`);
      if (query.connectionId !== undefined)
        conditions.push(Prisma.sql`d.connection_id = ${query.connectionId}`);
      if (query.conversationId !== undefined)
        conditions.push(Prisma.sql`d.conversation_id = ${query.conversationId}`);
      if (before !== undefined) conditions.push(Prisma.sql`d.position < ${before}`);
      const rows = await prisma.$queryRaw<DeliveryRow[]>`
        SELECT d.*, l.next_at FROM deliveries d
        LEFT JOIN lanes l ON l.workspace_id = d.workspace_id AND l.connection_id = d.connection_id AND l.conversation_id = d.conversation_id
        WHERE ${Prisma.join(conditions, ' AND ')} ORDER BY d.position DESC LIMIT ${query.limit + 1}`;
      const shown = rows.slice(0, query.limit);
      const last = shown.at(-1);
      return {
        items: shown.map(deliveryView),
        ...(rows.length > query.limit && last !== undefined ? { nextCursor: last.position.toString() } : {}),
      };
    },

    async find(scope, deliveryId) {
      const [row] = await prisma.$queryRaw<DeliveryRow[]>`
        SELECT d.*, l.next_at FROM deliveries d
        LEFT JOIN lanes l ON l.workspace_id = d.workspace_id AND l.connection_id = d.connection_id AND l.conversation_id = d.conversation_id
        WHERE d.workspace_id = ${scope.workspaceId} AND d.id = ${deliveryId}`;
      return row === undefined ? undefined : deliveryView(row);
    },

    redrive: (scope, deliveryId) => bringBack(scope, deliveryId, 'failed'),

    resolve(scope, deliveryId, as) {
      switch (as) {
        case 'resend':
          return bringBack(scope, deliveryId, 'asked');
        case 'delivered':
          return end(scope, deliveryId, 'delivered');
        case 'cancel':
          return end(scope, deliveryId, 'cancelled');
      }
    },
  };
}

function deliveryView(row: DeliveryRow): DeliveryView {
  const isOwed = row.state === 'waiting' || row.state === 'sending' || row.state === 'uncertain';
  return {
    id: row.id,
    connectionId: row.connection_id,
    conversationId: row.conversation_id,
    kind: row.kind,
    state: row.state,
    attempts: row.attempts,
    flags: row.flags,
    createdAt: row.created_at,
    ...present({
      messageId: row.message_id,
      externalId: row.external_id,
      reason: row.reason,
      settledAt: row.settled_at,
      nextAttemptAt: isOwed ? row.next_at : null,
    }),
  };
}
