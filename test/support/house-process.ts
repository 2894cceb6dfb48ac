import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { freePort } from './free-port.js';
import { houseEnv, openApp } from './house.js';
import { openTenancy, type Tenancy } from './tenancy.js';
import { createTestDatabase, type DatabaseKind } from './test-database.js';
import { waitFor } from './wait-for.js';

/** The built bridge as a process of its own, with its WotNot in the test's process, which survives it. */
export interface HouseProcess extends Tenancy {
  url: string;
  start(): Promise<void>;
  /** kill -9. */
  kill(): Promise<void>;
  /** SIGTERM. @returns the exit code */
  terminate(): Promise<number | null>;
  /** What the process has written. */
  output(): string;
  close(): Promise<void>;
}

const MAIN = path.resolve('dist', 'src', 'main.js');

export async function openHouseProcess(options: {
  database: DatabaseKind;
  env?: Record<string, string>;
}): Promise<HouseProcess> {
  if (!existsSync(MAIN)) throw new Error(`${MAIN} is not there: npm run build`);
  const database = await createTestDatabase(options.database);
  const env = {
    ...houseEnv,
    LOG_LEVEL: 'warn',
    ...database.env,
    PORT: String(await freePort()),
    SECRET_KEY: randomBytes(32).toString('base64'),
    ...options.env,
  };
  const { app } = await openApp(env);
  const { url } = await app.start();
  const tenancy = await openTenancy(app, url, 'Workspace');
  await app.stop();

  let child: ChildProcess | undefined;
  let written = '';
  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return null;
    const ended = once(child, 'exit');
    child.kill(signal);
    const [code] = (await ended) as [number | null];
    return code;
  };
  const house: HouseProcess = {
    ...tenancy,
    url,
    async start() {
      const { PATH = '', HOME = '' } = process.env;
      child = spawn(process.execPath, [MAIN], {
        env: { PATH, HOME, ...env },
        cwd: database.directory,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      for (const stream of [child.stdout, child.stderr]) {
        stream?.on('data', (chunk: Buffer) => {
          written += chunk.toString('utf8');
        });
      }
      await waitFor('the bridge to be ready', async () => (await fetch(`${url}/health/ready`)).ok, 20);
    },
    kill: async () => {
      await end('SIGKILL');
    },
    terminate: () => end('SIGTERM'),
    output: () => written,
    async close() {
      await tenancy.leave();
      await end('SIGKILL');
      await database.drop();
    },
  };
  await house.start();
  return house;
}
