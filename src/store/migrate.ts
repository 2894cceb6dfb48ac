import { createHash } from 'node:crypto';
import { DriverAdapterError, type SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import type { Database } from './database.js';
import { createSchemaEngine, readMigrations } from './schema-engine.js';

/** Any fixed number: the name of the lock under which one process at a time migrates. */
const MIGRATION_LOCK = 7_206_413_902n;

export type MigrationState = { applied: string[]; pending: string[] };

/** Which migrations the database has and lacks. */
export async function readMigrationState(database: Database): Promise<MigrationState> {
  const names = readMigrations().migrationDirectories.map((directory) => directory.path);
  const applied = await appliedNames(database);
  return {
    applied: names.filter((name) => applied.has(name)),
    pending: names.filter((name) => !applied.has(name)),
  };
}

/**
 * Applies what is pending with Prisma's own engine, which keeps its books in `_prisma_migrations` as
 * `prisma migrate deploy` does. Several processes may start at once: one migrates, the others wait.
 * @returns the names of the migrations applied now
 */
export async function migrate(database: Database): Promise<string[]> {
  if ((await readMigrationState(database)).pending.length === 0) return [];
  const { runScript } = database;
  if (runScript !== undefined) return applyPending(database, runScript);
  // A connection of its own: the lock is held for as long as the migrations take, whatever the pool's limits.
  const holder = new pg.Client({ connectionString: database.url });
  // What it was asked then fails and says why.
  holder.on('error', () => undefined);
  await holder.connect();
  try {
    await holder.query('SELECT pg_advisory_lock($1::bigint)', [MIGRATION_LOCK.toString()]);
    // Its scripts run there too: a process that is killed while the server still works on one leaves the lock
    // held until that one is done, and the next process finds it either whole or not at all.
    // Whoever held it before us may have done it all.
    if ((await readMigrationState(database)).pending.length === 0) return [];
    return await applyPending(database, async (script) => {
      await holder.query(script);
    });
  } finally {
    await holder.end();
  }
}

/** Several statements in one transaction. */
type RunScript = (script: string) => Promise<void>;

async function applyPending(database: Database, run: RunScript): Promise<string[]> {
  const list = readMigrations();
  await forgetUnfinished(database);
  const opened: { dispose(): Promise<void> }[] = [];
  const engine = await createSchemaEngine(
    withBooks(database.adapter, scriptsOf(list), run, (connection) => opened.push(connection)),
  );
  try {
    const result = await engine.applyMigrations({
      migrationsList: list,
      filters: { externalTables: [], externalEnums: [] },
    });
    return result.appliedMigrationNames;
  } finally {
    engine.free();
    // The engine leaves its connections open, and on one of them a lock of its own that the next process would
    // wait for until the driver gives up the idle connection, after ten seconds.
    for (const connection of opened) await connection.dispose();
  }
}

/**
 * A kill amid a migration leaves a row that says it began and not that it ended; the engine then refuses to
 * go on. As a script and its end are one transaction here, what has no end has left nothing: it is made anew.
 */
async function forgetUnfinished(database: Database): Promise<void> {
  const [books] = await database.prisma.$queryRaw<{ there: boolean }[]>`
    SELECT to_regclass('_prisma_migrations') IS NOT NULL AS there`;
  if (books?.there !== true) return;
  await database.prisma.$executeRaw`
    UPDATE _prisma_migrations SET rolled_back_at = now() WHERE finished_at IS NULL AND rolled_back_at IS NULL`;
}

const scriptsOf = (list: ReturnType<typeof readMigrations>): Set<string> =>
  new Set(list.migrationDirectories.map(({ migrationFile }) => migrationFile.content.value));

/**
 * The engine's connection, but that a migration's script runs in one transaction and notes its own end in it. The
 * adapters' own ways with a script lack that: one cuts it at each semicolon and sends the pieces one by one, the
 * other does not wait for it.
 */
function withBooks(
  factory: SqlMigrationAwareDriverAdapterFactory,
  scripts: ReadonlySet<string>,
  run: RunScript,
  note: (connection: { dispose(): Promise<void> }) => void,
): SqlMigrationAwareDriverAdapterFactory {
  return new Proxy(factory, {
    get(target, name) {
      if (name !== 'connect') return bound(target, name);
      return async () => {
        const connection = await target.connect();
        note(connection);
        return new Proxy(connection, {
          get(inner, property) {
            if (property !== 'executeScript') return bound(inner, property);
            return (script: string) =>
              run(scripts.has(script) ? withEnd(script) : script).catch(inItsOwnWords);
          },
        });
      };
    },
  });
}

/** The engine tells what the database said only when it comes in this form. */
function inItsOwnWords(error: unknown): never {
  const { code = 'N/A', severity = 'ERROR', message, detail, column, hint } = error as pg.DatabaseError;
  throw new DriverAdapterError({ kind: 'postgres', code, severity, message, detail, column, hint });
}

function bound(target: object, name: string | symbol): unknown {
  const value: unknown = Reflect.get(target, name, target);
  return typeof value === 'function' ? (value.bind(target) as unknown) : value;
}

/** The engine names a script by its SHA-256. */
function withEnd(script: string): string {
  const checksum = createHash('sha256').update(script).digest('hex');
  return `${script}\n;UPDATE _prisma_migrations SET finished_at = now(), applied_steps_count = 1 WHERE checksum = '${checksum}' AND finished_at IS NULL AND rolled_back_at IS NULL;`;
}

async function appliedNames(database: Database): Promise<Set<string>> {
  const [books] = await database.prisma.$queryRaw<{ there: boolean }[]>`
    SELECT to_regclass('_prisma_migrations') IS NOT NULL AS there`;
  if (books?.there !== true) return new Set();
  const rows = await database.prisma.$queryRaw<{ migration_name: string }[]>`
    SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`;
  return new Set(rows.map((row) => row.migration_name));
}
