import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from '../../support/free-port.js';
import { waitFor } from '../../support/wait-for.js';

const run = promisify(execFile);
const DEBIAN = '/usr/lib/postgresql';

/** A PostgreSQL cluster of a campaign's own, that may be killed. */
export interface PostgresLab {
  port: number;
  directory: string;
  /** Of a database in it, through another port if something stands in between. */
  url(database?: string, port?: number): string;
  start(settings?: Settings): Promise<void>;
  /** kill -9 of the postmaster and of everything that it has started. */
  kill(): Promise<void>;
  stop(mode: 'fast' | 'immediate' | 'smart'): Promise<void>;
  isRunning(): boolean;
  /** Ends the sessions whose application's name begins so. @returns how many */
  terminate(applicationName: string): Promise<number>;
  /** One statement as the superuser, on a connection of its own. */
  query<Row extends pg.QueryResultRow>(sql: string, values?: unknown[], database?: string): Promise<Row[]>;
  createDatabase(name: string): Promise<void>;
  log(): string;
  drop(): Promise<void>;
}

export type Settings = Record<string, string | number>;

export interface LabOptions {
  settings?: Settings;
  /** A parent for the data directory; a small file system, for instance. */
  parent?: string;
  /** Put before the server's environment. */
  env?: Record<string, string>;
}

/** Why there can be no cluster here; undefined when there can. */
export function whyNoPostgres(): string | undefined {
  if (binaries() === undefined) return `no PostgreSQL binaries under ${DEBIAN}`;
  if (process.getuid?.() === 0 && serverUser() === undefined)
    return 'PostgreSQL does not run as root, and there is no user postgres or nobody';
  return undefined;
}

function binaries(): string | undefined {
  if (!existsSync(DEBIAN)) return undefined;
  const versions = readdirSync(DEBIAN).filter((name) => existsSync(path.join(DEBIAN, name, 'bin', 'initdb')));
  const newest = versions.sort((one, other) => Number(one) - Number(other)).at(-1);
  return newest === undefined ? undefined : path.join(DEBIAN, newest, 'bin');
}

/** PostgreSQL refuses to run as root, so somebody else does. */
function serverUser(): { uid: number; gid: number } | undefined {
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const found = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody');
  return found === undefined ? undefined : { uid: Number(found[2]), gid: Number(found[3]) };
}

/** Makes a fresh cluster, on a port of its own of this machine only, and starts it. */
export async function openPostgresLab(options: LabOptions = {}): Promise<PostgresLab> {
  const missing = whyNoPostgres();
  const bin = binaries();
  if (missing !== undefined || bin === undefined) throw new Error(missing);
  const as = process.getuid?.() === 0 ? serverUser() : undefined;
  const home = mkdtempSync(path.join(options.parent ?? os.tmpdir(), 'desk-bridge-lab-'));
  if (as !== undefined) chownSync(home, as.uid, as.gid);
  const directory = path.join(home, 'data');
  const port = await freePort();
  const env = { PATH: process.env.PATH ?? '', LC_ALL: 'C.UTF-8', ...options.env };
  const init = ['-D', directory, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync'];
  await run(path.join(bin, 'initdb'), [...init, '--wal-segsize=4'], { ...as, env, cwd: home });

  let child: ChildProcess | undefined;
  let log = '';
  const url: PostgresLab['url'] = (database = 'postgres', at = port) =>
    `postgres://postgres@127.0.0.1:${at}/${database}`;
  const query: PostgresLab['query'] = async (sql, values = [], database = 'postgres') => {
    const client = new pg.Client({
      connectionString: url(database),
      application_name: 'lab',
      connectionTimeoutMillis: 2_000,
    });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query(sql, values)).rows as never;
    } finally {
      await client.end().catch(() => undefined);
    }
  };
  const isRunning = (): boolean =>
    child !== undefined && child.exitCode === null && child.signalCode === null;

  const start = async (settings: Settings = {}): Promise<void> => {
    const all = { ...DEFAULTS, ...options.settings, ...settings, port };
    writeFileSync(
      path.join(directory, 'postgresql.auto.conf'),
      Object.entries(all)
        .map(([name, value]) => `${name} = '${value}'\n`)
        .join(''),
    );
    child = spawn(path.join(bin, 'postgres'), ['-D', directory], {
      ...as,
      env,
      cwd: home,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (bytes: Buffer) => {
        log = (log + bytes.toString('utf8')).slice(-400_000);
      });
    await waitFor('PostgreSQL to accept', () => query('SELECT 1').then(() => true), 30);
  };

  const stopWith = async (signal: NodeJS.Signals): Promise<void> => {
    if (child === undefined || !isRunning()) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  };

  const lab: PostgresLab = {
    port,
    directory,
    url,
    start,
    query,
    isRunning,
    async kill() {
      const pid = child?.pid;
      if (pid === undefined || !isRunning()) return;
      const backends = childrenOf(pid);
      const ended = once(child as ChildProcess, 'exit');
      process.kill(pid, 'SIGKILL');
      for (const backend of backends) killIfThere(backend);
      await ended;
      // A backend that was being forked at that instant outlives its parent for a moment and holds the memory.
      await waitFor('every backend to be gone', () => backends.every((backend) => !isThere(backend)), 10);
    },
    stop: (mode) => stopWith(SIGNAL_OF[mode]),
    async terminate(applicationName) {
      const rows = await query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE starts_with(application_name, $1)`,
        [applicationName],
      );
      return rows.length;
    },
    async createDatabase(name) {
      await query(`CREATE DATABASE "${name}"`);
    },
    log: () => log,
    async drop() {
      await stopWith('SIGQUIT');
      rmSync(home, { recursive: true, force: true });
    },
  };
  try {
    await start();
  } catch (error) {
    await lab.drop();
    throw new Error(`PostgreSQL did not start: ${log.slice(-2_000)}`, { cause: error });
  }
  return lab;
}

/** As durable as a real server, and small. */
const DEFAULTS: Settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: 60,
  shared_buffers: '32MB',
  max_wal_size: '128MB',
  checkpoint_timeout: '5min',
  logging_collector: 'off',
  log_min_messages: 'warning',
};

const SIGNAL_OF = { smart: 'SIGTERM', fast: 'SIGINT', immediate: 'SIGQUIT' } as const;

function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .map(Number)
    .filter((candidate) => parentOf(candidate) === pid);
}

function parentOf(pid: number): number | undefined {
  try {
    return Number(/^PPid:\s+(\d+)/mu.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  } catch {
    return undefined;
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has followed its parent already.
  }
}

function isThere(pid: number): boolean {
  try {
    return !/^State:\s+Z/mu.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
