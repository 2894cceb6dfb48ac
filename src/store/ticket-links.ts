import type { TicketPriority } from '../domain/ticket.js';
import type { TicketLinkView } from '../domain/views.js';
import type { Prisma } from './generated/client.js';
import type { Nudges } from './nudges.js';
import { present } from './rows.js';
import type { WorkspaceScope } from './scope.js';
import { oweTicketVariables } from './ticket-variables.js';
import { newId } from '../domain/ids.js';

export interface NewTicketLink {
  connectionId: string;
  externalTicketId: string;
  conversationId: string;
  url?: string | undefined;
  ticketStatus?: string | undefined;
}

export type LinkOutcome =
  | { outcome: 'linked'; link: TicketLinkView; created: boolean }
  | { outcome: 'ticket_linked_elsewhere'; link: TicketLinkView }
  | { outcome: 'conversation_linked_elsewhere'; link: TicketLinkView }
  | { outcome: 'not_found'; what: 'conversation' | 'connection' };

/** One ticket and one conversation per connection: the database sees to it. */
export interface TicketLinks {
  link(scope: WorkspaceScope, link: NewTicketLink): Promise<LinkOutcome>;
  find(
    scope: WorkspaceScope,
    connectionId: string,
    externalTicketId: string,
  ): Promise<TicketLinkView | undefined>;
  list(scope: WorkspaceScope, conversationId: string): Promise<TicketLinkView[]>;
  unlink(
    scope: WorkspaceScope,
    connectionId: string,
    externalTicketId: string,
  ): Promise<TicketLinkView | undefined>;
}

interface LinkRow {
  id: string;
  connection_id: string;
  external_ticket_id: string;
  conversation_id: string;
  url: string | null;
  ticket_status: string | null;
  /** Where it was asked for. */
  priority?: TicketPriority | null;
  created_at: Date;
}

/** `owed_to`: the connection that is owed what is news of the ticket. */
type ToldRow = LinkRow & { owed_to: string | null };

