import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils';
import type * as Wasm from '@prisma/schema-engine-wasm';
import { packageRoot } from './package-root.js';

/** Prisma's own migration engine, in WASM, on a driver adapter: no binary, no download. */
export async function createSchemaEngine(
  adapter: SqlMigrationAwareDriverAdapterFactory,
  root: string = packageRoot(),
): Promise<Wasm.SchemaEngine> {
  const SchemaEngine = await loadEngine();
  const content = readFileSync(path.join(root, 'prisma', 'schema.prisma'), 'utf8');
  return SchemaEngine.new(
    { datamodels: [['schema.prisma', content]] },
    () => undefined,
    bindMigrationAwareSqlAdapterFactory(adapter),
  );
}

/** The migrations on disk, in the order in which they are applied. */
export function readMigrations(root: string = packageRoot()): Wasm.MigrationList {
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

let loaded: Promise<typeof Wasm.SchemaEngine> | undefined;

function loadEngine(): Promise<typeof Wasm.SchemaEngine> {
  loaded ??= load();
  return loaded;
}

/** The engine's JavaScript half, and the names under which its WASM half is exported. */
type EngineGlue = typeof Wasm & { __wbg_set_wasm(exports: object): void };

/** What is used of the global WebAssembly, which only the DOM's type library declares. */
interface WasmLoader {
  instantiate(
    bytes: Uint8Array,
    imports: object,
  ): Promise<{ instance: { exports: { __wbindgen_start(): void } } }>;
}

/** The package's own entry fetches its .wasm in a way only bundlers understand; here it is read from disk. */
async function load(): Promise<typeof Wasm.SchemaEngine> {
  const folder = path.dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm'));
  const glue = (await import(pathToFileURL(path.join(folder, 'schema_engine_bg.js')).href)) as EngineGlue;
  const bytes = readFileSync(path.join(folder, 'schema_engine_bg.wasm'));
  const { WebAssembly } = globalThis as unknown as { WebAssembly: WasmLoader };
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': glue });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();
  return glue.SchemaEngine;
}
