import type { Database } from './database.js';

/** How often a connection's last event is noted; a row that every webhook changed would be a bottleneck. */
const NOTE_MILLISECONDS = 10_000;
const REMEMBERED = 10_000;

/** What the journey asks about connections at every step; answered from memory where it cannot change. */
export interface ConnectionLookup {
  /** The name of the connection's connector, which is its for life; undefined when there is no such connection. */
  connectorOf(workspaceId: string, connectionId: string): Promise<string | undefined>;
  /** An event came in over it; noted now and then, and nobody waits for it. */
  noteInbound(workspaceId: string, connectionId: string): void;
}

export function createConnectionLookup(database: Database): ConnectionLookup {
  const { prisma } = database;
  const connectors = new Map<string, string>();
  const notedAt = new Map<string, number>();
  return {
    async connectorOf(workspaceId, connectionId) {
      const key = `${workspaceId} ${connectionId}`;
      const known = connectors.get(key);
      if (known !== undefined) return known;
      const row = await prisma.connection.findUnique({
        where: { workspaceId_id: { workspaceId, id: connectionId } },
        select: { connector: true },
      });
      if (row === null) return undefined;
      if (connectors.size >= REMEMBERED) connectors.clear();
      connectors.set(key, row.connector);
      return row.connector;
    },

    noteInbound(workspaceId, connectionId) {
      const key = `${workspaceId} ${connectionId}`;
      const now = performance.now();
      if (now - (notedAt.get(key) ?? Number.NEGATIVE_INFINITY) < NOTE_MILLISECONDS) return;
      if (notedAt.size >= REMEMBERED) notedAt.clear();
      notedAt.set(key, now);
      prisma.$executeRaw`
        UPDATE connections SET last_inbound_at = now() WHERE workspace_id = ${workspaceId} AND id = ${connectionId}`.catch(
        () => {
          notedAt.delete(key);
        },
      );
    },
  };
}
