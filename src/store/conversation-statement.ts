import type { ConversationChange } from './conversation-change.js';
import { Prisma } from './generated/client.js';

/**
 * The one statement that writes these changes. It has a part for each table that they touch and no other:
 * most changes are a message and its fact, and every idle part costs as much to start as a busy one. There
 * are few such shapes, so that their plans are kept.
 */
export function statementOf(changes: ConversationChange[]): Prisma.Sql {
  const parts = [
    given(JSON.stringify(changes.map((change) => ({ version: change.version, row: change.row })))),
    ...unlessEmpty(projectedJson(changes), stale),
    ...unlessEmpty(unseenJson(changes), known),
    changeUnless(changes),
    ...won(changes),
    ...unlessEmpty(contactsJson(changes), contactsKept),
    ...unlessEmpty(aliasesJson(changes), aliasesKept),
    ...unlessEmpty(messagesJson(changes), messagesKept),
    ...unlessEmpty(messageUpdatesJson(changes), messagesChanged),
    ...unlessEmpty(notesJson(changes), notesKept),
    ...unlessEmpty(factsJson(changes), factsKept),
    ...unlessEmpty(deliveriesJson(changes), deliveriesKept),
    ...unlessEmpty(wokenJson(changes), lanesWoken),
    ...unlessEmpty(projectedJson(changes), inboxDone),
  ];
  const tail = changes.length === 1 && factsJson(changes) !== '[]' ? WON_AND_PLACED : WON;
  return Prisma.sql`WITH ${Prisma.join(parts, ', ')} ${tail}`;
}

/** What `statementOf` answers: a conversation that was written, or with `seq` a fact and its place in the feed. */
export interface WrittenRow {
  id: string;
  seq: number | null;
  place: string | null;
  /** The workspace's last fact before this transaction. */
  after: string | null;
}

const WON = Prisma.sql`SELECT id, NULL::int AS seq, NULL::text AS place, NULL::text AS after FROM won`;

/**
 * Places are told only where nothing can still appear before them: no transaction was under way when this one
 * looked, and none has taken a number since. Of one change alone: whoever writes many is in no hurry.
 */
const WON_AND_PLACED = Prisma.sql`${WON}
    UNION ALL SELECT f.conversation_id, f.seq, f.txid || '.' || f.position, coalesce((
      SELECT e.txid || '.' || e.position FROM conversation_events e
      WHERE e.workspace_id = f.workspace_id ORDER BY e.txid DESC, e.position DESC LIMIT 1), '0.0')
    FROM facts_kept f
    WHERE (SELECT pg_snapshot_xmin(s) = pg_snapshot_xmax(s) AND pg_snapshot_xmax(s) = pg_current_xact_id()
      FROM pg_current_snapshot() AS s)`;

function unlessEmpty(json: string, part: (json: string) => Prisma.Sql): Prisma.Sql[] {
  return json === '[]' ? [] : [part(json)];
}

/** Each row is unfolded in FROM: behind SELECT it would be unfolded anew for each of its columns. */
const given = (json: string): Prisma.Sql => Prisma.sql`
    given AS MATERIALIZED (
      SELECT (x->>'version')::int AS v, r.*
      FROM jsonb_array_elements(${json}::jsonb) AS x
      CROSS JOIN LATERAL jsonb_populate_record(NULL::conversations, x->'row') AS r
    )`;

const stale = (json: string): Prisma.Sql => Prisma.sql`
    stale AS MATERIALIZED (
      SELECT DISTINCT g.id FROM jsonb_to_recordset(${json}::jsonb) AS i(cid text, position bigint)
      JOIN given g ON g.id = i.cid
      WHERE (SELECT e.state FROM inbound_events e WHERE e.workspace_id = g.workspace_id AND e.position = i.position)
        IS DISTINCT FROM 'recorded'
    )`;

const known = (json: string): Prisma.Sql => Prisma.sql`
    known AS MATERIALIZED (
      SELECT DISTINCT g.id FROM jsonb_to_recordset(${json}::jsonb) AS i(cid text, external_id text)
      JOIN given g ON g.id = i.cid
      WHERE EXISTS (SELECT 1 FROM messages m
        WHERE m.workspace_id = g.workspace_id AND m.conversation_id = g.id AND m.external_message_id = i.external_id)
    )`;

