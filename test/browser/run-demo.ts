import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { DemoLinks } from '../../src/cli/demo/demo-links.js';
import { freePort } from '../support/free-port.js';
import { waitFor } from '../support/wait-for.js';

/** The built demo in a process of its own, as a newcomer starts it, on ports and in a directory that nobody has. */
export async function runDemo(
  words: string[],
  patienceSeconds = 90,
): Promise<{ links: DemoLinks; stop(): Promise<void> }> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'demo-'));
  const ports = {
    PORT: String(await freePort()),
    SANDBOX_PORT: String(await freePort()),
    DESK_PORT: String(await freePort()),
  };
  const demo = spawn(process.execPath, ['scripts/run.mjs', 'dist/src/cli/main.js', 'demo', ...words], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], DATA_DIR: directory, ...ports },
    stdio: 'ignore',
  });
  const stop = async (): Promise<void> => {
    const ended = new Promise((resolve) => demo.once('exit', resolve));
    demo.kill('SIGTERM');
    await ended;
    rmSync(directory, { recursive: true, force: true });
  };
  const file = path.join(directory, 'demo.json');
  try {
    await waitFor('the links of the demo', () => existsSync(file) || undefined, patienceSeconds);
  } catch (error) {
    await stop();
    throw error;
  }
  return { links: JSON.parse(readFileSync(file, 'utf8')) as DemoLinks, stop };
}
