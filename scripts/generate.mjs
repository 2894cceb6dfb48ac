#!/usr/bin/env node
/* Writes the Prisma client into src/store/generated when the schema or Prisma itself has changed. */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { lock } from './lock.mjs';

const packageRoot = fileURLToPath(new URL('..', import.meta.url));

/** Answers 'generated' or 'unchanged'. Safe when several processes call it at once. */
export async function generate(root = packageRoot) {
  const schemaFile = path.join(root, 'prisma', 'schema.prisma');
  const output = path.join(root, 'src', 'store', 'generated');
  const stamp = path.join(output, '.inputs');
  if (isCurrent(stamp, inputs(root, schemaFile))) return 'unchanged';
  return lock(root, 'generate', async () => {
    const wanted = inputs(root, schemaFile);
    if (isCurrent(stamp, wanted)) return 'unchanged';
    rmSync(stamp, { force: true });
    await runPrisma(root);
    if (!existsSync(output)) throw new Error(`the generator in ${schemaFile} must write to ${output}`);
    writeFileSync(stamp, wanted);
    return 'generated';
  });
}

function inputs(root, schemaFile) {
  const prisma = JSON.parse(readFileSync(path.join(root, 'node_modules', 'prisma', 'package.json'), 'utf8'));
  return createHash('sha256')
    .update(prisma.version)
    .update('\0')
    .update(readFileSync(schemaFile))
    .digest('hex');
}

function isCurrent(stamp, wanted) {
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted;
}

async function runPrisma(root) {
  const cli = path.join(root, 'node_modules', 'prisma', 'build', 'index.js');
  try {
    await promisify(execFile)(process.execPath, [cli, 'generate', '--no-hints'], {
      cwd: root,
      env: { ...process.env, CHECKPOINT_DISABLE: '1', PRISMA_HIDE_UPDATE_MESSAGE: '1' },
    });
  } catch (error) {
    throw new Error(`prisma generate failed\n${error.stdout ?? ''}${error.stderr ?? ''}`, { cause: error });
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  try {
    console.log(`prisma client: ${await generate()}`);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
