import { randomBytes } from 'node:crypto';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { root } from './support/child.js';
import type { Figure } from './support/report.js';
import { median } from './support/statistics.js';

const SERVER = process.env.TEST_DATABASE_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';

/** From starting the built product to /health/ready, on a database that is up to date. */
export async function benchStart(kind: 'server' | 'embedded', runs: number): Promise<Figure> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'desk-bridge-bench-'));
  const database = `desk_bridge_bench_start_${process.pid}`;
  const url = new URL(SERVER);
  url.pathname = `/${database}`;
  const client = kind === 'server' ? new pg.Client({ connectionString: SERVER }) : undefined;
  await client?.connect();
  await client?.query(`CREATE DATABASE ${database}`);
  const key = randomBytes(32).toString('base64');
  const env = {
    DATA_DIR: directory,
    LOG_LEVEL: 'error',
    ...(kind === 'server' ? { DATABASE_URL: url.href, SECRET_KEY: key } : {}),
  };
  const first = await timeToReady(env);
  const seconds: number[] = [];
  for (let run = 0; run < runs; run += 1) seconds.push(await timeToReady(env));
  await client?.query(`DROP DATABASE ${database} WITH (FORCE)`);
  await client?.end();
  rmSync(directory, { recursive: true, force: true });
  return {
    name: `start to ready, ${kind === 'server' ? 'PostgreSQL' : 'embedded'}`,
    value: `${median(seconds).toFixed(2)} s (first run, with migrations: ${first.toFixed(2)} s)`,
    baseline: `an empty Node process: ${(await timeOfNothing()).toFixed(2)} s`,
    reach: kind === 'server' ? '≤ 2 s' : '≤ 4 s after the first run',
    runs,
    errors: 0,
  };
}

async function timeToReady(env: Record<string, string>): Promise<number> {
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const from = performance.now();
  const child = spawn(process.execPath, [path.join(root, 'dist/src/main.js')], {
    env: { ...process.env, ...env, PORT: String(port) },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  try {
    while (!(await isReady(port))) {
      if (child.exitCode !== null) throw new Error(`the bridge ended with ${child.exitCode}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return (performance.now() - from) / 1_000;
  } finally {
    await ended(child);
  }
}

const isReady = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/health/ready`).then(
    (answer) => answer.ok,
    () => false,
  );

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
}

async function timeOfNothing(): Promise<number> {
  const from = performance.now();
  await new Promise((resolve) => spawn(process.execPath, ['-e', '0']).once('exit', resolve));
  return (performance.now() - from) / 1_000;
}
