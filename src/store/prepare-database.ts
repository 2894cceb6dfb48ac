import type { Database } from './database.js';
import { readServerSettings } from './examine.js';
import { migrate, readMigrationState } from './migrate.js';

/** The database is older than this program, and it was told not to change it. */
export class MigrationsWaitingError extends Error {
  override readonly name = 'MigrationsWaitingError';
  readonly code = 'migrations_waiting';
}

export interface PrepareObserver {
  configWarned(line: { warning: string }): void;
  migrationsApplied(line: { names: readonly string[]; milliseconds: number }): void;
}

/**
 * Brings the database up to date and warns of a server that does not keep what it acknowledges.
 * @throws MigrationsWaitingError when migrations are waiting and may not be applied
 */
export async function prepareDatabase(
  database: Database,
  applyMigrations: boolean,
  observe: PrepareObserver,
): Promise<void> {
  if (database.kind === 'server') {
    const { fsync, synchronousCommit, autovacuum } = await readServerSettings(database);
    if (!fsync)
      observe.configWarned({
        warning: 'The database server has fsync off: acknowledged messages can be lost.',
      });
    if (!synchronousCommit) {
      observe.configWarned({
        warning:
          'The database server has synchronous_commit off: the last acknowledged messages can be lost.',
      });
    }
    if (!autovacuum) {
      observe.configWarned({
        warning:
          'The database server has autovacuum off: tables only grow, and everything gets slower by the hour.',
      });
    }
  }
  if (applyMigrations) {
    const from = performance.now();
    const names = await migrate(database);
    if (names.length > 0)
      observe.migrationsApplied({ names, milliseconds: Math.round(performance.now() - from) });
    return;
  }
  const { pending } = await readMigrationState(database);
  if (pending.length > 0) {
    throw new MigrationsWaitingError(
      `${pending.length} migrations are waiting; start once with APPLY_MIGRATIONS=true.`,
    );
  }
}
