import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const lockModule = pathToFileURL(path.resolve('scripts/lock.mjs')).href;

/** Appends `in` and `out` around its stay in the lock, with a pause between to give others a chance to enter. */
const visitor = `
  import { appendFileSync } from 'node:fs';
  import { setTimeout as wait } from 'node:timers/promises';
  import { lock } from ${JSON.stringify(lockModule)};
  await lock(process.cwd(), 'test', async () => {
    appendFileSync('visits', 'in\\n');
    await wait(20);
    appendFileSync('visits', 'out\\n');
  });
`;

let root: string;

beforeEach(() => {
  root = mkdtempSync(path.join(os.tmpdir(), 'lock-'));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function visit(): Promise<number | null> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', visitor], {
    cwd: root,
    stdio: 'inherit',
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', resolve);
  });
}

function leaveLockOf(content: string): void {
  const folder = path.join(root, 'node_modules', '.cache', 'agent-desk-bridge');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'test.lock'), content);
}

test('two processes are never inside the same lock', async () => {
  const exits = await Promise.all(Array.from({ length: 6 }, visit));
  expect(exits).toEqual([0, 0, 0, 0, 0, 0]);
  expect(readFileSync(path.join(root, 'visits'), 'utf8')).toBe('in\nout\n'.repeat(6));
});

test('the lock of a process that died is taken over, by one at a time', async () => {
  const died = spawn(process.execPath, ['-e', '']);
  await new Promise((resolve) => died.once('exit', resolve));
  leaveLockOf(String(died.pid));
  await Promise.all(Array.from({ length: 4 }, visit));
  expect(readFileSync(path.join(root, 'visits'), 'utf8')).toBe('in\nout\n'.repeat(4));
});
