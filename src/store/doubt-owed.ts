import { TWICE_IS_TOO_OFTEN, UNCLEAR_ATTEMPTS } from '../domain/doubt.js';
import type { Database } from './database.js';

export interface Doubted {
  side: 'chat' | 'desk';
  orders: number;
}

/**
 * Puts all that is owed and could be said twice in doubt, in every workspace: the database comes from a backup, and what
 * was owed when it was taken has gone out since, in a time of which nothing is known here. What a desk can be asked for
 * is asked for; of the rest an agent decides. Orders that may be carried out twice stay as they are.
 * No process may be at work on the database.
 */
export async function doubtOwed({ prisma }: Pick<Database, 'prisma'>): Promise<Doubted[]> {
  return prisma.$queryRaw<Doubted[]>`
    WITH doubted AS (
      UPDATE deliveries SET state = 'uncertain', attempts = greatest(attempts, ${UNCLEAR_ATTEMPTS}::int), sending_at = created_at
      WHERE kind = ANY(${[...TWICE_IS_TOO_OFTEN]})
        AND (state IN ('waiting', 'sending') OR (state = 'uncertain' AND NOT 'asked' = ANY(flags)))
      RETURNING workspace_id, connection_id, conversation_id
    ), woken AS (
      UPDATE lanes l SET next_at = date_trunc('milliseconds', now()), lease_owner = NULL, lease_until = NULL, fence = l.fence + 1
      FROM (SELECT DISTINCT * FROM doubted) d
      WHERE l.workspace_id = d.workspace_id AND l.connection_id = d.connection_id AND l.conversation_id = d.conversation_id
    )
    SELECT k.side, count(*)::int AS orders FROM doubted d
    JOIN connections k ON k.workspace_id = d.workspace_id AND k.id = d.connection_id
    GROUP BY k.side ORDER BY k.side`;
}
