import process from 'node:process';
import { createApp } from './app.js';
import { run } from './cli/run.js';
import { createWorld } from './cli/world.js';

// `desk-bridge serve`, and what it takes.
process.exitCode = await run(['serve', ...process.argv.slice(2)], createWorld(createApp));

// The process ends because nothing is left to do. Should something hold it nevertheless, this does not.
setTimeout(() => process.exit(), 3_000).unref();
