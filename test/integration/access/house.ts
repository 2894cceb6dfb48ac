import { randomBytes } from 'node:crypto';
import pg from 'pg';
import type { Access } from '../../../src/access/access.js';
import { createAccess } from '../../../src/access/create-access.js';
import { createDirectory, type Directory } from '../../../src/access/directory.js';
import { createInstallation, type Installation } from '../../../src/access/installation.js';
import { createAccessStore } from '../../../src/store/access-store.js';
import { createAgentStore } from '../../../src/store/agent-store.js';
import { createApiKeyStore } from '../../../src/store/api-key-store.js';
import { type Database, openDatabase } from '../../../src/store/database.js';
import { migrate } from '../../../src/store/migrate.js';
import { createNudges } from '../../../src/store/nudges.js';
import { createWorkspaceStore } from '../../../src/store/workspace-store.js';

export interface House {
  database: Database;
  access: Access;
  directory: Directory;
  installation: Installation;
  /** Access in another process: it hears of changes through the database alone. */
  elsewhere(now?: () => number): Access;
  told: { event: string; line: object }[];
  close(): Promise<void>;
}

/** The room on a database of its own: embedded, or on the server of that address. */
export async function openHouse(serverUrl: string | null): Promise<House> {
  const place = serverUrl === null ? undefined : await createDatabase(serverUrl);
  const database = await openDatabase(
    place === undefined
      ? { kind: 'embedded', directory: undefined }
      : { kind: 'server', url: place.url, poolSize: 8, applicationName: 'access-test' },
  );
  await migrate(database);
  const nudges = createNudges();
  const told: House['told'] = [];
  const tell =
    (event: string) =>
    (line: object): void => {
      told.push({ event, line });
    };
  const observe = {
    signedIn: tell('signedIn'),
    signedOut: tell('signedOut'),
    signInRefused: tell('signInRefused'),
    accessChanged: tell('accessChanged'),
  };
  const workspaces = createWorkspaceStore(database, nudges);
  const store = createAccessStore(database, nudges);
  const times = { sessionSeconds: 900, sessionRenewableSeconds: 43_200 };
  return {
    database,
    told,
    access: createAccess({ store, nudges, times, observe }),
    elsewhere: (now) =>
      createAccess({ store, nudges: createNudges(), times, observe, ...(now ? { now } : {}) }),
    directory: createDirectory({
      workspaces,
      agents: createAgentStore(database, nudges),
      apiKeys: createApiKeyStore(database, nudges),
      observe,
    }),
    installation: createInstallation({ workspaces }),
    async close() {
      await database.close();
      await place?.drop();
    },
  };
}

async function createDatabase(serverUrl: string): Promise<{ url: string; drop(): Promise<void> }> {
  const name = `access_${randomBytes(6).toString('hex')}`;
  const run = async (sql: string): Promise<void> => {
    const client = new pg.Client({ connectionString: serverUrl });
    await client.connect();
    await client.query(sql).finally(() => client.end());
  };
  await run(`CREATE DATABASE ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => run(`DROP DATABASE ${name} WITH (FORCE)`) };
}
