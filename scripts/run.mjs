#!/usr/bin/env node
/*
 * `node scripts/run.mjs dist/src/main.js …` brings the build up to date and becomes that program, in this very
 * process, so that a signal reaches it and its exit status is the program's own.
 */
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { stop as stopCompiler } from 'esbuild';
import { build } from './build.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const program = process.argv[2];
if (program === undefined) throw new Error('usage: node scripts/run.mjs <program> [arguments]');

if (process.env.npm_lifecycle_event !== undefined) endWithStarter();
await build({ root, types: false });
await stopCompiler();
const file = path.resolve(root, program);
process.argv = [process.argv[0], file, ...process.argv.slice(3)];
await import(pathToFileURL(file).href);

/**
 * npm puts a shell between itself and this process and passes a SIGTERM to the shell alone, which dies of it
 * and would leave this process behind: its end is taken for the signal.
 */
function endWithStarter() {
  const starter = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === starter) return;
    clearInterval(watch);
    process.kill(process.pid, 'SIGTERM');
  }, 250);
  watch.unref();
}
