import { newId } from '../domain/ids.js';
import { Prisma } from './generated/client.js';

/**
 * What is known of a ticket, owed to the chat side as variables of the conversation: in the statement that
 * links it or changes it. `told` is the part of that statement with the rows of ticket_links that are news.
 * The connection's settings name the variables (`ticketVariables`), or say false for none.
 */
export function oweTicketVariables(told: 'linked' | 'changed'): Prisma.Sql {
  const id = newId('delivery');
  return Prisma.sql`
    variables_owed AS (
      INSERT INTO deliveries (workspace_id, id, connection_id, conversation_id, kind, payload, idempotency_key)
      SELECT c.workspace_id, ${id}, c.connection_id, c.id, 'set-variables',
        jsonb_build_object('kind', 'set-variables', 'variables', v.variables), ${id}
      FROM ${Prisma.raw(told)} t
      JOIN conversations c ON c.workspace_id = t.workspace_id AND c.id = t.conversation_id
      JOIN connections k ON k.workspace_id = c.workspace_id AND k.id = c.connection_id AND k.side = 'chat'
        AND k.status <> 'disconnected' AND k.settings->'ticketVariables' IS DISTINCT FROM 'false'::jsonb
      CROSS JOIN LATERAL (
        SELECT jsonb_agg(jsonb_build_object('name', coalesce(k.settings->'ticketVariables'->>f.field, f.name),
          'value', f.value, 'on', 'conversation')) AS variables
        FROM (VALUES ('id', 'ticket_id', t.external_ticket_id), ('url', 'ticket_url', t.url),
          ('status', 'ticket_status', t.ticket_status)) AS f(field, name, value)
        WHERE f.value IS NOT NULL
      ) v
      WHERE v.variables IS NOT NULL
      RETURNING workspace_id, connection_id, conversation_id
    ), variables_lane AS (
      INSERT INTO lanes AS l (workspace_id, connection_id, conversation_id, next_at, owed)
      SELECT workspace_id, connection_id, conversation_id, date_trunc('milliseconds', now()), 1 FROM variables_owed
      ON CONFLICT (workspace_id, connection_id, conversation_id) DO UPDATE
        SET owed = l.owed + 1, next_at = coalesce(l.next_at, date_trunc('milliseconds', now()))
    )`;
}
