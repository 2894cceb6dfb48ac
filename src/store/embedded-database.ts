import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { type PGlite, types } from '@electric-sql/pglite';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { createEmbeddedConnection, type EmbeddedConnection } from './embedded-connection.js';
import { lockDirectory } from './embedded-lock.js';
import { type EmbeddedThread, startEmbeddedThread } from './embedded-thread.js';
import { PrismaClient } from './generated/client.js';
import { askDirectly, type RunStatement } from './raw-queries.js';

/**
 * Opens PostgreSQL compiled to WebAssembly, in a thread of this process.
 * @param directory undefined: in memory
 * @throws DirectoryInUseError when another process has the directory
 */
export async function openEmbedded(
  directory: string | undefined,
  settings: Readonly<Record<string, string>>,
) {
  if (directory !== undefined) mkdirSync(directory, { recursive: true, mode: 0o700 });
  const lock = directory === undefined ? undefined : await lockDirectory(directory);
  let thread: EmbeddedThread;
  try {
    thread = await startEmbeddedThread({
      directory: directory === undefined ? undefined : path.join(directory, 'database'),
      settings: Object.entries(settings).map(([name, value]) => `SET ${name} = ${value}`),
    });
  } catch (error) {
    await lock?.release();
    throw error;
  }
  const connection = createEmbeddedConnection(thread);
  // The adapter asks for no more of PGlite than this connection has.
  const adapter = new PrismaPGlite(connection as unknown as PGlite);
  const client = new PrismaClient({ adapter });
  const prisma = askDirectly(client, running(connection.query));
  return {
    kind: 'embedded' as const,
    prisma,
    patient: { prisma: askDirectly(client, running(connection.queryPatiently)) },
    adapter,
    runScript: async (sql: string): Promise<void> => {
      await connection.exec(sql);
    },
    url: undefined,
    maintain: async (sql: string): Promise<void> => {
      await connection.exec(sql);
    },
    close: async (): Promise<void> => {
      await prisma.$disconnect();
      await thread.close();
      await lock?.release();
    },
  };
}

const running =
  (query: EmbeddedConnection['query']): RunStatement =>
  async (text, values) => {
    const { rows, affectedRows } = await query(text, values, { parsers: { [types.INT8]: BigInt } });
    return { rows, affected: affectedRows ?? 0 };
  };
