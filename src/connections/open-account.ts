import type { Account } from '../connectors/connector.js';
import type { ConnectionView } from '../domain/views.js';
import type { ConnectionStore } from '../store/connection-store.js';
import type { Nudges } from '../store/nudges.js';
import type { WorkspaceScope } from '../store/scope.js';
import { remember } from './remember.js';
import { renewCredentials } from './renew-credentials.js';
import type { Seal } from './seal.js';
import { credentialsPlace, readSecrets } from './secrets.js';

export interface OpenedAccount {
  connection: ConnectionView;
  account: Account;
  /** What webhooks of a desk are signed with, newest first; empty for chat sides, whose tokens are hashed. */
  webhookSecrets: readonly string[];
}

/** undefined when there is no such connection, or it is disconnected. Throws when its secrets do not open. */
export type OpenAccount = (scope: WorkspaceScope, connectionId: string) => Promise<OpenedAccount | undefined>;

const rememberedSeconds = 2;

/** A connection with its secrets opened; remembered for two seconds at the most. */
export function createOpenAccount(deps: {
  store: Pick<ConnectionStore, 'find' | 'leaseCredentials' | 'replaceCredentials' | 'endCredentialsLease'>;
  seal: Seal;
  nudges: Pick<Nudges, 'on'>;
}): { open: OpenAccount; stop(): void } {
  const memory = remember<OpenedAccount>({ seconds: rememberedSeconds, most: 1_000 });
  const unsubscribe = deps.nudges.on('connections', () => memory.clear());

  async function find(scope: WorkspaceScope, connectionId: string): Promise<OpenedAccount | undefined> {
    const stored = await deps.store.find(scope, connectionId);
    if (!stored || stored.credentials === null || stored.view.status === 'disconnected') return undefined;
    const place = credentialsPlace(scope, connectionId);
    const { secret, stale } = deps.seal.open(stored.credentials, place);
    // A key on its way out seals nothing for longer than it takes to be used once.
    if (stale) {
      const sealed = deps.seal.seal(secret, place);
      const version = stored.credentialsVersion;
      await deps.store.replaceCredentials(scope, connectionId, { sealed, version });
    }
    const { credentials, webhookSecrets } = readSecrets(secret);
    return {
      connection: stored.view,
      account: {
        settings: stored.view.settings,
        credentials,
        renewCredentials: async (step) => {
          const renewed = await renewCredentials(deps, scope, connectionId, step);
          memory.clear();
          return renewed;
        },
      },
      webhookSecrets,
    };
  }

  return {
    open: async (scope, connectionId) =>
      memory.get(`${scope.workspaceId} ${connectionId}`, () => find(scope, connectionId)),
    stop: unsubscribe,
  };
}
