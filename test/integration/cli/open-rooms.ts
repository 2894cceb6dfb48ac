import { createAccess } from '../../../src/access/create-access.js';
import { createDirectory } from '../../../src/access/directory.js';
import { createInstallation } from '../../../src/access/installation.js';
import type { OpenBridge } from '../../../src/cli/ports.js';
import type { World } from '../../../src/cli/world.js';
import { createOpenAccount, createOperator, createSeal } from '../../../src/connections/index.js';
import { createRegistry } from '../../../src/connectors/registry.js';
import { createWotNotConnector } from '../../../src/connectors/wotnot/index.js';
import { createAccessStore } from '../../../src/store/access-store.js';
import { createAgentStore } from '../../../src/store/agent-store.js';
import { createApiKeyStore } from '../../../src/store/api-key-store.js';
import { createConnectionStore } from '../../../src/store/connection-store.js';
import { openDatabase } from '../../../src/store/database.js';
import { migrate } from '../../../src/store/migrate.js';
import { createNudges } from '../../../src/store/nudges.js';
import { createWorkspaceStore } from '../../../src/store/workspace-store.js';

/** The rooms behind the commands on a real database, without the parts of the process. */
export const openRooms: OpenBridge = async (config, secrets, telemetry) => {
  const directory = config.database.kind === 'embedded' ? config.database.directory : undefined;
  const database = await openDatabase({ kind: 'embedded', directory });
  if (config.database.applyMigrations) await migrate(database);
  const nudges = createNudges();
  const observe = telemetry.events;
  const workspaces = createWorkspaceStore(database);
  const seal = createSeal(secrets.keys('credentials'));
  const connections = createConnectionStore(database, nudges);
  const accounts = createOpenAccount({ store: connections, seal, nudges });
  const { sessionSeconds, sessionRenewableSeconds } = config.access;
  return {
    installation: createInstallation({ workspaces }),
    directory: createDirectory({
      workspaces,
      agents: createAgentStore(database, nudges),
      apiKeys: createApiKeyStore(database, nudges),
      observe,
    }),
    operator: createOperator({
      store: connections,
      connectors: createRegistry([createWotNotConnector({ allowPrivate: true })]),
      seal,
      openAccount: accounts.open,
      publicUrl: config.http.publicUrl,
    }),
    access: createAccess({
      store: createAccessStore(database, nudges),
      nudges,
      observe,
      times: { sessionSeconds, sessionRenewableSeconds },
    }),
    examine: async () => [{ ok: true, what: 'database' }],
    start: async () => ({ url: config.http.publicUrl }),
    stop: async () => {
      accounts.stop();
      await database.close();
    },
  };
};

export interface TypedWorld extends World {
  printed: string[];
  complained: string[];
  /** As Ctrl-C or an orchestrator would. */
  signal(name: string): void;
  exits: number[];
}

export function createTypedWorld(env: Record<string, string>, options: Partial<World> = {}): TypedWorld {
  const listeners = new Set<(signal: string) => void>();
  const printed: string[] = [];
  const complained: string[] = [];
  const exits: number[] = [];
  return {
    env,
    printed,
    complained,
    exits,
    print: (text) => printed.push(text),
    complain: (text) => complained.push(text),
    readInput: async () => '',
    askSecret: async () => undefined,
    onStopSignal: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onSurprise: () => () => undefined,
    exit: (code) => exits.push(code),
    openBridge: openRooms,
    signal: (name) => {
      for (const listener of listeners) listener(name);
    },
    ...options,
  };
}
