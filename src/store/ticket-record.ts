import type { UnlinkedBecause } from '../domain/facts.js';
import { newId } from '../domain/ids.js';
import type { TicketState } from '../domain/ticket.js';
import type { Database } from './database.js';
import { Prisma } from './generated/client.js';
import type { LaneHead } from './lane-head.js';
import { nextLook } from './lane-rows.js';
import type { DeliveryLane, Nudges } from './nudges.js';
import type { WorkspaceScope } from './scope.js';
import { oweTicketVariables } from './ticket-variables.js';

/** What a desk has answered to an order. */
export interface DeskWriting {
  writtenIds: string[];
  /** The ticket that was made, or that stands in for one which is closed for good. */
  ticket?: { externalTicketId: string; url?: string };
  state?: TicketState;
}

/** A ticket that is linked to a conversation. */
export interface LinkedTicket {
  scope: WorkspaceScope;
  connectionId: string;
  conversationId: string;
  externalTicketId: string;
  known: TicketState;
  /** When an order of ours last changed it, by the database's clock. */
  stateWrittenAt?: Date;
  /** Whether an order that changes it is still to be carried out, or under way. */
  isStateOwed: boolean;
  /** What was said there before is not told to the contact. */
  since?: Date;
}

/** Keeps what a desk has answered, before its delivery counts as done; the same answer twice is one. */
export interface TicketRecord {
  keep(head: LaneHead, writing: DeskWriting): Promise<void>;
  /** Where a ticket belongs, and what is known of it; undefined when it is not linked. */
  find(
    scope: WorkspaceScope,
    connectionId: string,
    externalTicketId: string,
  ): Promise<LinkedTicket | undefined>;
  /** Which of these ids of the outside we have written there. */
  findWritten(
    scope: WorkspaceScope,
    connectionId: string,
    externalIds: string[],
  ): Promise<ReadonlySet<string>>;
  /** A ticket's state as the desk has told it. */
  noteState(ticket: LinkedTicket, state: TicketState): Promise<void>;
  /** How the ticket was seen may be older than what we wrote there: it is looked at again, and its state told. */
  doubtState(ticket: LinkedTicket): Promise<void>;
  /** Which of these ids other deliveries have written at this desk. */
  knownIds(head: LaneHead, externalIds: string[]): Promise<ReadonlySet<string>>;
  /** The ticket that the conversation had at this desk before; undefined when it had none. */
  former(place: Place): Promise<string | undefined>;
  /** The ticket is gone, or lives on in another: the link ends, or moves. @returns whether there was one */
  lose(
    place: Pick<LaneHead, 'scope' | 'connectionId' | 'conversationId' | 'externalTicketId'>,
    mergedInto?: string,
  ): Promise<boolean>;
}

/** So long after a look that may have been too early a ticket is looked at again. */
const DOUBT_SECONDS = 1;

type Transaction = Prisma.TransactionClient;
type Place = Pick<LaneHead, 'scope' | 'connectionId' | 'conversationId'>;

/**
 * Whether what a desk has answered makes known nothing of the ticket but that it was written to: then the ids of what
 * was written are kept with the settlement of its delivery, and not in a statement of their own.
 */
export const isPlainWriting = (head: LaneHead, { ticket, state = {} }: DeskWriting): boolean =>
  head.externalTicketId !== undefined &&
  (ticket === undefined || ticket.externalTicketId === head.externalTicketId) &&
  Object.keys(ofOrder(head, state)).length === 0;

