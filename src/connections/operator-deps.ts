import type { ConnectorRegistry } from '../connectors/registry.js';
import type { ConnectionStore } from '../store/connection-store.js';
import type { OpenAccount } from './open-account.js';
import type { Seal } from './seal.js';

export interface OperatorDeps {
  store: Omit<ConnectionStore, 'findByWebhookKey'>;
  connectors: ConnectorRegistry;
  seal: Seal;
  openAccount: OpenAccount;
  /** Without a slash at its end. */
  publicUrl: string;
}
