import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';

export type DatabaseKind = 'server' | 'embedded';

const SERVER = process.env.TEST_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';

/** An empty database of a measurement's own; several processes can be started on it, one after the other. */
export interface BenchDatabase {
  kind: DatabaseKind;
  /** What a bridge is told of it. */
  env: Record<string, string>;
  /** Runs SQL beside the bridge; on a server only. */
  query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[]): Promise<Row[]>;
  drop(): Promise<void>;
}

let made = 0;

export async function openBenchDatabase(kind: DatabaseKind): Promise<BenchDatabase> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'desk-bridge-bench-'));
  made += 1;
  const name = `desk_bridge_bench_${process.pid}_${Date.now()}_${made}`;
  if (kind === 'server') await onServer(SERVER, `CREATE DATABASE ${name}`);
  const url = new URL(SERVER);
  url.pathname = `/${name}`;
  const SECRET_KEY = randomBytes(32).toString('base64');
  return {
    kind,
    env: { DATA_DIR: directory, SECRET_KEY, ...(kind === 'server' ? { DATABASE_URL: url.href } : {}) },
    query: (sql, values) => onServer(url.href, sql, values),
    drop: async () => {
      if (kind === 'server') await onServer(SERVER, `DROP DATABASE ${name} WITH (FORCE)`);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Whether there is a PostgreSQL to measure on. */
export async function hasServer(): Promise<boolean> {
  return onServer(SERVER, 'SELECT 1').then(
    () => true,
    () => false,
  );
}

async function onServer<Row extends pg.QueryResultRow>(
  url: string,
  sql: string,
  values?: unknown[],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}
