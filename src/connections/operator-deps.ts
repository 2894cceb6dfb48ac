import type { ConnectorRegistry } from '../connectors/registry.js';
import type { AgentView } from '../domain/views.js';
import type { ConnectionStore } from '../store/connection-store.js';
import type { WorkspaceScope } from '../store/scope.js';
import type { Probe } from './judge-webhook.js';
import type { OpenAccount } from './open-account.js';
import type { Seal } from './seal.js';

interface Done {
  connector: string;
  workspaceId: string;
  connectionId: string;
  /** Whoever did it. */
  by: string;
}

/** What an operator has done, for the record. */
export interface OperatorObserver {
  connectionChanged(
    line: Done & {
      change:
        | 'created'
        | 'settings_changed'
        | 'registered'
        | 'not_registered'
        | 'token_rotated'
        | 'credentials_replaced'
        | 'disconnected';
      code?: string;
    },
  ): void;
  connectionPaused(line: Done & { code: string }): void;
  connectionResumed(line: Done): void;
}

export interface OperatorDeps {
  store: Omit<ConnectionStore, 'findByWebhookKey'>;
  connectors: ConnectorRegistry;
  seal: Seal;
  openAccount: OpenAccount;
  listDeskAgents: (scope: WorkspaceScope) => Promise<AgentView[]>;
  /** Without a slash at its end. */
  publicUrl: string;
  /** Who answers at a webhook's address. */
  probe(url: string): Promise<Probe>;
  observe: OperatorObserver;
}
