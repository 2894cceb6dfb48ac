#!/usr/bin/env node
/*
 * `node scripts/run.mjs dist/src/main.js …` brings the build up to date and becomes that program, in this very
 * process, so that a signal sent to `npm start` reaches it and nothing is left behind.
 */
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from './build.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const program = process.argv[2];
if (program === undefined) throw new Error('usage: node scripts/run.mjs <program> [arguments]');

await build({ root, types: false });
const file = path.resolve(root, program);
process.argv = [process.argv[0], file, ...process.argv.slice(3)];
await import(pathToFileURL(file).href);