function changeUnless(changes: ConversationChange[]): Prisma.Sql {
  const isNot = [
    ...(projectedJson(changes) === '[]' ? [] : [NOT_STALE]),
    ...(unseenJson(changes) === '[]' ? [] : [NOT_KNOWN]),
  ];
  return isNot.length === 0
    ? CHANGE
    : Prisma.sql`change AS MATERIALIZED (SELECT * FROM given g WHERE ${Prisma.join(isNot, ' AND ')})`;
}

const NOT_STALE = Prisma.sql`NOT EXISTS (SELECT 1 FROM stale s WHERE s.id = g.id)`;
const NOT_KNOWN = Prisma.sql`NOT EXISTS (SELECT 1 FROM known k WHERE k.id = g.id)`;
const CHANGE = Prisma.sql`change AS (SELECT * FROM given)`;

/** Conversations that are new, and those that are still as they were read. */
function won(changes: ConversationChange[]): Prisma.Sql[] {
  const isNew = changes.some((change) => change.version === 0);
  const isOld = changes.some((change) => change.version > 0);
  if (isNew && isOld) return [CREATED, UPDATED, WON_BOTH];
  return isNew ? [CREATED, WON_CREATED] : [UPDATED, WON_UPDATED];
}

const CREATED = Prisma.sql`
    created AS (
      INSERT INTO conversations (workspace_id, id, connection_id, external_conversation_id, contact_id, channel, title, status,
        assignee_type, assignee_key, assignee_name, labels, variables, sla, sla_breached_at, known, last_seq, version,
        last_message, last_activity_at, started_at, closed_at)
      SELECT workspace_id, id, connection_id, external_conversation_id, contact_id, channel, title, status,
        assignee_type, assignee_key, assignee_name, labels, variables, sla, sla_breached_at, known, last_seq, 1,
        last_message, last_activity_at, started_at, closed_at
      FROM change WHERE v = 0
      ON CONFLICT DO NOTHING
      RETURNING workspace_id, id, connection_id
    )`;

const UPDATED = Prisma.sql`
    updated AS (
      UPDATE conversations t SET external_conversation_id = c.external_conversation_id, channel = c.channel, title = c.title, status = c.status, assignee_type = c.assignee_type,
        assignee_key = c.assignee_key, assignee_name = c.assignee_name, labels = c.labels, variables = c.variables,
        sla = c.sla, sla_breached_at = c.sla_breached_at, known = c.known, last_seq = c.last_seq, version = t.version + 1,
        contact_id = c.contact_id, last_message = c.last_message, last_activity_at = c.last_activity_at,
        started_at = c.started_at, closed_at = c.closed_at
      FROM change c
      WHERE c.v > 0 AND t.workspace_id = c.workspace_id AND t.id = c.id AND t.version = c.v
      RETURNING t.workspace_id, t.id, t.connection_id
    )`;

const WON_BOTH = Prisma.sql`
    won AS MATERIALIZED (
      SELECT * FROM created UNION ALL SELECT * FROM updated
    )`;
const WON_CREATED = Prisma.sql`won AS MATERIALIZED (SELECT * FROM created)`;
const WON_UPDATED = Prisma.sql`won AS MATERIALIZED (SELECT * FROM updated)`;

const contactsKept = (json: string): Prisma.Sql => Prisma.sql`
    contacts_kept AS (
      INSERT INTO contacts AS p (workspace_id, id, connection_id, external_contact_id, name, email, phone, variables)
      SELECT DISTINCT ON (won.workspace_id, i.id) won.workspace_id, i.id, won.connection_id, i.external_id, i.name, i.email, i.phone, i.variables
      FROM jsonb_to_recordset(${json}::jsonb)
        AS i(cid text, id text, external_id text, name text, email text, phone text, variables jsonb)
      JOIN won ON won.id = i.cid
      ORDER BY won.workspace_id, i.id
      ON CONFLICT (workspace_id, id) DO UPDATE SET name = coalesce(excluded.name, p.name), email = coalesce(excluded.email, p.email),
        phone = coalesce(excluded.phone, p.phone), variables = p.variables || excluded.variables, updated_at = now()
    )`;

const aliasesKept = (json: string): Prisma.Sql => Prisma.sql`
    aliases_kept AS (
      INSERT INTO conversation_aliases (workspace_id, connection_id, external_id, conversation_id)
      SELECT DISTINCT won.workspace_id, won.connection_id, i.alias, won.id
      FROM jsonb_to_recordset(${json}::jsonb) AS i(cid text, alias text) JOIN won ON won.id = i.cid
      ON CONFLICT DO NOTHING
    )`;

