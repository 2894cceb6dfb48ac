import { newId } from '../domain/ids.js';
import type { Database } from './database.js';
import type { WorkspaceScope } from './scope.js';

export interface WorkspaceView {
  id: string;
  name: string;
  createdAt: Date;
  disabledAt?: Date;
}

/** The organisations that this installation serves: the one list that belongs to no workspace. */
export interface WorkspaceStore {
  create(name: string): Promise<WorkspaceView>;
  list(): Promise<WorkspaceView[]>;
  read(scope: WorkspaceScope): Promise<WorkspaceView | undefined>;
}

export function createWorkspaceStore({ prisma }: Database): WorkspaceStore {
  return {
    create: async (name) =>
      workspaceView(await prisma.workspace.create({ data: { id: newId('workspace'), name } })),
    list: async () => (await prisma.workspace.findMany({ orderBy: { id: 'asc' } })).map(workspaceView),
    async read({ workspaceId }) {
      const row = await prisma.workspace.findUnique({ where: { id: workspaceId } });
      return row === null ? undefined : workspaceView(row);
    },
  };
}

function workspaceView(row: {
  id: string;
  name: string;
  createdAt: Date;
  disabledAt: Date | null;
}): WorkspaceView {
  return {
    id: row.id,
    name: row.name,
    createdAt: row.createdAt,
    ...(row.disabledAt === null ? {} : { disabledAt: row.disabledAt }),
  };
}
