import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createApp } from '../../../src/app.js';
import { loadConfig } from '../../../src/config/config.js';
import { createTelemetry } from '../../../src/telemetry/telemetry.js';
import { freePort } from '../../support/free-port.js';
import { openTenancy, type Tenancy } from '../../support/tenancy.js';
import { waitFor } from '../../support/wait-for.js';

const MAIN = path.resolve('dist', 'src', 'main.js');
/** A second or two; a loud machine may take many times that. */
const READY_SECONDS = 180;

/** The built bridge as a process, on a database that is done harm to; its WotNot lives in this process. */
export interface LabHouse extends Tenancy {
  url: string;
  /** More workspaces, each with a WotNot of its own, as asked for when the house was opened. */
  others: Tenancy[];
  pid(): number;
  start(): Promise<void>;
  kill(): Promise<void>;
  /** SIGTERM. @returns the exit code */
  terminate(): Promise<number | null>;
  isRunning(): boolean;
  /** How often the process has been started: 1 while it survives. */
  starts(): number;
  output(): string;
  /** Lines of its log with this event. */
  logged(event: string): Record<string, unknown>[];
  weigh(): { rssMegabytes: number; files: number };
  close(): Promise<void>;
}

export interface LabHouseOptions {
  /** undefined: embedded, in `directory`. */
  databaseUrl?: string | undefined;
  /** Where to furnish it, when the process itself goes through something that does harm. */
  furnishUrl?: string | undefined;
  /** Of DATA_DIR. */
  directory?: string;
  env?: Record<string, string>;
  /** Modules loaded before the bridge's own. */
  preload?: string[];
  /** Put before `node`: `prlimit`, for instance. */
  command?: string[];
  workspaces?: number;
}

/** No limit of the door stands in a campaign's way, and what is unclear is judged soon. */
const LAB_ENV = {
  NODE_ENV: 'test',
  LOG_LEVEL: 'warn',
  ALLOW_PRIVATE_URLS: 'true',
  REQUESTS_PER_MINUTE_PER_ADDRESS: '1000000',
  REQUESTS_PER_MINUTE_PER_PRINCIPAL: '1000000',
  DELIVERIES_PER_SECOND_PER_CONNECTION: '10000',
  UNCERTAIN_GRACE_SECONDS: '3',
};

export async function openLabHouse(options: LabHouseOptions): Promise<LabHouse> {
  if (!existsSync(MAIN)) throw new Error(`${MAIN} is not there: npm run build`);
  const directory = options.directory ?? mkdtempSync(path.join(os.tmpdir(), 'desk-bridge-lab-data-'));
  const port = await freePort();
  const env: Record<string, string> = {
    ...LAB_ENV,
    DATA_DIR: directory,
    PORT: String(port),
    SECRET_KEY: randomBytes(32).toString('base64'),
    ...options.env,
  };
  const withDatabase = (url: string | undefined): Record<string, string> =>
    url === undefined ? env : { ...env, DATABASE_URL: url };
  const tenancies = await furnish(
    withDatabase(options.furnishUrl ?? options.databaseUrl),
    options.workspaces ?? 1,
  );
  const [first, ...others] = tenancies;
  if (first === undefined) throw new Error('a house has a workspace at least');

  let child: ChildProcess | undefined;
  let written = '';
  let starts = 0;
  const url = `http://127.0.0.1:${port}`;
  const isRunning = (): boolean =>
    child !== undefined && child.exitCode === null && child.signalCode === null;
  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> => {
    if (child === undefined || !isRunning()) return null;
    const ended = once(child, 'exit');
    child.kill(signal);
    const [code] = (await ended) as [number | null];
    return code;
  };
  const house: LabHouse = {
    ...first,
    url,
    others,
    isRunning,
    pid: () => child?.pid ?? 0,
    async start() {
      const { PATH = '', HOME = '' } = process.env;
      const node = [process.execPath, ...(options.preload ?? []).flatMap((file) => ['--import', file]), MAIN];
      const [command = '', ...given] = [...(options.command ?? []), ...node];
      starts += 1;
      child = spawn(command, given, {
        env: { PATH, HOME, ...withDatabase(options.databaseUrl) },
        cwd: directory,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      for (const stream of [child.stdout, child.stderr]) {
        stream?.on('data', (chunk: Buffer) => {
          written += chunk.toString('utf8');
        });
      }
      await waitFor(
        'the bridge to be ready',
        async () => {
          if (!isRunning()) throw new Error(`the bridge has ended: ${written.slice(-2_000)}`);
          return (await fetch(`${url}/health/ready`)).ok;
        },
        READY_SECONDS,
      );
    },
    kill: async () => {
      await end('SIGKILL');
    },
    terminate: () => end('SIGTERM'),
    starts: () => starts,
    output: () => written,
    logged: (event) => logLines(written).filter((line) => line.event === event),
    weigh: () => weighProcess(child?.pid ?? 0),
    async close() {
      for (const tenancy of tenancies) await tenancy.leave();
      await end('SIGKILL');
      if (options.directory === undefined) rmSync(directory, { recursive: true, force: true });
    },
  };
  try {
    await house.start();
  } catch (error) {
    await house.close();
    throw error;
  }
  return house;
}

/** Workspaces, connections and agents, made by a bridge in this process that is gone afterwards. */
async function furnish(env: Record<string, string>, workspaces: number): Promise<Tenancy[]> {
  const loaded = loadConfig(env);
  if (loaded.outcome === 'refused') throw new Error(loaded.mistakes.join('; '));
  const telemetry = createTelemetry({
    log: loaded.config.log,
    secretValues: loaded.secrets.values(),
    to: () => undefined,
    processMetrics: false,
  });
  const app = await createApp(loaded.config, loaded.secrets, telemetry);
  const { url } = await app.start();
  const tenancies: Tenancy[] = [];
  for (let n = 1; n <= workspaces; n += 1) tenancies.push(await openTenancy(app, url, `Workspace ${n}`));
  await app.stop();
  return tenancies;
}

function logLines(written: string): Record<string, unknown>[] {
  return written.split('\n').flatMap((line) => {
    try {
      const parsed: unknown = JSON.parse(line);
      return typeof parsed === 'object' && parsed !== null ? [{ ...parsed }] : [];
    } catch {
      return [];
    }
  });
}

/** What a process holds of memory and of file handles. */
function weighProcess(pid: number): { rssMegabytes: number; files: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kilobytes = Number(/^VmRSS:\s+(\d+)/mu.exec(status)?.[1] ?? 0);
  return { rssMegabytes: Math.round(kilobytes / 1024), files: readdirSync(`/proc/${pid}/fd`).length };
}
