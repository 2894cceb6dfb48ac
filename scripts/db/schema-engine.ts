import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import type * as Wasm from '@prisma/schema-engine-wasm';
import { PrismaPGlite } from 'pglite-prisma-adapter';

export const packageRoot = fileURLToPath(new URL('../..', import.meta.url));

export type Difference = { outcome: 'none' } | { outcome: 'some'; sql: string };

/**
 * The SQL that leads from the migrations on disk to prisma/schema.prisma, worked out by Prisma's own engine.
 * It replays the migrations on an empty in-memory database, so no server is needed.
 */
export async function compareMigrationsToSchema(root: string = packageRoot): Promise<Difference> {
  const content = readFileSync(path.join(root, 'prisma', 'schema.prisma'), 'utf8');
  const SchemaEngine = await loadEngine();
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPGlite(new PGlite()));
  const engine = await SchemaEngine.new(
    { datamodels: [['schema.prisma', content]] },
    () => undefined,
    adapter,
  );
  try {
    const { exitCode, stdout } = await engine.diff({
      from: { tag: 'migrations', ...readMigrations(root) },
      to: { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content }] },
      script: true,
      exitCode: true,
      filters: { externalTables: [], externalEnums: [] },
    });
    return exitCode === 0 ? { outcome: 'none' } : { outcome: 'some', sql: stdout ?? '' };
  } finally {
    engine.free();
  }
}

function readMigrations(root: string): Wasm.MigrationList {
  const baseDir = path.join(root, 'prisma', 'migrations');
  const names = existsSync(baseDir)
    ? readdirSync(baseDir, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map((entry) => entry.name)
        .sort()
    : [];
  return {
    baseDir,
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: names.map((name) => ({
      path: name,
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok', value: readFileSync(path.join(baseDir, name, 'migration.sql'), 'utf8') },
      },
    })),
  };
}

/** The engine's JavaScript half, and the names under which its WASM half is exported. */
type EngineGlue = typeof Wasm & { __wbg_set_wasm(exports: object): void };

/** What is used of the global WebAssembly, which only the DOM's type library declares. */
type WasmLoader = {
  instantiate(
    bytes: Uint8Array,
    imports: object,
  ): Promise<{ instance: { exports: { __wbindgen_start(): void } } }>;
};

/** The package's own entry fetches its .wasm in a way only bundlers understand; here it is read from disk. */
async function loadEngine(): Promise<typeof Wasm.SchemaEngine> {
  const folder = path.dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm'));
  const glue = (await import(pathToFileURL(path.join(folder, 'schema_engine_bg.js')).href)) as EngineGlue;
  const bytes = readFileSync(path.join(folder, 'schema_engine_bg.wasm'));
  const { WebAssembly } = globalThis as unknown as { WebAssembly: WasmLoader };
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': glue });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return glue.SchemaEngine;
}
