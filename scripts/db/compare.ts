import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { PrismaPGlite } from 'pglite-prisma-adapter';
import { createSchemaEngine, readMigrations } from '../../src/store/schema-engine.js';

export const packageRoot: string = fileURLToPath(new URL('../..', import.meta.url));

export type Comparison = { outcome: 'agree' } | { outcome: 'differ'; sql: string };

/**
 * Whether the migrations on disk lead to prisma/schema.prisma, and if not, the SQL that is missing. The
 * migrations are replayed on an empty in-memory database, so no server is needed.
 */
export async function compare(root: string = packageRoot): Promise<Comparison> {
  const content = readFileSync(path.join(root, 'prisma', 'schema.prisma'), 'utf8');
  const engine = await createSchemaEngine(new PrismaPGlite(new PGlite()), root);
  try {
    const { exitCode, stdout } = await engine.diff({
      from: { tag: 'migrations', ...readMigrations(root) },
      to: { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content }] },
      script: true,
      exitCode: true,
      filters: { externalTables: [], externalEnums: [] },
    });
    return exitCode === 0 ? { outcome: 'agree' } : { outcome: 'differ', sql: stdout ?? '' };
  } finally {
    engine.free();
  }
}