const messagesKept = (json: string): Prisma.Sql => Prisma.sql`
    messages_kept AS (
      INSERT INTO messages (workspace_id, id, conversation_id, seq, direction, author, kind, text, content, state,
        external_message_id, fingerprint, delivery_id, flags, occurred_at, origin_connection_id, failure)
      SELECT won.workspace_id, i.id, won.id, i.seq, i.direction, i.author, i.kind, i.text, i.content, i.state,
        i.external_id, i.fingerprint, i.delivery_id, i.flags, i.at, i.origin, i.failure
      FROM jsonb_to_recordset(${json}::jsonb) AS i(cid text, id text, seq int, direction text, author jsonb,
        kind text, text text, content jsonb, state text, external_id text, fingerprint text, delivery_id text, flags text[], at timestamptz, origin text, failure jsonb)
      JOIN won ON won.id = i.cid
    )`;

const messagesChanged = (json: string): Prisma.Sql => Prisma.sql`
    messages_changed AS (
      UPDATE messages m SET state = coalesce(i.state, m.state), external_message_id = coalesce(i.external_id, m.external_message_id),
        echoed_at = coalesce(i.echoed_at, m.echoed_at), delivered_at = coalesce(i.delivered_at, m.delivered_at),
        read_at = coalesce(i.read_at, m.read_at), failure = coalesce(i.failure, m.failure)
      FROM jsonb_to_recordset(${json}::jsonb) AS i(cid text, id text, state text, external_id text,
        echoed_at timestamptz, delivered_at timestamptz, read_at timestamptz, failure jsonb)
      JOIN won ON won.id = i.cid
      WHERE m.workspace_id = won.workspace_id AND m.id = i.id
    ), echo_known AS (
      UPDATE connections k SET echo_seen_at = now()
      FROM (SELECT DISTINCT won.workspace_id, won.connection_id
            FROM jsonb_to_recordset(${json}::jsonb) AS i(cid text, echoed_at timestamptz)
            JOIN won ON won.id = i.cid WHERE i.echoed_at IS NOT NULL) e
      WHERE k.workspace_id = e.workspace_id AND k.id = e.connection_id
        AND (k.echo_seen_at IS NULL OR k.echo_seen_at < now() - interval '1 minute')
    )`;

const notesKept = (json: string): Prisma.Sql => Prisma.sql`
    notes_kept AS (
      INSERT INTO notes (workspace_id, id, conversation_id, seq, author, text, occurred_at, origin_connection_id)
      SELECT won.workspace_id, i.id, won.id, i.seq, i.author, i.text, i.at, i.origin
      FROM jsonb_to_recordset(${json}::jsonb) AS i(cid text, id text, seq int, author jsonb, text text, at timestamptz, origin text)
      JOIN won ON won.id = i.cid
    )`;

const factsKept = (json: string): Prisma.Sql => Prisma.sql`
    facts_kept AS (
      INSERT INTO conversation_events (workspace_id, conversation_id, seq, type, data, occurred_at)
      SELECT won.workspace_id, won.id, i.seq, i.type, i.data, i.at
      FROM jsonb_to_recordset(${json}::jsonb) AS i(cid text, seq int, type text, data jsonb, at timestamptz)
      JOIN won ON won.id = i.cid
      ORDER BY won.id, i.seq
      RETURNING workspace_id, conversation_id, seq, txid, position
    )`;

const deliveriesKept = (json: string): Prisma.Sql => Prisma.sql`
    deliveries_kept AS (
      INSERT INTO deliveries (workspace_id, id, connection_id, conversation_id, kind, payload, message_id, idempotency_key)
      SELECT won.workspace_id, i.id, i.connection_id, won.id, i.kind, i.payload, i.message_id, i.key
      FROM jsonb_to_recordset(${json}::jsonb) AS i(n int, cid text, id text, connection_id text, kind text,
        payload jsonb, message_id text, key text)
      JOIN won ON won.id = i.cid
      ORDER BY i.n
    ), lanes_owing AS (
      INSERT INTO lanes AS l (workspace_id, connection_id, conversation_id, next_at, owed)
      SELECT won.workspace_id, i.connection_id, won.id, date_trunc('milliseconds', now()), count(*)
      FROM jsonb_to_recordset(${json}::jsonb) AS i(cid text, connection_id text)
      JOIN won ON won.id = i.cid
      GROUP BY won.workspace_id, i.connection_id, won.id
      ORDER BY won.workspace_id, i.connection_id, won.id
      ON CONFLICT (workspace_id, connection_id, conversation_id) DO UPDATE
        SET owed = l.owed + excluded.owed, next_at = coalesce(l.next_at, date_trunc('milliseconds', now()))
    )`;

