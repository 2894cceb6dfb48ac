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
