import type { Database } from './database.js';
import { readMigrationState } from './migrate.js';

export interface Finding {
  ok: boolean;
  what: string;
  hint?: string;
}

/** Whether what is committed survives a power cut: nothing is promised on a server that does not write it down. */
export async function readDurability(
  database: Database,
): Promise<{ fsync: boolean; synchronousCommit: boolean; version: string }> {
  const [row] = await database.prisma.$queryRaw<
    { fsync: string; synchronous_commit: string; version: string }[]
  >`
    SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS synchronous_commit,
      current_setting('server_version') AS version`;
  return {
    fsync: row?.fsync === 'on',
    synchronousCommit: row?.synchronous_commit !== 'off',
    version: row?.version ?? 'unknown',
  };
}

/** How the database is, for `doctor`. */
export async function examineDatabase(database: Database): Promise<Finding[]> {
  const { fsync, synchronousCommit, version } = await readDurability(database);
  const { pending } = await readMigrationState(database);
  if (database.kind === 'embedded') {
    return [
      {
        ok: true,
        what: `Embedded PostgreSQL ${version}`,
        hint: 'It survives a crash of the process, not a power cut: it does not fsync. Use DATABASE_URL for more.',
      },
      migrationsFinding(pending),
    ];
  }
  return [
    { ok: true, what: `PostgreSQL ${version}` },
    fsync
      ? { ok: true, what: 'fsync is on' }
      : {
          ok: false,
          what: 'fsync is off',
          hint: 'Set fsync = on: without it a crash of the server can lose and ruin what was acknowledged.',
        },
    synchronousCommit
      ? { ok: true, what: 'synchronous_commit is on' }
      : {
          ok: false,
          what: 'synchronous_commit is off',
          hint: 'Set synchronous_commit = on: without it the last acknowledged messages can be lost.',
        },
    migrationsFinding(pending),
  ];
}

const migrationsFinding = (pending: string[]): Finding =>
  pending.length === 0
    ? { ok: true, what: 'All migrations are applied' }
    : {
        ok: false,
        what: `${pending.length} migrations are waiting`,
        hint: 'Start the bridge with APPLY_MIGRATIONS=true.',
      };