export function createTicketLinks(
  database: { prisma: Pick<Prisma.TransactionClient, '$queryRaw'> },
  nudges: Nudges,
): TicketLinks {
  const { prisma } = database;

  const find = async (
    scope: WorkspaceScope,
    connectionId: string,
    externalTicketId: string,
  ): Promise<TicketLinkView | undefined> => {
    const [row] = await prisma.$queryRaw<LinkRow[]>`
      SELECT t.*, f.known->>'priority' AS priority FROM ticket_links t LEFT JOIN ticket_follows f
        ON f.workspace_id = t.workspace_id AND f.connection_id = t.connection_id AND f.external_ticket_id = t.external_ticket_id
      WHERE t.workspace_id = ${scope.workspaceId} AND t.connection_id = ${connectionId} AND t.external_ticket_id = ${externalTicketId}`;
    return row === undefined ? undefined : linkView(row);
  };

  return {
    find,

    async link(scope, link) {
      const data = JSON.stringify({
        connectionId: link.connectionId,
        externalTicketId: link.externalTicketId,
        ...present({ url: link.url }),
      });
      const [created] = await prisma.$queryRaw<ToldRow[]>`
        WITH locked AS MATERIALIZED (
          SELECT c.workspace_id, c.id, k.id AS connection_id
          FROM conversations c JOIN connections k ON k.workspace_id = c.workspace_id AND k.id = ${link.connectionId}
          WHERE c.workspace_id = ${scope.workspaceId} AND c.id = ${link.conversationId}
          FOR UPDATE OF c
        ), linked AS (
          INSERT INTO ticket_links (workspace_id, id, conversation_id, connection_id, external_ticket_id, url, ticket_status)
          SELECT workspace_id, ${newId('ticketLink')}, id, connection_id, ${link.externalTicketId}, ${link.url ?? null}, ${link.ticketStatus ?? null}
          FROM locked
          ON CONFLICT DO NOTHING RETURNING *
        ), followed AS (
          INSERT INTO ticket_follows AS f (workspace_id, connection_id, external_ticket_id, next_at, since)
          SELECT l.workspace_id, l.connection_id, l.external_ticket_id, date_trunc('milliseconds', now()), now()
          FROM linked l JOIN connections k ON k.workspace_id = l.workspace_id AND k.id = l.connection_id AND k.side = 'desk'
          ON CONFLICT (workspace_id, connection_id, external_ticket_id) DO UPDATE SET next_at = excluded.next_at
        ), numbered AS (
          UPDATE conversations c SET last_seq = c.last_seq + 1, version = c.version + 1
          FROM linked WHERE c.workspace_id = linked.workspace_id AND c.id = linked.conversation_id
          RETURNING c.workspace_id, c.id, c.last_seq
        ), fact AS (
          INSERT INTO conversation_events (workspace_id, conversation_id, seq, type, data, occurred_at)
          SELECT workspace_id, id, last_seq, 'ticket.linked', ${data}::jsonb, now() FROM numbered
        ), ${oweTicketVariables('linked')}
        SELECT linked.*, (SELECT connection_id FROM variables_owed) AS owed_to FROM linked`;
      if (created !== undefined) {
        nudges.send('facts', [scope.workspaceId]);
        nudges.send('following', [scope.workspaceId]);
        tellOwed(scope, created);
        return { outcome: 'linked', link: linkView(created), created: true };
      }
      return findWhatIsInTheWay(scope, link);
    },

    async list(scope, conversationId) {
      const rows = await prisma.$queryRaw<LinkRow[]>`
        SELECT t.*, f.known->>'priority' AS priority FROM ticket_links t LEFT JOIN ticket_follows f
          ON f.workspace_id = t.workspace_id AND f.connection_id = t.connection_id AND f.external_ticket_id = t.external_ticket_id
        WHERE t.workspace_id = ${scope.workspaceId} AND t.conversation_id = ${conversationId} ORDER BY t.id`;
      return rows.map(linkView);
    },

    async unlink(scope, connectionId, externalTicketId) {
      const data = JSON.stringify({ connectionId, externalTicketId });
      const [row] = await prisma.$queryRaw<LinkRow[]>`
        WITH locked AS MATERIALIZED (
          SELECT 1 FROM ticket_links t JOIN conversations c ON c.workspace_id = t.workspace_id AND c.id = t.conversation_id
          WHERE t.workspace_id = ${scope.workspaceId} AND t.connection_id = ${connectionId} AND t.external_ticket_id = ${externalTicketId}
          FOR UPDATE OF c
        ), gone AS (
          DELETE FROM ticket_links
          WHERE workspace_id = ${scope.workspaceId} AND connection_id = ${connectionId} AND external_ticket_id = ${externalTicketId}
            AND EXISTS (SELECT 1 FROM locked)
          RETURNING *
        ), unfollowed AS (
          DELETE FROM ticket_follows f USING gone WHERE f.workspace_id = gone.workspace_id
            AND f.connection_id = gone.connection_id AND f.external_ticket_id = gone.external_ticket_id
        ), numbered AS (
          UPDATE conversations c SET last_seq = c.last_seq + 1, version = c.version + 1
          FROM gone WHERE c.workspace_id = gone.workspace_id AND c.id = gone.conversation_id
          RETURNING c.workspace_id, c.id, c.last_seq
        ), fact AS (
          INSERT INTO conversation_events (workspace_id, conversation_id, seq, type, data, occurred_at)
          SELECT workspace_id, id, last_seq, 'ticket.unlinked', ${data}::jsonb, now() FROM numbered
        )
        SELECT * FROM gone`;
      if (row === undefined) return undefined;
      nudges.send('facts', [scope.workspaceId]);
      return linkView(row);
    },
  };

  function tellOwed(scope: WorkspaceScope, row: ToldRow): void {
    if (row.owed_to === null) return;
    const { workspaceId } = scope;
    nudges.send('delivery', [
      { workspaceId, connectionId: row.owed_to, conversationId: row.conversation_id },
    ]);
  }

  async function findWhatIsInTheWay(scope: WorkspaceScope, link: NewTicketLink): Promise<LinkOutcome> {
    const sameTicket = await find(scope, link.connectionId, link.externalTicketId);
    if (sameTicket !== undefined && sameTicket.conversationId !== link.conversationId) {
      return { outcome: 'ticket_linked_elsewhere', link: sameTicket };
    }
    if (sameTicket !== undefined) {
      // The same link again: what is said of the ticket is kept.
      const [row] = await prisma.$queryRaw<ToldRow[]>`
        WITH changed AS (
          UPDATE ticket_links SET url = coalesce(${link.url ?? null}, url), ticket_status = coalesce(${link.ticketStatus ?? null}, ticket_status)
          WHERE workspace_id = ${scope.workspaceId} AND id = ${sameTicket.id}
            AND (url, ticket_status) IS DISTINCT FROM (coalesce(${link.url ?? null}, url), coalesce(${link.ticketStatus ?? null}, ticket_status))
          RETURNING *
        ), ${oweTicketVariables('changed')}
        SELECT changed.*, (SELECT connection_id FROM variables_owed) AS owed_to FROM changed`;
      if (row !== undefined) tellOwed(scope, row);
      return { outcome: 'linked', link: row === undefined ? sameTicket : linkView(row), created: false };
    }
    const [other] = await prisma.$queryRaw<LinkRow[]>`
      SELECT * FROM ticket_links
      WHERE workspace_id = ${scope.workspaceId} AND connection_id = ${link.connectionId} AND conversation_id = ${link.conversationId}`;
    if (other !== undefined) return { outcome: 'conversation_linked_elsewhere', link: linkView(other) };
    const [there] = await prisma.$queryRaw<{ conversation: boolean }[]>`
      SELECT EXISTS (SELECT 1 FROM conversations WHERE workspace_id = ${scope.workspaceId} AND id = ${link.conversationId}) AS conversation`;
    return { outcome: 'not_found', what: there?.conversation === true ? 'connection' : 'conversation' };
  }
}

function linkView(row: LinkRow): TicketLinkView {
  return {
    id: row.id,
    connectionId: row.connection_id,
    externalTicketId: row.external_ticket_id,
    conversationId: row.conversation_id,
    createdAt: row.created_at,
    ...present({ url: row.url, ticketStatus: row.ticket_status, ticketPriority: row.priority }),
  };
}
