import type { Database } from './database.js';
import type { WorkspaceScope } from './scope.js';

export interface ConnectionChange {
  name: string;
  settings: Record<string, unknown>;
  /** The settings on which the change was decided: it is not made on others. */
  settingsBefore: Record<string, unknown>;
  /** The change leads to another account: it is made only while nothing has happened over the connection. */
  leadsElsewhere: boolean;
}

export type ConnectionChanged = 'changed' | 'name_taken' | 'in_use' | 'not_as_before';

/** Changes a living connection's name and settings, on conditions that are looked at in the same statement. */
export async function changeConnection(
  { prisma }: Pick<Database, 'prisma'>,
  { workspaceId }: WorkspaceScope,
  connectionId: string,
  change: ConnectionChange,
): Promise<ConnectionChanged> {
  const [row] = await prisma.$queryRaw<{ changed: boolean; taken: boolean; in_use: boolean }[]>`
    WITH taken AS MATERIALIZED (
      SELECT EXISTS (SELECT 1 FROM connections o WHERE o.workspace_id = ${workspaceId} AND o.id <> ${connectionId}
        AND o.status <> 'disconnected' AND lower(o.name) = lower(${change.name})) AS is_so
    ), used AS MATERIALIZED (
      SELECT ${change.leadsElsewhere} AND (
        EXISTS (SELECT 1 FROM conversations c WHERE c.workspace_id = ${workspaceId} AND c.connection_id = ${connectionId})
        OR EXISTS (SELECT 1 FROM ticket_links t WHERE t.workspace_id = ${workspaceId} AND t.connection_id = ${connectionId})
        OR EXISTS (SELECT 1 FROM inbound_events e WHERE e.workspace_id = ${workspaceId} AND e.connection_id = ${connectionId}
          AND e.state = 'recorded')
      ) AS is_so
    ), changed AS (
      UPDATE connections k SET name = ${change.name}, settings = ${JSON.stringify(change.settings)}::jsonb
      FROM taken, used
      WHERE k.workspace_id = ${workspaceId} AND k.id = ${connectionId} AND k.status <> 'disconnected'
        AND k.settings = ${JSON.stringify(change.settingsBefore)}::jsonb AND NOT taken.is_so AND NOT used.is_so
      RETURNING 1
    )
    SELECT EXISTS (SELECT 1 FROM changed) AS changed, taken.is_so AS taken, used.is_so AS in_use FROM taken, used`;
  if (row?.changed === true) return 'changed';
  if (row?.taken === true) return 'name_taken';
  return row?.in_use === true ? 'in_use' : 'not_as_before';
}