export function createTicketRecord(database: Database, nudges: Pick<Nudges, 'send'>): TicketRecord {
  const { prisma } = database;

  const tell = (place: Place, owed: DeliveryLane[]): void => {
    nudges.send('facts', [place.scope.workspaceId]);
    nudges.send('following', [place.scope.workspaceId]);
    nudges.send('delivery', owed);
  };

  return {
    async keep(head, writing) {
      const { ticket, state = {}, writtenIds } = writing;
      const owed =
        ticket === undefined || ticket.externalTicketId === head.externalTicketId
          ? await keepState(prisma, head, ofOrder(head, state), writtenIds)
          : await prisma.$transaction(async (transaction) => {
              await lock(transaction, head);
              await keepIds(transaction, head, writtenIds);
              if (head.externalTicketId !== undefined)
                await endLink(transaction, head, head.externalTicketId, 'replaced');
              return makeLink(transaction, head, ticket, state, 'created');
            });
      tell(head, owed);
    },

    async find(scope, connectionId, externalTicketId) {
      const [row] = await prisma.$queryRaw<
        {
          conversation_id: string;
          known: TicketState | null;
          state_written_at: Date | null;
          is_owed: boolean;
          since: Date | null;
        }[]
      >`
        SELECT t.conversation_id, f.known, f.state_written_at, f.since,
          EXISTS (SELECT 1 FROM deliveries d WHERE d.workspace_id = t.workspace_id AND d.connection_id = t.connection_id
            AND d.conversation_id = t.conversation_id AND d.state IN ('waiting', 'sending', 'uncertain')
            AND d.payload->'change' ?| ARRAY['status', 'assignee', 'priority']) AS is_owed
        FROM ticket_links t
        LEFT JOIN ticket_follows f ON f.workspace_id = t.workspace_id AND f.connection_id = t.connection_id
          AND f.external_ticket_id = t.external_ticket_id
        WHERE t.workspace_id = ${scope.workspaceId} AND t.connection_id = ${connectionId} AND t.external_ticket_id = ${externalTicketId}`;
      if (row === undefined) return undefined;
      return {
        scope,
        connectionId,
        conversationId: row.conversation_id,
        externalTicketId,
        known: row.known ?? {},
        isStateOwed: row.is_owed,
        ...(row.state_written_at === null ? {} : { stateWrittenAt: row.state_written_at }),
        ...(row.since === null ? {} : { since: row.since }),
      };
    },

    async findWritten(scope, connectionId, externalIds) {
      const rows = await prisma.$queryRaw<{ external_id: string }[]>`
        SELECT external_id FROM written_ids WHERE workspace_id = ${scope.workspaceId} AND connection_id = ${connectionId}
          AND external_id = ANY(${externalIds})`;
      return new Set(rows.map((row) => row.external_id));
    },

    async noteState(ticket, state) {
      nudges.send('delivery', await keepState(prisma, ticket, state));
    },

    async doubtState({ scope, connectionId, externalTicketId }) {
      await prisma.$executeRaw`
        UPDATE ticket_follows SET hints = hints + 1, cursor = cursor - 'state',
          next_at = date_trunc('milliseconds', now()) + make_interval(secs => ${DOUBT_SECONDS}::float8)
        WHERE workspace_id = ${scope.workspaceId} AND connection_id = ${connectionId}
          AND external_ticket_id = ${externalTicketId}`;
      nudges.send('following', [scope.workspaceId]);
    },

    async knownIds(head, externalIds) {
      const rows = await prisma.$queryRaw<{ external_id: string }[]>`
        SELECT external_id FROM written_ids
        WHERE workspace_id = ${head.scope.workspaceId} AND connection_id = ${head.connectionId}
          AND external_id = ANY(${externalIds}) AND delivery_id <> ${head.deliveryId}`;
      return new Set(rows.map((row) => row.external_id));
    },

    former: (place) => readFormerTicket(prisma, place),

    async lose(place, mergedInto) {
      const outcome = await prisma.$transaction(async (transaction) => {
        await lock(transaction, place);
        const [link] = await transaction.$queryRaw<{ external_ticket_id: string }[]>`
          SELECT external_ticket_id FROM ticket_links
          WHERE workspace_id = ${place.scope.workspaceId} AND connection_id = ${place.connectionId}
            AND conversation_id = ${place.conversationId}`;
        // Another has taken its place already.
        const { externalTicketId = link?.external_ticket_id } = place;
        if (link === undefined || link.external_ticket_id !== externalTicketId) return undefined;
        const reason = mergedInto === undefined ? 'deleted' : 'merged';
        await endLink(transaction, place, link.external_ticket_id, reason);
        return mergedInto === undefined
          ? []
          : makeLink(transaction, place, { externalTicketId: mergedInto }, {}, 'merged');
      });
      if (outcome === undefined) return false;
      tell(place, outcome);
      return true;
    },
  };
}

