import { createHash } from 'node:crypto';
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
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
  if (database.kind === 'embedded') return applyPending(database);
  // A connection of its own: the lock is held for as long as the migrations take, whatever the pool's limits.
  const holder = new pg.Client({ connectionString: database.url });
  await holder.connect();
  try {
    await holder.query('SELECT pg_advisory_lock($1::bigint)', [MIGRATION_LOCK.toString()]);
    return await applyPending(database);
  } finally {
    await holder.end();
  }
}

async function applyPending(database: Database): Promise<string[]> {
  const list = readMigrations();
  await forgetUnfinished(database);
  const engine = await createSchemaEngine(withBooks(database.adapter, scriptsOf(list)));
  try {
    const result = await engine.applyMigrations({
      migrationsList: list,
      filters: { externalTables: [], externalEnums: [] },
    });
    return result.appliedMigrationNames;
  } finally {
    engine.free();
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

/** The engine's connection, but that a migration's script notes its own end in the transaction that it is. */
function withBooks(
  factory: SqlMigrationAwareDriverAdapterFactory,
  scripts: ReadonlySet<string>,
): SqlMigrationAwareDriverAdapterFactory {
  return new Proxy(factory, {
    get(target, name) {
      if (name !== 'connect') return bound(target, name);
      return async () => {
        const connection = await target.connect();
        return new Proxy(connection, {
          get(inner, property) {
            if (property !== 'executeScript') return bound(inner, property);
            return (script: string) => inner.executeScript(scripts.has(script) ? withEnd(script) : script);
          },
        });
      };
    },
  });
}

function bound(target: object, name: string | symbol): unknown {
  const value: unknown = Reflect.get(target, name, target);
  return typeof value === 'function' ? (value.bind(target) as unknown) : value;
}

/** Several statements sent as one are one transaction. The engine names a script by its SHA-256. */
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
