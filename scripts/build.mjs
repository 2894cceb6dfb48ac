#!/usr/bin/env node
/*
 * Builds dist/: the server as one JavaScript file per source file, the console and the sandbox's visitor page
 * as browser bundles, and the type declarations of the package's exports. A part whose inputs have not changed
 * is left alone. `--quiet` prints one line and leaves the declarations out.
 */
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildPage } from './build/page.mjs';
import { buildServer } from './build/server.mjs';
import { buildTypes } from './build/types.mjs';
import { generate } from './generate.mjs';
import { lock } from './lock.mjs';

const packageRoot = fileURLToPath(new URL('..', import.meta.url));

const pages = [
  { name: 'console', from: 'console', to: 'dist/console' },
  { name: 'visitor page', from: 'src/sandbox/visitor-page', to: 'dist/src/sandbox/visitor-page' },
];

/** Answers one `{ part, outcome }` per part, outcome being 'built' (or 'generated') or 'unchanged'. */
export async function build({ root = packageRoot, types = true } = {}) {
  const report = [{ part: 'prisma client', outcome: await generate(root) }];
  await lock(root, 'build', async () => {
    report.push({ part: 'server', outcome: await buildServer(root) });
    for (const page of pages) report.push({ part: page.name, outcome: await buildPage(root, page) });
    if (types) report.push({ part: 'types', outcome: await buildTypes(root) });
  });
  return report;
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const quiet = process.argv.includes('--quiet');
  const startedAt = performance.now();
  try {
    const report = await build({ types: !quiet });
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    const changed = report.filter(({ outcome }) => outcome !== 'unchanged');
    if (!quiet) for (const { part, outcome } of report) console.log(`${part.padEnd(14)} ${outcome}`);
    const summary = changed.length === 0 ? 'up to date' : changed.map(({ part }) => part).join(', ');
    console.log(`build: ${summary} (${seconds} s) in ${path.join(packageRoot, 'dist')}`);
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
