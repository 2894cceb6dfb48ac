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
  const engine = await createSchemaEngine(database.adapter);
  try {
    const result = await engine.applyMigrations({
      migrationsList: readMigrations(),
      filters: { externalTables: [], externalEnums: [] },
    });
    return result.appliedMigrationNames;
  } finally {
    engine.free();
  }
}

async function appliedNames(database: Database): Promise<Set<string>> {
  const [books] = await database.prisma.$queryRaw<{ there: boolean }[]>`
    SELECT to_regclass('_prisma_migrations') IS NOT NULL AS there`;
  if (books?.there !== true) return new Set();
  const rows = await database.prisma.$queryRaw<{ migration_name: string }[]>`
    SELECT migration_name FROM _prisma_migrations WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL`;
  return new Set(rows.map((row) => row.migration_name));
}
