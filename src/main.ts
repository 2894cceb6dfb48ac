import process from 'node:process';
import { createApp } from './app.js';
import { serve } from './cli/serve.js';
import { createWorld } from './cli/world.js';

process.exitCode = await serve(createWorld(createApp));

// The process ends because nothing is left to do. Should something hold it nevertheless, this does not.
setTimeout(() => process.exit(), 3_000).unref();
