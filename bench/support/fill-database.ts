import type { BenchDatabase } from './bench-database.js';
import type { BridgeFacts } from './bridge.js';

/** Rows as the house writes them, by SQL, so that a million messages take a minute or two. */
export async function fillDatabase(
  database: BenchDatabase,
  { workspaceId, connectionId }: Pick<BridgeFacts, 'workspaceId' | 'connectionId'>,
  deadConnectionId: string,
  filling: { messages: number; conversations: number; deliveries: number },
): Promise<void> {
  const { messages, conversations, deliveries } = filling;
  const each = Math.max(1, Math.round(messages / conversations));
  const owing = Math.min(conversations, deliveries);
  await database.query(
    `INSERT INTO contacts (workspace_id, id, connection_id, external_contact_id, name)
     SELECT $1, 'ctc_fill' || n, $2, 'visitor-fill-' || n, 'Visitor ' || n FROM generate_series(1, $3::int) n`,
    [workspaceId, connectionId, conversations],
  );
  // The first ones belong to the dead connection: what is owed to it is owed in as many lanes.
  await database.query(
    `INSERT INTO conversations (workspace_id, id, connection_id, external_conversation_id, contact_id, last_seq, version, last_activity_at)
     SELECT $1, 'cnv_fill' || n, CASE WHEN n <= $5::int THEN $3 ELSE $2 END, 'fill-' || n, 'ctc_fill' || n, $6::int + 1, $6::int,
       now() - interval '1 day' - make_interval(secs => n)
     FROM generate_series(1, $4::int) n`,
    [workspaceId, connectionId, deadConnectionId, conversations, owing, each],
  );
  const said = `FROM generate_series(1, $2::int) n CROSS JOIN generate_series(1, $3::int) m`;
  const size = [workspaceId, conversations, each];
  await database.query(
    `INSERT INTO messages (workspace_id, id, conversation_id, seq, direction, author, kind, text, state, external_message_id, occurred_at)
     SELECT $1, 'msg_fill' || n || '_' || m, 'cnv_fill' || n, m + 1, 'in', '{"type": "contact"}', 'text',
       'What was said some time ago, number ' || m, 'received', 'fill-' || n || '-' || m, now() - interval '1 day' ${said}`,
    size,
  );
  await database.query(
    `INSERT INTO conversation_events (workspace_id, conversation_id, seq, type, data, occurred_at)
     SELECT $1, 'cnv_fill' || n, m + 1, 'message.received', jsonb_build_object('messageId', 'msg_fill' || n || '_' || m),
       now() - interval '1 day' ${said}`,
    size,
  );
  await database.query(
    `INSERT INTO inbound_events (workspace_id, connection_id, lane_key, kind, payload, flags, state, received_at, projected_at)
     SELECT $1, $4, 'fill-' || n, 'message',
       jsonb_build_object('type', 'message', 'conversation', 'fill-' || n, 'text', repeat('as it came ', 30)), '{}', 'projected',
       now() - interval '1 day', now() - interval '1 day' ${said}`,
    [...size, connectionId],
  );
  await database.query(
    `INSERT INTO inbound_keys (workspace_id, connection_id, key, accepted_at)
     SELECT $1, $4, encode(sha256(('fill ' || n || ' ' || m)::bytea), 'hex'), now() - interval '1 day' ${said}`,
    [...size, connectionId],
  );
  await fillOutbox(database, workspaceId, deadConnectionId, { deliveries, owing });
  // What was filled over years has been vacuumed long ago: else the server's own vacuum of all of it falls into the measurement.
  await database.query('VACUUM (FREEZE, ANALYZE)');
}

async function fillOutbox(
  database: BenchDatabase,
  workspaceId: string,
  connectionId: string,
  { deliveries, owing }: { deliveries: number; owing: number },
): Promise<void> {
  await database.query(
    `INSERT INTO deliveries (workspace_id, id, connection_id, conversation_id, kind, payload, idempotency_key)
     SELECT $1, 'dlv_fill' || n, $2, 'cnv_fill' || (1 + n % $4::int), 'send-message',
       '{"kind": "send-message", "agentEmail": "ada@bench.example", "content": {"type": "text", "text": "waits"}}', 'dlv_fill' || n
     FROM generate_series(1, $3::int) n`,
    [workspaceId, connectionId, deliveries, owing],
  );
  await database.query(
    `INSERT INTO lanes (workspace_id, connection_id, conversation_id, next_at, owed)
     SELECT workspace_id, connection_id, conversation_id, now(), count(*) FROM deliveries
     WHERE workspace_id = $1 AND connection_id = $2 GROUP BY 1, 2, 3`,
    [workspaceId, connectionId],
  );
}
