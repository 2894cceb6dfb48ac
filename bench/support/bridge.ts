import { type BenchDatabase, type DatabaseKind, openBenchDatabase } from './bench-database.js';
import { type Child, startChild } from './child.js';

export interface BridgeFacts {
  url: string;
  apiKey: string;
  workspaceId: string;
  connectionId: string;
  webhookPath: string;
  webhookToken: string;
}

export type BenchBridge = Child<BridgeFacts>;

export interface BridgeOptions {
  /** Where it sends what agents say. */
  wotnot?: string;
  env?: Record<string, string>;
  /** A database that outlives this bridge; without one it gets a fresh one and drops it. */
  database?: BenchDatabase;
  /** The workspace that an earlier bridge has furnished on that database. */
  furnished?: BridgeFacts;
}

/** No limit of the door stands in a measurement's way. */
export const benchEnv = {
  PORT: '0',
  ALLOW_PRIVATE_URLS: 'true',
  REQUESTS_PER_MINUTE_PER_ADDRESS: '1000000',
  REQUESTS_PER_MINUTE_PER_PRINCIPAL: '1000000',
  SOCKETS_PER_PRINCIPAL: '10000',
  SOCKETS_PER_WORKSPACE: '10000',
  SOCKETS_PER_ADDRESS: '10000',
  DELIVERIES_PER_SECOND_PER_CONNECTION: '10000',
};

/** Starts a bridge in a process of its own, on a port of its own. */
export async function startBridge(kind: DatabaseKind, options: BridgeOptions = {}): Promise<BenchBridge> {
  const database = options.database ?? (await openBenchDatabase(kind));
  const furnished = options.furnished === undefined ? '' : JSON.stringify(options.furnished);
  const child = await startChild<BridgeFacts>('bench/support/bridge-process.ts', {
    args: [options.wotnot ?? '', furnished],
    env: { ...benchEnv, ...database.env, ...options.env },
  });
  return {
    ...child,
    stop: async () => {
      await child.stop();
      if (options.database === undefined) await database.drop();
    },
  };
}
