#!/usr/bin/env node
import process from 'node:process';

const LEAST_NODE = [20, 19] as const;

// Before anything else is loaded: newer syntax in a module would fail in words that help nobody.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < LEAST_NODE[0] || (major === LEAST_NODE[0] && minor < LEAST_NODE[1])) {
  console.error(`desk-bridge needs Node ${LEAST_NODE.join('.')} or newer; this is ${process.versions.node}.`);
  process.exit(1);
}

const { run } = await import('./run.js');
const { createWorld } = await import('./world.js');
const { createApp } = await import('../app.js');

process.exitCode = await run(process.argv.slice(2), createWorld(createApp));
