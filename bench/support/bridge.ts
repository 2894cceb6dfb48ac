import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { type Child, startChild } from './child.js';

export interface BridgeFacts {
  url: string;
  apiKey: string;
  workspaceId: string;
  webhookPath: string;
  webhookToken: string;
}

export type BenchBridge = Child<BridgeFacts>;

const SERVER = process.env.TEST_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';

/** Whether there is a PostgreSQL to measure on. */
export async function hasServer(): Promise<boolean> {
  const client = new pg.Client({ connectionString: SERVER, connectionTimeoutMillis: 2_000 });
  return client.connect().then(
    () => client.end().then(() => true),
    () => false,
  );
}

/** Starts a bridge on a fresh database, on a port of its own. `wotnot`: where it sends what agents say. */
export async function startBridge(
  kind: 'server' | 'embedded',
  options: { wotnot?: string; env?: Record<string, string> } = {},
): Promise<BenchBridge> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'desk-bridge-bench-'));
  const database = `desk_bridge_bench_${process.pid}_${Date.now()}`;
  if (kind === 'server') await runOnServer(`CREATE DATABASE ${database}`);
  const url = new URL(SERVER);
  url.pathname = `/${database}`;
  const child = await startChild<BridgeFacts>('bench/support/bridge-process.ts', {
    args: options.wotnot === undefined ? [] : [options.wotnot],
    env: {
      PORT: '0',
      DATA_DIR: directory,
      ALLOW_PRIVATE_URLS: 'true',
      REQUESTS_PER_MINUTE_PER_ADDRESS: '1000000',
      REQUESTS_PER_MINUTE_PER_PRINCIPAL: '1000000',
      SOCKETS_PER_PRINCIPAL: '10000',
      SOCKETS_PER_WORKSPACE: '10000',
      SOCKETS_PER_ADDRESS: '10000',
      DELIVERIES_PER_SECOND_PER_CONNECTION: '10000',
      ...(kind === 'server'
        ? { DATABASE_URL: url.href, SECRET_KEY: randomBytes(32).toString('base64') }
        : {}),
      ...options.env,
    },
  });
  return {
    ...child,
    stop: async () => {
      await child.stop();
      if (kind === 'server') await runOnServer(`DROP DATABASE ${database} WITH (FORCE)`);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function runOnServer(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: SERVER });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
