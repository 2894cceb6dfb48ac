import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { DatabaseKind } from '../campaign.js';

/** An empty database of a campaign's own: a directory, or a database on the server at hand. */
export interface StageDatabase {
  kind: DatabaseKind;
  /** What the bridge is told of it. */
  env: Record<string, string>;
  directory: string;
  /** Of the server; undefined for a directory. */
  url: string | undefined;
  /** One statement on the server, beside the bridge. */
  ask<Row extends object>(sql: string): Promise<Row[]>;
  drop(): Promise<void>;
}

export async function createStageDatabase(
  kind: DatabaseKind,
  postgresUrl: string | null,
): Promise<StageDatabase> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'desk-bridge-faults-'));
  const removeDirectory = (): void => rmSync(directory, { recursive: true, force: true });
  if (kind === 'embedded') {
    return {
      kind,
      env: { DATA_DIR: directory },
      directory,
      url: undefined,
      ask: () => Promise.reject(new Error('only the bridge itself can ask an embedded database')),
      drop: async () => removeDirectory(),
    };
  }
  if (postgresUrl === null) throw new Error('there is no PostgreSQL server at hand');
  const name = `desk_bridge_faults_${randomBytes(6).toString('hex')}`;
  await askServer(postgresUrl, `CREATE DATABASE ${name}`);
  const url = new URL(postgresUrl);
  url.pathname = `/${name}`;
  return {
    kind,
    env: { DATA_DIR: directory, DATABASE_URL: url.href },
    directory,
    url: url.href,
    ask: (sql) => askServer(url.href, sql),
    drop: async () => {
      await askServer(postgresUrl, `DROP DATABASE ${name} WITH (FORCE)`);
      removeDirectory();
    },
  };
}

async function askServer<Row extends object>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    const result = await client.query<Row>(sql);
    return Array.isArray(result.rows) ? result.rows : [];
  } finally {
    await client.end();
  }
}
