import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, inject, it, vi } from 'vitest';
import { freePort } from '../../support/free-port.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';

// A process of its own reads the source first.
vi.setConfig({ testTimeout: 300_000 });

const MAIN = path.resolve('src', 'main.ts');
const LOADER = new URL('../../../scripts/ts-loader.mjs', import.meta.url).href;

/** Runs the process until it ends, or until it has written what it is waited for, which ends it. */
function start(words: string[], env: Record<string, string>, until?: string) {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, ['--import', LOADER, MAIN, ...words], {
    env: { PATH, HOME, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return new Promise<{ code: number | null; written: string }>((resolve) => {
    let written = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        written += chunk.toString('utf8');
        // Once: a second signal would end it at once.
        if (until !== undefined && !child.killed && written.includes(until)) child.kill('SIGTERM');
      });
    }
    child.once('close', (code) => resolve({ code, written }));
  });
}

describe('npm start', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await createTestDatabase(inject('postgresUrl') === null ? 'embedded' : 'server');
  });
  afterEach(() => database.drop());

  it.each([
    [['--rolls=http'], "unknown option '--rolls=http'"],
    [['http'], 'too many arguments'],
    [['--roles=http,escalation'], 'ROLES must be all or some of http, gateway, projection, delivery'],
  ])('refuses %j, starts nothing and says why', async (words, sentence) => {
    const env = { ...database.env, SECRET_KEY: randomBytes(32).toString('base64') };
    const { code, written } = await start(words, env);
    expect(written).toContain(sentence);
    expect(code).toBe(2);
    expect(written).not.toMatch(/process\.started|^\s+at /mu);
  });

  it.skipIf(inject('postgresUrl') === null)('starts the parts that --roles names, and no other', async () => {
    const env = {
      ...database.env,
      SECRET_KEY: randomBytes(32).toString('base64'),
      PORT: String(await freePort()),
      LOG_FORMAT: 'json',
    };
    const { code, written } = await start(['--roles=http,gateway'], env, 'process.started');
    const line = written.split('\n').find((one) => one.includes('process.started')) ?? '{}';
    expect(JSON.parse(line)).toMatchObject({ roles: ['http', 'gateway'] });
    expect(code).toBe(0);
  });

  it('starts no part alone on the embedded database', async () => {
    const { code, written } = await start(['--roles=http'], { DATA_DIR: database.directory });
    expect(written).toContain('ROLES must be all without DATABASE_URL');
    expect(code).toBe(2);
  });
});