const lanesWoken = (json: string): Prisma.Sql => Prisma.sql`
    lanes_woken AS (
      UPDATE lanes l SET next_at = date_trunc('milliseconds', now())
      FROM jsonb_to_recordset(${json}::jsonb) AS i(cid text, connection_id text)
      JOIN won ON won.id = i.cid
      WHERE l.workspace_id = won.workspace_id AND l.connection_id = i.connection_id AND l.conversation_id = won.id
    )`;

const inboxDone = (json: string): Prisma.Sql => Prisma.sql`
    inbox_done AS (
      UPDATE inbound_events e SET state = CASE WHEN i.detail IS NULL THEN 'projected' ELSE 'failed' END,
        detail = i.detail, projected_at = now()
      FROM jsonb_to_recordset(${json}::jsonb) AS i(cid text, position bigint, detail text)
      JOIN won ON won.id = i.cid
      WHERE e.workspace_id = won.workspace_id AND e.position = i.position
    )`;

/** One flat list of the parts of all changes, each with the id of its conversation. */
function flat<T>(
  changes: ConversationChange[],
  partsOf: (change: ConversationChange) => T[],
  shape: (part: T) => object,
): string {
  return JSON.stringify(
    changes.flatMap((change) => partsOf(change).map((part) => ({ cid: change.row.id, ...shape(part) }))),
  );
}

const contactsJson = (changes: ConversationChange[]): string =>
  flat(
    changes,
    (change) => (change.contact === undefined ? [] : [change.contact]),
    (contact) => ({
      id: contact.id,
      external_id: contact.externalContactId,
      name: contact.name,
      email: contact.email,
      phone: contact.phone,
      variables: contact.variables,
    }),
  );

const aliasesJson = (changes: ConversationChange[]): string =>
  flat(
    changes,
    (change) => change.aliases,
    (alias) => ({ alias }),
  );

const messagesJson = (changes: ConversationChange[]): string =>
  flat(
    changes,
    (change) => change.messages,
    (message) => ({
      id: message.id,
      seq: message.seq,
      direction: message.direction,
      author: message.author,
      kind: message.kind,
      text: message.text,
      content: message.content,
      state: message.state,
      external_id: message.externalMessageId,
      fingerprint: message.fingerprint,
      delivery_id: message.deliveryId,
      flags: message.flags,
      at: message.occurredAt,
      origin: message.originConnectionId,
      failure: message.failure,
    }),
  );

const messageUpdatesJson = (changes: ConversationChange[]): string =>
  flat(
    changes,
    (change) => change.messageUpdates,
    (update) => ({
      id: update.id,
      state: update.state,
      external_id: update.externalMessageId,
      echoed_at: update.echoedAt,
      delivered_at: update.deliveredAt,
      read_at: update.readAt,
      failure: update.failure,
    }),
  );

const notesJson = (changes: ConversationChange[]): string =>
  flat(
    changes,
    (change) => change.notes,
    (note) => ({
      id: note.id,
      seq: note.seq,
      author: note.author,
      text: note.text,
      at: note.occurredAt,
      origin: note.originConnectionId,
    }),
  );

const factsJson = (changes: ConversationChange[]): string =>
  flat(
    changes,
    (change) => change.facts,
    (fact) => ({ seq: fact.seq, type: fact.fact.type, data: fact.fact.data, at: fact.occurredAt }),
  );

const deliveriesJson = (changes: ConversationChange[]): string => {
  let n = 0;
  return flat(
    changes,
    (change) => change.deliveries,
    (delivery) => ({
      n: n++,
      id: delivery.id,
      connection_id: delivery.connectionId,
      kind: delivery.kind,
      payload: delivery.payload,
      message_id: delivery.messageId,
      key: delivery.idempotencyKey,
    }),
  );
};

const unseenJson = (changes: ConversationChange[]): string =>
  flat(
    changes,
    (change) => change.unseenIds,
    (id) => ({ external_id: id }),
  );

const wokenJson = (changes: ConversationChange[]): string =>
  flat(
    changes,
    (change) => change.wokenLanes,
    (connectionId) => ({ connection_id: connectionId }),
  );

const projectedJson = (changes: ConversationChange[]): string =>
  flat(
    changes,
    (change) => change.projected.map((position) => ({ position, detail: change.parkedBecause })),
    ({ position, detail }) => ({ position: position.toString(), detail }),
  );
