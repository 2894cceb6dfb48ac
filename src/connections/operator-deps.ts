import type { ConnectorRegistry } from '../connectors/registry.js';
import type { AgentView } from '../domain/views.js';
import type { ConnectionStore } from '../store/connection-store.js';
import type { WorkspaceScope } from '../store/scope.js';
import type { OpenAccount } from './open-account.js';
import type { Seal } from './seal.js';

export interface OperatorDeps {
  store: Omit<ConnectionStore, 'findByWebhookKey'>;
  connectors: ConnectorRegistry;
  seal: Seal;
  openAccount: OpenAccount;
  listDeskAgents: (scope: WorkspaceScope) => Promise<AgentView[]>;
  /** Without a slash at its end. */
  publicUrl: string;
}
