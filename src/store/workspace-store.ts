import { uncertainPolicyOf } from '../domain/doubt.js';
import { newId } from '../domain/ids.js';
import type { Database } from './database.js';
import type { WorkspaceChange, WorkspaceView } from '../domain/views.js';
import type { Nudges } from './nudges.js';
import type { WorkspaceScope } from './scope.js';

/** The organisations that this installation serves: the one list that belongs to no workspace. */
export interface WorkspaceStore {
  create(name: string): Promise<WorkspaceView>;
  list(): Promise<WorkspaceView[]>;
  read(scope: WorkspaceScope): Promise<WorkspaceView | undefined>;
  change(scope: WorkspaceScope, change: WorkspaceChange): Promise<WorkspaceView | undefined>;
  /** Whoever belongs to a disabled one is let in nowhere, from now on; what comes in for it is still kept. */
  setDisabled(scope: WorkspaceScope, isDisabled: boolean): Promise<WorkspaceView | undefined>;
}

export function createWorkspaceStore({ prisma }: Database, nudges: Pick<Nudges, 'send'>): WorkspaceStore {
  const read = async ({ workspaceId }: WorkspaceScope): Promise<WorkspaceView | undefined> => {
    const row = await prisma.workspace.findUnique({ where: { id: workspaceId } });
    return row === null ? undefined : workspaceView(row);
  };
  return {
    create: async (name) =>
      workspaceView(await prisma.workspace.create({ data: { id: newId('workspace'), name } })),
    list: async () => (await prisma.workspace.findMany({ orderBy: { id: 'asc' } })).map(workspaceView),
    read,
    async change(scope, { name, uncertainPolicy }) {
      const settings = JSON.stringify(uncertainPolicy === undefined ? {} : { uncertainPolicy });
      await prisma.$executeRaw`
        UPDATE workspaces SET name = coalesce(${name ?? null}, name), settings = settings || ${settings}::jsonb
        WHERE id = ${scope.workspaceId}`;
      return read(scope);
    },
    async setDisabled(scope, isDisabled) {
      // The time of the first time stands.
      await prisma.$executeRaw`
        UPDATE workspaces SET disabled_at = CASE WHEN ${isDisabled} THEN coalesce(disabled_at, now()) END
        WHERE id = ${scope.workspaceId}`;
      nudges.send('access', [scope.workspaceId]);
      return read(scope);
    },
  };
}

function workspaceView(row: {
  id: string;
  name: string;
  createdAt: Date;
  disabledAt: Date | null;
  settings: unknown;
}): WorkspaceView {
  return {
    id: row.id,
    name: row.name,
    createdAt: row.createdAt,
    uncertainPolicy: uncertainPolicyOf(
      (row.settings as { uncertainPolicy?: unknown } | null)?.uncertainPolicy,
    ),
    ...(row.disabledAt === null ? {} : { disabledAt: row.disabledAt }),
  };
}
