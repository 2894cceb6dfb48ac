import type { Database } from './database.js';
import { WorkspaceScope } from './scope.js';

/** Orders of one conversation that wait for one desk. */
export interface OwedLane {
  scope: WorkspaceScope;
  connectionId: string;
  conversationId: string;
}

/** A file of a message that a desk is still to get, by where it lies outside. `at`: when it was said, ISO 8601. */
export interface OwedFile {
  url: string;
  name: string;
  at: string;
}

export interface OwedFiles {
  /** Lanes of desks, paused ones as well, in which something waits with a file that is not kept yet. */
  findLanes(limitPerConnection: number): Promise<OwedLane[]>;
  /** Those files of one lane, in the order in which they were said. */
  readLane(lane: OwedLane): Promise<OwedFile[]>;
}

const MOST_ORDERS = 100;

export function createOwedFiles(database: Database): OwedFiles {
  const { prisma } = database;
  return {
    async findLanes(limitPerConnection) {
      const rows = await prisma.$queryRaw<
        { workspace_id: string; connection_id: string; conversation_id: string }[]
      >`
        SELECT k.workspace_id, k.id AS connection_id, d.conversation_id
        FROM connections k CROSS JOIN LATERAL (
          SELECT DISTINCT conversation_id FROM deliveries
          WHERE workspace_id = k.workspace_id AND connection_id = k.id AND state = 'waiting'
            AND jsonb_path_exists(payload, '$.lines[*].files[*] ? (!exists(@.fileId))')
          LIMIT ${limitPerConnection}
        ) d
        WHERE k.side = 'desk' AND k.status <> 'disconnected'`;
      return rows.map((row) => ({
        scope: WorkspaceScope.open(row.workspace_id),
        connectionId: row.connection_id,
        conversationId: row.conversation_id,
      }));
    },

    async readLane({ scope, connectionId, conversationId }) {
      const rows = await prisma.$queryRaw<{ url: string | null; name: string | null; at: string | null }[]>`
        SELECT file->>'url' AS url, file->>'name' AS name, line->>'at' AS at
        FROM (
          SELECT position, payload FROM deliveries
          WHERE workspace_id = ${scope.workspaceId} AND connection_id = ${connectionId}
            AND conversation_id = ${conversationId} AND state = 'waiting'
          ORDER BY position LIMIT ${MOST_ORDERS}
        ) d
        CROSS JOIN LATERAL jsonb_path_query(d.payload, '$.lines[*]') line
        CROSS JOIN LATERAL jsonb_path_query(line, '$.files[*] ? (!exists(@.fileId))') file
        ORDER BY d.position`;
      return rows.flatMap(({ url, name, at }) =>
        url === null || at === null ? [] : [{ url, name: name ?? 'file', at }],
      );
    },
  };
}