/** What else the desk tells with its answer may be an agent's doing, which the next look is to find. */
function ofOrder({ order }: LaneHead, state: TicketState): TicketState {
  const asked = 'change' in order ? order.change : undefined;
  if (asked === undefined) return {};
  return Object.fromEntries(Object.entries(state).filter(([field]) => field in asked));
}

/** What was unlinked last: the conversation's own record says so, for as long as it is kept. */
export async function readFormerTicket(
  prisma: Pick<Transaction, '$queryRaw'>,
  { scope, connectionId, conversationId }: Place,
): Promise<string | undefined> {
  const [row] = await prisma.$queryRaw<{ external_ticket_id: string }[]>`
    SELECT data->>'externalTicketId' AS external_ticket_id FROM conversation_events
    WHERE workspace_id = ${scope.workspaceId} AND conversation_id = ${conversationId} AND type = 'ticket.unlinked'
      AND data->>'connectionId' = ${connectionId}
    ORDER BY seq DESC LIMIT 1`;
  return row?.external_ticket_id;
}

/** Before anything is written: whoever waits for the row must not have a transaction's number yet. */
const lock = (transaction: Transaction, { scope, conversationId }: Place): Promise<unknown> =>
  transaction.$queryRaw`
    SELECT 1 FROM conversations WHERE workspace_id = ${scope.workspaceId} AND id = ${conversationId} FOR UPDATE`;

async function keepIds(transaction: Transaction, head: LaneHead, ids: string[]): Promise<void> {
  if (ids.length === 0) return;
  await transaction.$executeRaw`
    INSERT INTO written_ids (workspace_id, connection_id, external_id, delivery_id)
    SELECT ${head.scope.workspaceId}, ${head.connectionId}, i.id, ${head.deliveryId}
    FROM (SELECT DISTINCT unnest(${ids}::text[]) AS id) i
    ON CONFLICT DO NOTHING`;
}

/** One numbered fact; to be spliced after a part that returns rows of ticket_links. */
const fact = (
  of: string,
  type: 'ticket.linked' | 'ticket.unlinked',
  data: Prisma.Sql,
): Prisma.Sql => Prisma.sql`
  numbered AS (
    UPDATE conversations c SET last_seq = c.last_seq + 1, version = c.version + 1
    FROM ${Prisma.raw(of)} l WHERE c.workspace_id = l.workspace_id AND c.id = l.conversation_id
    RETURNING c.workspace_id, c.id, c.last_seq
  ), fact AS (
    INSERT INTO conversation_events (workspace_id, conversation_id, seq, type, data, occurred_at)
    SELECT workspace_id, id, last_seq, ${type}, ${data}, now() FROM numbered
  )`;

async function makeLink(
  transaction: Transaction,
  place: Place,
  ticket: { externalTicketId: string; url?: string },
  state: TicketState,
  origin: 'created' | 'merged',
): Promise<DeliveryLane[]> {
  const { workspaceId } = place.scope;
  const { externalTicketId, url } = ticket;
  const data = JSON.stringify({
    connectionId: place.connectionId,
    externalTicketId,
    ...(url === undefined ? {} : { url }),
  });
  const rows = await transaction.$queryRaw<{ owed_to: string | null }[]>`
    WITH linked AS (
      INSERT INTO ticket_links (workspace_id, id, conversation_id, connection_id, external_ticket_id, url, ticket_status, origin)
      VALUES (${workspaceId}, ${newId('ticketLink')}, ${place.conversationId}, ${place.connectionId}, ${externalTicketId},
        ${url ?? null}, ${state.status ?? null}, ${origin})
      ON CONFLICT DO NOTHING RETURNING *
    ), followed AS (
      INSERT INTO ticket_follows AS f (workspace_id, connection_id, external_ticket_id, known, next_at, since)
      SELECT workspace_id, connection_id, external_ticket_id, ${JSON.stringify(state)}::jsonb, date_trunc('milliseconds', now()),
        CASE WHEN ${origin === 'merged'} THEN now() END
      FROM linked
      ON CONFLICT (workspace_id, connection_id, external_ticket_id) DO UPDATE SET next_at = excluded.next_at
    ), ${fact('linked', 'ticket.linked', Prisma.sql`${data}::jsonb`)}, ${oweTicketVariables('linked')}
    SELECT (SELECT connection_id FROM variables_owed) AS owed_to FROM linked`;
  return owedOf(place, rows);
}

