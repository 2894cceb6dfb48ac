import { randomBytes } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import pg from 'pg';
import { afterEach, describe, expect, inject, it, vi } from 'vitest';
import { lockDirectory } from '../../../src/store/embedded-lock.js';
import { type Database, openDatabase } from '../../../src/store/database.js';
import { migrate, readMigrationState } from '../../../src/store/migrate.js';
import { createTestDatabase, onEachDatabase, type TestDatabase } from '../../support/test-database.js';
import { waitFor } from '../../support/wait-for.js';

// Whole migrations, several times over, on whatever machine this is.
vi.setConfig({ testTimeout: 90_000 });

let opened: TestDatabase | undefined;
afterEach(async () => {
  vi.restoreAllMocks();
  await opened?.drop();
  opened = undefined;
});

/**
 * The database does what the first script says, and nobody hears of it: what happens next in this process happens
 * in none.
 */
function stopAfterTheFirstScript(database: Database): { database: Database; committed: Promise<void> } {
  const { runScript } = database;
  const stopping: Database = { ...database };
  const committed = new Promise<void>((resolve) => {
    const stop = async (work: unknown): Promise<never> => {
      await work;
      resolve();
      return new Promise<never>(() => undefined);
    };
    const isScript = (sql: unknown): boolean =>
      typeof sql === 'string' && sql.includes('CREATE TABLE "workspaces"');
    if (runScript !== undefined) {
      stopping.runScript = (sql) => (isScript(sql) ? stop(runScript(sql)) : runScript(sql));
      return;
    }
    const query = pg.Client.prototype.query as (...given: unknown[]) => unknown;
    const queryOrStop = function (this: pg.Client, ...given: unknown[]): unknown {
      const work = query.apply(this, given);
      return isScript(given[0]) ? stop(work) : work;
    };
    vi.spyOn(pg.Client.prototype, 'query').mockImplementation(queryOrStop);
  });
  return { database: stopping, committed };
}

/** What the operating system does to the connections of a process that is gone. */
async function endSessions(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  );
  await client.end();
}

describe('a start', () => {
  onEachDatabase((kind) => {
    const open = (test: TestDatabase) =>
      openDatabase(
        test.url === undefined
          ? { kind: 'embedded', directory: test.directory }
          : {
              kind: 'server',
              url: test.url,
              poolSize: 2,
              applicationName: `test-${randomBytes(3).toString('hex')}`,
            },
      );

    it('the second one applies nothing', async () => {
      opened = await createTestDatabase(kind);
      const first = await open(opened);
      expect((await migrate(first)).length).toBeGreaterThan(0);
      await first.close();
      const second = await open(opened);
      expect(await migrate(second)).toEqual([]);
      expect((await readMigrationState(second)).pending).toEqual([]);
      await second.close();
    });

    it('F02: one that was killed amid a migration is no obstacle to the next', async () => {
      opened = await createTestDatabase(kind);
      const first = await open(opened);
      await migrate(first);
      // As a kill leaves it: begun in the books, and nothing of it there.
      await first.prisma.$executeRaw`ALTER TABLE connections DROP COLUMN breaker_until`;
      await first.prisma.$executeRaw`
        UPDATE _prisma_migrations SET finished_at = NULL, applied_steps_count = 0 WHERE migration_name LIKE '%connection_breaker'`;
      await first.close();
      const second = await open(opened);
      expect(await migrate(second)).toEqual([expect.stringMatching(/connection_breaker$/u)]);
      expect((await readMigrationState(second)).pending).toEqual([]);
      await second.prisma.$queryRaw`SELECT breaker_until FROM connections`;
      const [books] = await second.prisma.$queryRaw<{ n: bigint }[]>`
        SELECT count(*) AS n FROM _prisma_migrations WHERE finished_at IS NULL AND rolled_back_at IS NULL`;
      expect(books?.n).toBe(0n);
      await second.close();
    });

    it('F02: one that was killed when a migration had just been committed is no obstacle to the next', async () => {
      opened = await createTestDatabase(kind);
      const first = await open(opened);
      const { database, committed } = stopAfterTheFirstScript(first);
      void migrate(database);
      await committed;
      vi.restoreAllMocks();
      if (opened.url !== undefined) await endSessions(opened.url);
      await first.close();
      const second = await open(opened);
      await migrate(second);
      expect((await readMigrationState(second)).pending).toEqual([]);
      await second.close();
    });

    it('a migration that fails leaves nothing behind, and says what the database said', async () => {
      opened = await createTestDatabase(kind);
      const database = await open(opened);
      await migrate(database);
      // The second of its tables is there already.
      await database.prisma
        .$executeRaw`DELETE FROM _prisma_migrations WHERE migration_name >= '20261122202519_upkeep'`;
      await database.prisma.$executeRaw`DROP TABLE upkeep`;
      await database.prisma.$executeRaw`ALTER TABLE files DROP COLUMN unused_since`;
      await expect(migrate(database)).rejects.toThrow(/relation "feed_days" already exists/u);
      const [upkeep] = await database.prisma.$queryRaw<{ there: boolean }[]>`
        SELECT to_regclass('upkeep') IS NOT NULL AS there`;
      expect(upkeep?.there).toBe(false);
      await database.close();
    });
  });

  it.skipIf(inject('postgresUrl') === null)(
    'two at once on a fresh database: one migrates, both come up',
    async () => {
      opened = await createTestDatabase('server');
      const url = opened.url ?? '';
      const both = await Promise.all(
        ['a', 'b'].map((applicationName) =>
          openDatabase({ kind: 'server', url, poolSize: 2, applicationName }),
        ),
      );
      const applied = await Promise.all(both.map((database) => migrate(database)));
      expect(applied.filter((names) => names.length > 0)).toHaveLength(1);
      // Nobody who comes later waits for what an earlier one has left behind.
      const [first] = both;
      if (first === undefined) throw new Error('neither came up');
      const left = await first.prisma.$queryRaw`
        SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted
          AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`;
      expect(left).toEqual([]);
      for (const database of both) {
        expect((await readMigrationState(database)).pending).toEqual([]);
        await database.close();
      }
    },
  );
});

describe('the embedded directory', () => {
  it('a second opening is refused with a clear error, and free again after the first has closed', async () => {
    opened = await createTestDatabase('embedded');
    const place = { kind: 'embedded', directory: opened.directory } as const;
    const first = await openDatabase(place);
    await expect(openDatabase(place)).rejects.toMatchObject({
      name: 'DirectoryInUseError',
      code: 'data_dir_in_use',
      message: expect.stringContaining(opened.directory),
    });
    await first.close();
    const again = await openDatabase(place);
    await again.close();
  });

  it('what a killed process has left behind does not keep the next one out; a living one does', async () => {
    opened = await createTestDatabase('embedded');
    const { directory } = opened;
    const script = `
      const net = require('node:net');
      net.createServer((s) => s.destroy()).listen(process.argv[1] + '/bridge.lock', () => console.log('held'));`;
    const holder = spawn(process.execPath, ['-e', script, directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let told = '';
    holder.stdout.on('data', (chunk: Buffer) => {
      told += chunk.toString();
    });
    await waitFor('the other process to hold it', () => told.includes('held'));
    await expect(lockDirectory(directory)).rejects.toMatchObject({ code: 'data_dir_in_use' });
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const lock = await lockDirectory(directory);
    await lock.release();
  });
});
