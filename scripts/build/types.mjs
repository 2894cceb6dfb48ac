import { execFile } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { hashFolders, hashOf, readStamp, toolsHash, writeStamp } from './files.mjs';

/** Emits the declarations of what package.json exports, and of what those files import, to dist/types. */
export async function buildTypes(root) {
  const entries = exportedSources(root);
  const folders = [...new Set([...entries.map((file) => path.dirname(file)), 'src/contract', 'src/domain'])];
  const inputs = hashOf(toolsHash(root), entries.join(), hashFolders(root, folders));
  const before = readStamp(root, 'types');
  if (before.inputs === inputs && existsSync(path.join(root, 'dist', 'types'))) return 'unchanged';
  await emit(root, entries);
  writeStamp(root, 'types', { inputs });
  return 'built';
}

function exportedSources(root) {
  const { exports } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  return Object.values(exports)
    .map((entry) => entry.types)
    .filter((file) => typeof file === 'string')
    .map((file) => file.replace('./dist/types/', '').replace(/\.d\.ts$/, '.ts'));
}

async function emit(root, entries) {
  const project = path.join(root, 'dist', 'tsconfig.types.json');
  const settings = {
    extends: '../tsconfig.json',
    compilerOptions: {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      rootDir: '..',
      outDir: './types',
    },
    files: entries.map((file) => `../${file}`),
    include: [],
  };
  rmSync(path.join(root, 'dist', 'types'), { recursive: true, force: true });
  writeFileSync(project, JSON.stringify(settings, null, 2));
  const compiler = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  try {
    await promisify(execFile)(process.execPath, [compiler, '-p', project], { cwd: root });
  } catch (error) {
    throw new Error(`the type declarations were not built\n${error.stdout ?? error.message}`, {
      cause: error,
    });
  } finally {
    rmSync(project, { force: true });
  }
}
