import { createHash } from 'node:crypto';
import { type Database, openDatabase } from '../../../src/store/database.js';
import { readMigrationState } from '../../../src/store/migrate.js';
import { readMigrations } from '../../../src/store/schema-engine.js';
import type { StageDatabase } from './database.js';

/** So many of each, which a migration must leave as they are. */
const ROWS = 5_000;

/** The engine's books, as it makes them itself. */
const BOOKS = `CREATE TABLE _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`;

const FILL = `
  INSERT INTO workspaces (id, name) VALUES ('wsp_old', 'Old');
  INSERT INTO connections (workspace_id, id, connector, side, name, webhook_key)
    VALUES ('wsp_old', 'con_old', 'wotnot', 'chat', 'Old', 'con_old');
  INSERT INTO conversations (workspace_id, id, connection_id, external_conversation_id, contact_id)
    SELECT 'wsp_old', 'cnv_' || n, 'con_old', 'ext_' || n, 'cnt_' || n FROM generate_series(1, ${ROWS}) n;
  INSERT INTO deliveries (workspace_id, id, connection_id, conversation_id, kind, payload, state, idempotency_key)
    SELECT 'wsp_old', 'dlv_' || n, 'con_old', 'cnv_' || n, 'send-message', '{}', 'delivered', 'key_' || n
    FROM generate_series(1, ${ROWS}) n;`;

/** Brings an empty database to where it was before the last migration, with rows in it. */
export async function fillOldDatabase(stage: StageDatabase): Promise<void> {
  const scripts = readMigrations().migrationDirectories.slice(0, -1);
  await withDatabase(stage, async ({ runScript }) => {
    const run = async (sql: string): Promise<unknown> => (runScript ?? stage.ask)(sql);
    await run(BOOKS);
    for (const [n, { path, migrationFile }] of scripts.entries()) {
      const script = migrationFile.content.value;
      const checksum = createHash('sha256').update(script).digest('hex');
      await run(script);
      await run(`INSERT INTO _prisma_migrations (id, checksum, finished_at, migration_name, applied_steps_count)
        VALUES ('old-${n}', '${checksum}', now(), '${path}', 1)`);
    }
    await run(FILL);
  });
}

/** What is wrong with it once it has been brought up to date; undefined when nothing is. */
export function troubleOfOldDatabase(stage: StageDatabase): Promise<string | undefined> {
  return withDatabase(stage, async (database) => {
    const { pending } = await readMigrationState(database);
    if (pending.length > 0) return `not applied: ${pending.join(', ')}`;
    const conversations = await database.prisma.conversation.count({ where: { workspaceId: 'wsp_old' } });
    const deliveries = await database.prisma.delivery.count({ where: { workspaceId: 'wsp_old' } });
    const connections = await database.prisma.connection.count({ where: { workspaceId: 'wsp_old' } });
    if (conversations === ROWS && deliveries === ROWS && connections === 1) return undefined;
    return `${conversations} conversations and ${deliveries} deliveries of ${ROWS}, ${connections} connection`;
  });
}

/** Beside no bridge: a directory has one process. */
async function withDatabase<T>(stage: StageDatabase, use: (database: Database) => Promise<T>): Promise<T> {
  const { url, directory } = stage;
  const database = await openDatabase(
    url === undefined
      ? { kind: 'embedded', directory }
      : { kind: 'server', url, poolSize: 2, applicationName: 'desk-bridge:lab' },
  );
  try {
    return await use(database);
  } finally {
    await database.close();
  }
}
