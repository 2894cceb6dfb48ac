import { WorkspaceScope } from '../store/scope.js';
import type { WorkspaceView } from '../domain/views.js';
import type { WorkspaceStore } from '../store/workspace-store.js';
import type { Principal } from './principal.js';

/**
 * What only whoever runs the installation may do: it sees every workspace and acts in each. Reachable from
 * the command line, which has the database anyway; never from the network.
 */
export interface Installation {
  createWorkspace(name: string): Promise<WorkspaceView>;
  listWorkspaces(): Promise<WorkspaceView[]>;
  /** By id or by name; without either the only one there is. */
  enterWorkspace(idOrName?: string): Promise<Entrance>;
  /** Its agents and keys are let in nowhere within seconds, sockets included; what comes in for it is still kept. */
  disableWorkspace(principal: Principal): Promise<WorkspaceView | undefined>;
  enableWorkspace(principal: Principal): Promise<WorkspaceView | undefined>;
}

export type Entrance =
  | { outcome: 'entered'; workspace: WorkspaceView; principal: Principal }
  | { outcome: 'not_found' }
  /** Several have that name, or none was named and there are several. */
  | { outcome: 'ambiguous'; workspaces: WorkspaceView[] };

export function createInstallation(options: { workspaces: WorkspaceStore }): Installation {
  const { workspaces } = options;
  return {
    createWorkspace: (name) => workspaces.create(name),
    listWorkspaces: () => workspaces.list(),
    disableWorkspace: ({ scope }) => workspaces.setDisabled(scope, true),
    enableWorkspace: ({ scope }) => workspaces.setDisabled(scope, false),
    async enterWorkspace(idOrName) {
      const all = await workspaces.list();
      const fitting =
        idOrName === undefined ? all : all.filter(({ id, name }) => id === idOrName || name === idOrName);
      const [workspace, ...others] = fitting;
      if (workspace === undefined) return { outcome: 'not_found' };
      if (others.length > 0) return { outcome: 'ambiguous', workspaces: fitting };
      return { outcome: 'entered', workspace, principal: operatorOf(workspace.id) };
    },
  };
}

function operatorOf(workspaceId: string): Principal {
  const scope = WorkspaceScope.open(workspaceId);
  return { type: 'program', scope, keyId: 'key_operator', name: 'operator', permissions: ['admin'] };
}
