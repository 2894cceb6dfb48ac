import { existsSync } from 'node:fs';
import pg from 'pg';

/** The outside services that tests can make use of; null where one is not there. */
export type Services = {
  /** A PostgreSQL in which tests may create databases of their own. */
  postgresUrl: string | null;
  chromiumPath: string | null;
};

const defaultPostgresUrl = 'postgres://postgres@127.0.0.1:5432/postgres';
const defaultChromiumPath = '/usr/bin/chromium';

/**
 * A service that was asked for by name (TEST_DATABASE_URL, CHROMIUM_PATH) and is not there is an error;
 * one that merely is not at its usual place, or whose name is set to nothing, is left out, and the summary
 * says what was not run without it.
 */
export async function findServices(): Promise<Services> {
  return { postgresUrl: await findPostgres(), chromiumPath: findChromium() };
}

async function findPostgres(): Promise<string | null> {
  const asked = process.env.TEST_DATABASE_URL;
  if (asked === '') return null;
  const url = asked ?? defaultPostgresUrl;
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    const { rows } = await client.query<{ may: boolean }>(
      'select rolcreatedb or rolsuper as may from pg_roles where rolname = current_user',
    );
    return rows[0]?.may === true ? url : null;
  } catch (error) {
    if (asked === undefined) return null;
    throw new Error('TEST_DATABASE_URL is set, but there is no PostgreSQL at that address', { cause: error });
  } finally {
    await client.end().catch(() => undefined);
  }
}

function findChromium(): string | null {
  const asked = process.env.CHROMIUM_PATH;
  if (asked === '') return null;
  const file = asked ?? defaultChromiumPath;
  if (existsSync(file)) return file;
  if (asked === undefined) return null;
  throw new Error(`CHROMIUM_PATH is set to ${asked}, where there is no file`);
}

declare module 'vitest' {
  export interface ProvidedContext {
    postgresUrl: Services['postgresUrl'];
    chromiumPath: Services['chromiumPath'];
  }
}
