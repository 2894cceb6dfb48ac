import { Prisma } from './generated/client.js';
import type { DeliveryLane } from './nudges.js';

/** Of a connection `k`: nobody has paused it, and it has not asked for a pause. */
export const isOpenToAll = Prisma.sql`k.status = 'active' AND (k.held_until IS NULL OR k.held_until <= now())`;

/** A row of `lanes`, or of what names one, as its name. */
export const laneOf = (row: {
  workspace_id: string;
  connection_id: string;
  conversation_id: string;
}): DeliveryLane => ({
  workspaceId: row.workspace_id,
  connectionId: row.connection_id,
  conversationId: row.conversation_id,
});

/**
 * Of a ticket or an account `f` at a desk that has just carried out an order: what nobody was to look at is looked at soon,
 * and so is what could not be looked at while the desk was away, whatever pause it had been given for that.
 */
export const nextLook = Prisma.sql`CASE
  WHEN f.next_at IS NULL OR (f.failures > 0 AND f.next_at > now() + interval '5 seconds')
    THEN date_trunc('milliseconds', now()) + interval '5 seconds'
  ELSE f.next_at END`;