async function endLink(
  transaction: Transaction,
  place: Place,
  externalTicketId: string,
  reason: UnlinkedBecause,
): Promise<void> {
  const { workspaceId } = place.scope;
  const data = JSON.stringify({ connectionId: place.connectionId, externalTicketId, reason });
  await transaction.$executeRaw`
    WITH ended AS (
      DELETE FROM ticket_links WHERE workspace_id = ${workspaceId} AND connection_id = ${place.connectionId}
        AND external_ticket_id = ${externalTicketId} AND conversation_id = ${place.conversationId}
      RETURNING *
    ), unfollowed AS (
      DELETE FROM ticket_follows f USING ended WHERE f.workspace_id = ended.workspace_id
        AND f.connection_id = ended.connection_id AND f.external_ticket_id = ended.external_ticket_id
    ), ${fact('ended', 'ticket.unlinked', Prisma.sql`${data}::jsonb`)}
    SELECT 1`;
}

/**
 * What an order has made of the ticket is known, and so no news when the ticket is read: one statement, under the
 * conversation's lock.
 */
async function keepState(
  prisma: Pick<Transaction, '$queryRaw'>,
  head: Place & { externalTicketId?: string; deliveryId?: string },
  state: TicketState,
  writtenIds: string[] = [],
): Promise<DeliveryLane[]> {
  const { workspaceId } = head.scope;
  const { connectionId, externalTicketId = null } = head;
  const isOurs = head.deliveryId !== undefined && Object.keys(state).length > 0;
  const rows = await prisma.$queryRaw<{ owed_to: string | null }[]>`
    WITH locked AS MATERIALIZED (
      SELECT 1 FROM conversations WHERE workspace_id = ${workspaceId} AND id = ${head.conversationId} FOR UPDATE
    ), kept AS (
      INSERT INTO written_ids (workspace_id, connection_id, external_id, delivery_id)
      SELECT ${workspaceId}, ${connectionId}, i.id, ${head.deliveryId ?? ''}
      FROM (SELECT DISTINCT unnest(${writtenIds}::text[]) AS id) i WHERE EXISTS (SELECT 1 FROM locked)
      ON CONFLICT DO NOTHING
    ), followed AS (
      UPDATE ticket_follows f SET known = known || ${JSON.stringify(state)}::jsonb, lively_at = now(),
        state_written_at = CASE WHEN ${isOurs} THEN date_trunc('milliseconds', clock_timestamp()) ELSE state_written_at END,
        next_at = ${nextLook}
      WHERE workspace_id = ${workspaceId} AND connection_id = ${connectionId} AND external_ticket_id = ${externalTicketId}
        AND EXISTS (SELECT 1 FROM locked)
    ), changed AS (
      UPDATE ticket_links SET ticket_status = ${state.status ?? null}
      WHERE ${state.status !== undefined} AND workspace_id = ${workspaceId} AND connection_id = ${connectionId}
        AND external_ticket_id = ${externalTicketId} AND ticket_status IS DISTINCT FROM ${state.status ?? null}
        AND EXISTS (SELECT 1 FROM locked)
      RETURNING *
    ), ${oweTicketVariables('changed')}
    SELECT (SELECT connection_id FROM variables_owed) AS owed_to FROM changed`;
  return owedOf(head, rows);
}

function owedOf(place: Place, rows: { owed_to: string | null }[]): DeliveryLane[] {
  return rows.flatMap(({ owed_to }) =>
    owed_to === null
      ? []
      : [
          {
            workspaceId: place.scope.workspaceId,
            connectionId: owed_to,
            conversationId: place.conversationId,
          },
        ],
  );
}
