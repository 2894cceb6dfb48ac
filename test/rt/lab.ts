import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../support/free-port.js';
import { waitFor } from '../support/wait-for.js';

const run = promisify(execFile);
const server = '/usr/share/request-tracker5/libexec/rt-server';
const perl = '/usr/bin/perl';
const setup = '/usr/sbin/rt-setup-database-5';
const scripts = path.resolve('scripts', 'rt');
const page = path.resolve('docs', 'connectors', 'request-tracker.md');

export const rtIsInstalled = existsSync(server) && existsSync(setup);

/** A real Request Tracker of the test's own, in a directory and on a port of its own. */
export interface RtLab {
  /** Of RT itself. */
  url: string;
  tokens: Record<'bridge' | 'ada' | 'grace' | 'root', string>;
  start(): Promise<void>;
  /** As an administrator does it. */
  stop(): Promise<void>;
  /** Enters our Scrip, or takes it away. */
  setScrip(webhook: { url: string; token: string } | null): void;
  /** Grants a right on the queue `Chat`, or takes it away. `holder`: a user, or a role of the queue's. */
  setRight(deed: 'grant' | 'revoke', holder: string, right: string): void;
  /** What stands in RT's database, as `dump.pl` tells it. */
  dump(ticketId?: string): Promise<unknown>;
  /** What RT has mailed so far. */
  mails(): string;
  log(): string;
  close(): Promise<void>;
}

export async function openLab(): Promise<RtLab> {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'rt-lab-'));
  const port = await freePort();
  const database = path.join(directory, 'rt.sqlite');
  for (const inner of ['config', 'mason', 'session']) mkdirSync(path.join(directory, inner));
  const site = path.join(directory, 'site.pm');
  writeFileSync(site, siteConfig(directory, database, port));
  // Nothing of the machine's own RT is read or written.
  const { PATH = '/usr/bin:/bin:/usr/sbin:/sbin' } = process.env;
  const env = {
    PATH,
    HOME: directory,
    LC_ALL: 'C.UTF-8',
    RT_SITE_CONFIG: site,
    RT_SITE_CONFIG_DIR: path.join(directory, 'config'),
  };
  await run(setup, ['--action', 'init', '--skip-create'], { env, timeout: 300_000 });
  const seeded = await run(perl, [path.join(scripts, 'seed.pl')], { env, timeout: 300_000 });
  const tokens = JSON.parse(seeded.stdout.trim().split('\n').at(-1) ?? '') as RtLab['tokens'];

  const administer = (script: string, words: string[]): void => {
    execFileSync(perl, [path.join(scripts, script), ...words], {
      env,
      timeout: 300_000,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
  };

  let child: ChildProcess | undefined;
  let written = '';
  const url = `http://127.0.0.1:${port}`;
  const answers = async (): Promise<boolean> => {
    const headers = { authorization: `token ${tokens.root}` };
    return (await fetch(`${url}/REST/2.0/rt`, { headers, signal: AbortSignal.timeout(5_000) })).ok;
  };
  const lab: RtLab = {
    url,
    tokens,
    async start() {
      const words = ['--host', '127.0.0.1', '--port', String(port), '--max-workers', '4'];
      // A group of its own: RT's workers go with it.
      child = spawn('sh', ['-c', untilStdinEnds, server, ...words], { env, detached: true });
      for (const stream of [child.stdout, child.stderr])
        stream?.on('data', (chunk: Buffer) => {
          written += chunk.toString('utf8');
        });
      await waitFor('Request Tracker to answer', answers, 180);
    },
    async stop() {
      const group = child?.pid;
      if (child === undefined || group === undefined || child.exitCode !== null) return;
      const ended = new Promise((resolve) => child?.once('close', resolve));
      process.kill(-group, 'SIGTERM');
      const late = setTimeout(() => process.kill(-group, 'SIGKILL'), 5_000);
      await ended;
      clearTimeout(late);
      child = undefined;
    },
    setScrip: (webhook) =>
      administer('scrip.pl', [page, ...(webhook === null ? [] : [webhook.url, webhook.token])]),
    setRight: (deed, holder, right) => administer('right.pl', [deed, 'Chat', holder, right]),
    async dump(ticketId) {
      const words = [path.join(scripts, 'dump.pl'), database, ...(ticketId === undefined ? [] : [ticketId])];
      const { stdout } = await run(perl, words, { env, maxBuffer: 256 * 1_048_576, timeout: 120_000 });
      return JSON.parse(stdout) as unknown;
    },
    mails: () =>
      readdirSync(directory)
        .filter((name) => name.endsWith('.mbox'))
        .map((name) => readFileSync(path.join(directory, name), 'utf8'))
        .join(''),
    log: () => written,
    async close() {
      await lab.stop();
      rmSync(directory, { recursive: true, force: true });
    },
  };
  await lab.start();
  return lab;
}

/** RT ends with the test's process, however that ends: nothing is left running. */
const untilStdinEnds = 'exec 3<&0; "$0" "$@" <&- & cat <&3 >/dev/null; kill $!; wait';

const siteConfig = (directory: string, database: string, port: number): string => `
Set($rtname, 'desk.example');
Set($Organization, 'desk.example');
Set($Timezone, 'Europe/Berlin');
Set($DatabaseType, 'SQLite');
Set($DatabaseName, '${database}');
Set($WebPath, '');
Set($WebDomain, '127.0.0.1');
Set($WebPort, ${port});
Set($WebBaseURL, 'http://127.0.0.1:${port}');
Set($CorrespondAddress, 'rt@desk.example');
Set($CommentAddress, 'rt-comment@desk.example');
# Into a file: no mail leaves the machine.
Set($MailCommand, 'mbox');
Set($LogToSTDERR, 'error');
Set($LogToSyslog, undef);
$VarPath = '${directory}';
$MasonDataDir = '${directory}/mason';
$MasonSessionDir = '${directory}/session';
1;
`;
