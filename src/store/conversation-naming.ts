import type { Database } from './database.js';
import { Prisma } from './generated/client.js';
import type { Nudges } from './nudges.js';
import type { WorkspaceScope } from './scope.js';

export interface StartedPlace {
  scope: WorkspaceScope;
  connectionId: string;
  conversationId: string;
}

/** Gives a conversation that we have started the id that the outside has given it. */
export interface ConversationNaming {
  name(place: StartedPlace, externalConversationId: string): Promise<void>;
}

/** How often it is looked again, when a webhook has made the conversation at this very moment. */
const TRIES = 5;

interface LockedRow {
  id: string;
  external_conversation_id: string;
  status: 'open' | 'closed';
  last_seq: number;
}

type Transaction = Prisma.TransactionClient;

/**
 * Usually that is one column. Where a webhook was faster, and nothing in it told that it was this
 * conversation, there are two for a moment: then ours takes in all that the other one has, and keeps its
 * own id, by which callers and tickets know it; the other stays behind, closed.
 */
export function createConversationNaming(database: Database, nudges: Nudges): ConversationNaming {
  const tryToName = (place: StartedPlace, externalId: string): Promise<void> =>
    database.prisma.$transaction(async (transaction) => {
      const { workspaceId } = place.scope;
      const rows = await transaction.$queryRaw<LockedRow[]>`
        SELECT id, external_conversation_id, status, last_seq FROM conversations
        WHERE workspace_id = ${workspaceId} AND connection_id = ${place.connectionId}
          AND (id = ${place.conversationId} OR external_conversation_id = ${externalId})
        ORDER BY id FOR UPDATE`;
      const ours = rows.find(({ id }) => id === place.conversationId);
      const other = rows.find(({ id }) => id !== place.conversationId);
      if (ours?.external_conversation_id.startsWith('starting:') !== true) return;
      if (other !== undefined) await takeIn(transaction, workspaceId, ours, other);
      await transaction.$executeRaw`
        UPDATE conversations SET external_conversation_id = ${externalId}, version = version + 1
        WHERE workspace_id = ${workspaceId} AND id = ${ours.id}`;
      if (ours.status === 'closed') await reopen(transaction, workspaceId, ours.id);
    });

  return {
    async name(place, externalId) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          await tryToName(place, externalId);
          nudges.send('facts', [place.scope.workspaceId]);
          return;
        } catch (error) {
          if (attempt >= TRIES || !isTaken(error)) throw error;
        }
      }
    },
  };
}

/** It was closed because nobody knew what the outside calls it, or that it had begun. */
async function reopen(transaction: Transaction, workspaceId: string, conversationId: string): Promise<void> {
  await transaction.$executeRaw`
    WITH opened AS (
      UPDATE conversations SET status = 'open', closed_at = NULL, last_seq = last_seq + 1
      WHERE workspace_id = ${workspaceId} AND id = ${conversationId} RETURNING workspace_id, id, last_seq
    )
    INSERT INTO conversation_events (workspace_id, conversation_id, seq, type, data, occurred_at)
    SELECT workspace_id, id, last_seq, 'conversation.reopened', '{}', now() FROM opened`;
}

