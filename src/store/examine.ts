import type { Database } from './database.js';
import { readMigrationState } from './migrate.js';

export interface Finding {
  ok: boolean;
  what: string;
  hint?: string;
}

/**
 * Whether what is committed survives a power cut: nothing is promised on a server that does not write it down.
 * And whether dead rows are taken away: rows that change with every message get slower with each of their dead.
 */
export async function readServerSettings(
  database: Database,
): Promise<{ fsync: boolean; synchronousCommit: boolean; autovacuum: boolean; version: string }> {
  const [row] = await database.prisma.$queryRaw<
    { fsync: string; synchronous_commit: string; autovacuum: string; version: string }[]
  >`
    SELECT current_setting('fsync') AS fsync, current_setting('synchronous_commit') AS synchronous_commit,
      current_setting('autovacuum') AS autovacuum, current_setting('server_version') AS version`;
  return {
    fsync: row?.fsync === 'on',
    synchronousCommit: row?.synchronous_commit !== 'off',
    autovacuum: row?.autovacuum !== 'off',
    version: row?.version ?? 'unknown',
  };
}

/** Seconds since the workspace that waits longest was cleared of what is old, or was made; undefined: there is none. */
export async function readUpkeepAge({ prisma }: Database): Promise<number | undefined> {
  const [row] = await prisma.$queryRaw<{ age: number | null }[]>`
    SELECT extract(epoch FROM now() - min(coalesce(u.finished_at, w.created_at)))::float8 AS age
    FROM workspaces w LEFT JOIN upkeep u ON u.workspace_id = w.id`;
  return row?.age ?? undefined;
}

const ONE_DAY = 86_400;

async function upkeepFinding(database: Database): Promise<Finding> {
  const age = await readUpkeepAge(database);
  if (age === undefined) return { ok: true, what: 'Nothing to clear: no workspace yet' };
  if (age <= ONE_DAY)
    return { ok: true, what: `What is old was cleared within the last ${Math.ceil(age / 3_600)} h` };
  return {
    // A laptop that was switched off has nothing to mend.
    ok: database.kind === 'embedded',
    what: `What is old was last cleared ${Math.floor(age / ONE_DAY)} days ago`,
    hint: 'A process with role projection does it while it runs; look for room upkeep in its log.',
  };
}

/** How the database is, for `doctor`. */
export async function examineDatabase(database: Database): Promise<Finding[]> {
  const { fsync, synchronousCommit, autovacuum, version } = await readServerSettings(database);
  const { pending } = await readMigrationState(database);
  const upkeep = pending.length > 0 ? [] : [await upkeepFinding(database)];
  if (database.kind === 'embedded') {
    return [
      {
        ok: true,
        what: `Embedded PostgreSQL ${version}`,
        hint: 'It survives a crash of the process, not a power cut: it does not fsync. Use DATABASE_URL for more.',
      },
      migrationsFinding(pending),
      ...upkeep,
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
    autovacuum
      ? { ok: true, what: 'autovacuum is on' }
      : {
          ok: false,
          what: 'autovacuum is off',
          hint: 'Set autovacuum = on: without it tables only grow, and everything gets slower by the hour.',
        },
    migrationsFinding(pending),
    ...upkeep,
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
