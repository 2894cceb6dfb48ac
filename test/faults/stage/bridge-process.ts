import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { waitFor } from '../../support/wait-for.js';

export const root = fileURLToPath(new URL('../../..', import.meta.url));
const mainOf = (tree: string): string => path.join(tree, 'dist', 'src', 'main.js');
const HOOKS = pathToFileURL(path.join(root, 'test', 'faults', 'hooks', 'register.mjs')).href;
/** The shell becomes what it runs, which keeps its number. */
const JOIN_GROUP = 'echo $$ > "$0" && exec "$@"';
/** Starting takes a second or two; a loud machine may take many times that. */
const READY_SECONDS = 180;

/** What is done to the product's modules as they are loaded, by name; see hooks/. */
export type Tampering = Record<string, string>;

export interface StartOptions {
  env?: Record<string, string>;
  tampering?: Tampering;
  /** Where the built product of another version lies; this one when it is missing. */
  tree?: string;
  /** A control group whose limits it lives under, from its first instruction on. */
  group?: string;
  /** False: the caller expects that it will not live to be ready. */
  waitUntilReady?: boolean;
}

/** The built bridge as a process that can be hurt, and started again on the same port. */
export interface BridgeProcess {
  readonly url: string;
  readonly port: number;
  readonly isAlive: boolean;
  /** Whether it takes requests and sockets; one that works behind the others takes none. */
  readonly serves: boolean;
  start(options?: StartOptions): Promise<void>;
  /** kill -9; ends when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM. @returns the exit code */
  terminate(): Promise<number | null>;
  /** SIGSTOP and SIGCONT. */
  pause(): void;
  resume(): void;
  /** SIGUSR2: it does nothing else for a while, where it was started to (see hooks/). */
  block(): void;
  /** Ends when the process has ended, however. */
  ended(): Promise<{ code: number | null; signal: string | null }>;
  isReady(): Promise<boolean>;
  /** The end of what it has written. */
  output(): string;
}

export function createBridgeProcess(options: {
  port: number;
  env: Record<string, string>;
  cwd: string;
  logFile: string;
  /** Of one that takes no requests: whether the process of that number is at work. */
  isAtWork?: (pid: number) => Promise<boolean>;
}): BridgeProcess {
  if (!existsSync(mainOf(root))) throw new Error(`${mainOf(root)} is not there: npm run build`);
  const url = `http://127.0.0.1:${options.port}`;
  let child: ChildProcess | undefined;
  let written = '';

  const isAlive = (): boolean => child !== undefined && child.exitCode === null && child.signalCode === null;
  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> => {
    if (child === undefined || !isAlive()) return child?.exitCode ?? null;
    const ended = once(child, 'exit');
    child.kill(signal);
    const [code] = (await ended) as [number | null];
    return code;
  };
  const { isAtWork } = options;
  const isReady = async (): Promise<boolean> => {
    if (isAtWork !== undefined) return isAlive() && isAtWork(child?.pid ?? 0);
    const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(5_000) });
    await answer.arrayBuffer();
    return answer.ok;
  };
  return {
    url,
    port: options.port,
    serves: isAtWork === undefined,
    get isAlive() {
      return isAlive();
    },
    async start({ env = {}, tampering, tree = root, group, waitUntilReady = true } = {}) {
      if (isAlive()) throw new Error('it is running already');
      const { PATH = '', HOME = '' } = process.env;
      const command = [
        ...(group === undefined ? [] : ['/bin/sh', '-c', JOIN_GROUP, path.join(group, 'cgroup.procs')]),
        process.execPath,
        ...(tampering === undefined ? [] : ['--import', HOOKS]),
        mainOf(tree),
      ];
      child = spawn(command[0] ?? '', command.slice(1), {
        env: {
          ...{ PATH, HOME, PORT: String(options.port) },
          ...options.env,
          ...env,
          ...(tampering === undefined ? {} : { FAULTS_TAMPERING: JSON.stringify(tampering) }),
        },
        cwd: options.cwd,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      for (const stream of [child.stdout, child.stderr]) {
        stream?.on('data', (chunk: Buffer) => {
          written = (written + chunk.toString('utf8')).slice(-200_000);
          appendFileSync(options.logFile, chunk);
        });
      }
      if (!waitUntilReady) return;
      await waitFor(
        'the bridge to be ready',
        async () => {
          if (!isAlive()) return true;
          return isReady();
        },
        READY_SECONDS,
      );
      if (!isAlive()) throw new Error(`the bridge ended as it started: ${written.slice(-2_000)}`);
    },
    kill: async () => {
      await end('SIGKILL');
    },
    terminate: () => end('SIGTERM'),
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    block: () => void child?.kill('SIGUSR2'),
    async ended() {
      if (child !== undefined && isAlive()) await once(child, 'exit');
      return { code: child?.exitCode ?? null, signal: child?.signalCode ?? null };
    },
    isReady: () => isReady().catch(() => false),
    output: () => written,
  };
}
