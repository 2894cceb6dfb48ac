import { Prisma } from './generated/client.js';

/** Where a desk has written something for a delivery. */
export interface WritingPlace {
  workspaceId: string;
  connectionId: string;
  externalTicketId: string | null;
  deliveryId: string;
}

/**
 * Parts of a statement, behind one called `locked` that has the conversation's row: the ids of what was written at a
 * desk, by which it is recognised when it comes back, and a ticket that is lively and looked at soon (`followed`).
 */
export const writingParts = (
  { workspaceId, connectionId, externalTicketId, deliveryId }: WritingPlace,
  writtenIds: readonly string[],
  more: Prisma.Sql = Prisma.empty,
): Prisma.Sql => Prisma.sql`kept AS (
      INSERT INTO written_ids (workspace_id, connection_id, external_id, delivery_id)
      SELECT ${workspaceId}, ${connectionId}, i.id, ${deliveryId}
      FROM (SELECT DISTINCT unnest(${[...writtenIds]}::text[]) AS id) i WHERE EXISTS (SELECT 1 FROM locked)
      ON CONFLICT DO NOTHING
    ), followed AS (
      UPDATE ticket_follows SET ${more} lively_at = now(),
        next_at = coalesce(next_at, date_trunc('milliseconds', now()) + interval '5 seconds')
      WHERE workspace_id = ${workspaceId} AND connection_id = ${connectionId} AND external_ticket_id = ${externalTicketId}
        AND EXISTS (SELECT 1 FROM locked)
      RETURNING next_at > now() + interval '4990 milliseconds' AS fresh
    )`;