async function takeIn(
  transaction: Transaction,
  workspaceId: string,
  ours: LockedRow,
  other: LockedRow,
): Promise<void> {
  await transaction.$executeRaw`
    UPDATE conversations SET external_conversation_id = ${`joined:${other.id}`}, status = 'closed', closed_at = now(),
      last_seq = last_seq + 1, version = version + 1
    WHERE workspace_id = ${workspaceId} AND id = ${other.id}`;
  await transaction.$executeRaw`
    INSERT INTO conversation_events (workspace_id, conversation_id, seq, type, data, occurred_at)
    VALUES (${workspaceId}, ${other.id}, ${other.last_seq + 1}, 'conversation.closed', '{}', now())`;
  // The other's facts go on behind ours, renumbered; what they speak of moves along.
  await transaction.$executeRaw`
    WITH moved AS MATERIALIZED (
      SELECT seq AS old_seq, (${ours.last_seq}::int + row_number() OVER (ORDER BY seq))::int AS new_seq, type, data, occurred_at
      FROM conversation_events
      WHERE workspace_id = ${workspaceId} AND conversation_id = ${other.id} AND seq <= ${other.last_seq}
        AND type <> 'conversation.opened'
    ), facts AS (
      INSERT INTO conversation_events (workspace_id, conversation_id, seq, type, data, occurred_at)
      SELECT ${workspaceId}, ${ours.id}, new_seq, type, data, occurred_at FROM moved ORDER BY new_seq
    ), said AS (
      UPDATE messages m SET conversation_id = ${ours.id}, seq = moved.new_seq FROM moved
      WHERE m.workspace_id = ${workspaceId} AND m.conversation_id = ${other.id} AND m.seq = moved.old_seq
    ), noted AS (
      UPDATE notes n SET conversation_id = ${ours.id}, seq = moved.new_seq FROM moved
      WHERE n.workspace_id = ${workspaceId} AND n.conversation_id = ${other.id} AND n.seq = moved.old_seq
    )
    UPDATE conversations c SET last_seq = c.last_seq + (SELECT count(*)::int FROM moved), contact_id = o.contact_id,
      title = coalesce(o.title, c.title), channel = coalesce(o.channel, c.channel), labels = o.labels,
      variables = c.variables || o.variables, sla = o.sla, sla_breached_at = o.sla_breached_at, known = o.known,
      assignee_type = CASE WHEN o.assignee_type = 'nobody' THEN c.assignee_type ELSE o.assignee_type END,
      assignee_key = CASE WHEN o.assignee_type = 'nobody' THEN c.assignee_key ELSE o.assignee_key END,
      assignee_name = CASE WHEN o.assignee_type = 'nobody' THEN c.assignee_name ELSE o.assignee_name END,
      last_message = coalesce(o.last_message, c.last_message),
      last_activity_at = greatest(o.last_activity_at, c.last_activity_at)
    FROM conversations o
    WHERE c.workspace_id = ${workspaceId} AND c.id = ${ours.id} AND o.workspace_id = ${workspaceId} AND o.id = ${other.id}`;
  await transaction.$executeRaw`
    UPDATE conversation_aliases SET conversation_id = ${ours.id}
    WHERE workspace_id = ${workspaceId} AND conversation_id = ${other.id}`;
  await transaction.$executeRaw`
    UPDATE ticket_links l SET conversation_id = ${ours.id}
    WHERE l.workspace_id = ${workspaceId} AND l.conversation_id = ${other.id} AND NOT EXISTS (
      SELECT 1 FROM ticket_links t WHERE t.workspace_id = l.workspace_id AND t.conversation_id = ${ours.id}
        AND t.connection_id = l.connection_id)`;
  await moveOwed(transaction, workspaceId, ours.id, other.id);
}

/** What an agent has owed to the other meanwhile goes behind what ours owes. */
async function moveOwed(
  transaction: Transaction,
  workspaceId: string,
  ours: string,
  other: string,
): Promise<void> {
  await transaction.$executeRaw`
    WITH moved AS (
      UPDATE deliveries SET conversation_id = ${ours}
      WHERE workspace_id = ${workspaceId} AND conversation_id = ${other} AND state = 'waiting'
      RETURNING connection_id
    ), counted AS (
      SELECT connection_id, count(*)::int AS n FROM moved GROUP BY connection_id
    ), left_behind AS (
      UPDATE lanes l SET owed = l.owed - counted.n, next_at = CASE WHEN l.owed - counted.n > 0 THEN l.next_at END
      FROM counted WHERE l.workspace_id = ${workspaceId} AND l.connection_id = counted.connection_id AND l.conversation_id = ${other}
    )
    INSERT INTO lanes AS l (workspace_id, connection_id, conversation_id, next_at, owed)
    SELECT ${workspaceId}, connection_id, ${ours}, date_trunc('milliseconds', now()), n FROM counted
    ON CONFLICT (workspace_id, connection_id, conversation_id) DO UPDATE
      SET owed = l.owed + excluded.owed, next_at = coalesce(l.next_at, excluded.next_at)`;
}

/** A webhook has made a conversation of that id since it was looked for. */
function isTaken(error: unknown): boolean {
  if (!(error instanceof Prisma.PrismaClientKnownRequestError)) return false;
  return error.code === 'P2002' || JSON.stringify(error.meta ?? {}).includes('23505');
}
