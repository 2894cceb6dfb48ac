import type { AgentView, ApiKeyView, WorkspaceChange, WorkspaceView } from '../domain/views.js';
import type { AgentStore } from '../store/agent-store.js';
import type { ApiKeyStore } from '../store/api-key-store.js';
import type { WorkspaceStore } from '../store/workspace-store.js';
import { type Principal, principalKey } from './principal.js';
import { makeToken } from './token.js';

export type DirectoryAnswer<T> =
  | { outcome: 'done'; value: T }
  | { outcome: 'refused'; code: 'not_found' | 'already_exists'; message: string };

/** A workspace's agents and keys, for whoever may administer it. */
export interface Directory {
  readWorkspace(principal: Principal): Promise<WorkspaceView>;
  changeWorkspace(principal: Principal, change: WorkspaceChange): Promise<WorkspaceView>;
  listAgents(principal: Principal): Promise<AgentView[]>;
  /** A disabled agent of that e-mail is brought back. */
  createAgent(
    principal: Principal,
    agent: { email: string; name: string },
  ): Promise<DirectoryAnswer<AgentView>>;
  /** Ends the agent's sessions and links at once. */
  disableAgent(principal: Principal, agentId: string): Promise<DirectoryAnswer<AgentView>>;
  listApiKeys(principal: Principal): Promise<ApiKeyView[]>;
  /** The token is told this once. */
  createApiKey(
    principal: Principal,
    key: { name: string; scopes: ('admin' | 'desk')[] },
  ): Promise<DirectoryAnswer<{ key: ApiKeyView; token: string }>>;
  revokeApiKey(principal: Principal, keyId: string): Promise<DirectoryAnswer<ApiKeyView>>;
}

export interface DirectoryOptions {
  workspaces: Pick<WorkspaceStore, 'read' | 'change'>;
  agents: AgentStore;
  apiKeys: ApiKeyStore;
  observe: DirectoryObserver;
}

export interface DirectoryObserver {
  accessChanged(line: {
    workspaceId: string;
    change: 'agent_created' | 'agent_disabled' | 'key_created' | 'key_revoked' | 'workspace_changed';
    id: string;
    by: string;
  }): void;
}

/** Workspaces are never deleted. */
function there(workspace: WorkspaceView | undefined): WorkspaceView {
  if (workspace === undefined) throw new Error('the workspace is not there');
  return workspace;
}

export function createDirectory({ workspaces, agents, apiKeys, observe }: DirectoryOptions): Directory {
  type Change = Parameters<DirectoryObserver['accessChanged']>[0]['change'];
  const tell = (principal: Principal, change: Change, id: string): void =>
    observe.accessChanged({
      workspaceId: principal.scope.workspaceId,
      change,
      id,
      by: principalKey(principal),
    });

  return {
    readWorkspace: async ({ scope }) => there(await workspaces.read(scope)),

    async changeWorkspace(principal, change) {
      const workspace = there(await workspaces.change(principal.scope, change));
      tell(principal, 'workspace_changed', workspace.id);
      return workspace;
    },

    listAgents: ({ scope }) => agents.list(scope),

    async createAgent(principal, agent) {
      const created = await agents.create(principal.scope, agent);
      if (created.outcome === 'already_exists') {
        return {
          outcome: 'refused',
          code: 'already_exists',
          message: 'There is an agent with this e-mail already.',
        };
      }
      tell(principal, 'agent_created', created.agent.id);
      return { outcome: 'done', value: created.agent };
    },

    async disableAgent(principal, agentId) {
      const agent = await agents.disable(principal.scope, agentId);
      if (agent === undefined) return notFound('agent');
      tell(principal, 'agent_disabled', agent.id);
      return { outcome: 'done', value: agent };
    },

    listApiKeys: ({ scope }) => apiKeys.list(scope),

    async createApiKey(principal, { name, scopes }) {
      const { token, hash } = makeToken('adb', principal.scope.workspaceId);
      const key = await apiKeys.create(principal.scope, {
        name,
        scopes,
        keyHash: hash,
        lastFour: token.slice(-4),
      });
      tell(principal, 'key_created', key.id);
      return { outcome: 'done', value: { key, token } };
    },

    async revokeApiKey(principal, keyId) {
      const key = await apiKeys.revoke(principal.scope, keyId);
      if (key === undefined) return notFound('key');
      tell(principal, 'key_revoked', key.id);
      return { outcome: 'done', value: key };
    },
  };
}

const notFound = (what: string): { outcome: 'refused'; code: 'not_found'; message: string } => ({
  outcome: 'refused',
  code: 'not_found',
  message: `There is no such ${what}.`,
});
