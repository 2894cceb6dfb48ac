import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { describe, inject } from 'vitest';
import { type Database, openDatabase } from '../../src/store/database.js';
import { migrate } from '../../src/store/migrate.js';

export type DatabaseKind = 'embedded' | 'server';

/** An empty database of a test's own: a directory, or a database on the test server. */
export interface TestDatabase {
  kind: DatabaseKind;
  /** What the bridge is told of it. */
  env: Record<string, string>;
  /** Of the server; undefined for a directory. */
  url: string | undefined;
  directory: string;
  drop(): Promise<void>;
}

/** Tells the same stories on both kinds; without a server at hand its half is skipped, and the summary says so. */
export function onEachDatabase(tell: (kind: DatabaseKind) => void): void {
  describe('on the embedded database', () => tell('embedded'));
  describe.skipIf(inject('postgresUrl') === null)('on a PostgreSQL server', () => tell('server'));
}

export async function createTestDatabase(kind: DatabaseKind): Promise<TestDatabase> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'desk-bridge-test-'));
  const removeDirectory = (): void => rmSync(directory, { recursive: true, force: true });
  if (kind === 'embedded') {
    return {
      kind,
      env: { DATA_DIR: directory },
      url: undefined,
      directory,
      drop: async () => removeDirectory(),
    };
  }
  const serverUrl = inject('postgresUrl') ?? '';
  const name = `desk_bridge_test_${randomBytes(6).toString('hex')}`;
  await onServer(serverUrl, `CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return {
    kind,
    env: { DATA_DIR: directory, DATABASE_URL: url.href },
    url: url.href,
    directory,
    drop: async () => {
      await onServer(serverUrl, `DROP DATABASE ${name} WITH (FORCE)`);
      removeDirectory();
    },
  };
}

/** A database of a test's own with the tables in it, opened for the rooms that work on it. */
export async function openTestDatabase(
  kind: DatabaseKind,
): Promise<{ database: Database; url: string | undefined; close(): Promise<void> }> {
  const test = await createTestDatabase(kind);
  const database = await openDatabase(
    test.url === undefined
      ? { kind: 'embedded', directory: undefined }
      : { kind: 'server', url: test.url, poolSize: 8, applicationName: 'desk-bridge:test' },
  );
  await migrate(database);
  return {
    database,
    url: test.url,
    close: async () => {
      await database.close();
      await test.drop();
    },
  };
}

async function onServer(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
