import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Agent } from 'node:http';
import { openBenchDatabase } from './support/bench-database.js';
import { benchEnv, startBridge } from './support/bridge.js';
import { call, pause, paced } from './support/call.js';
import { root, startChild } from './support/child.js';
import { webhookBody } from './support/load.js';
import type { Figure } from './support/report.js';
import { median } from './support/statistics.js';

const SOCKETS = 2_000;
/** Each of them goes to every socket: four thousand frames a second, which the other side must be able to take. */
const PER_SECOND = 2;
const SECONDS = 30;
const DRAIN_SECONDS = 60;

/** What the built product holds with so many agents connected, while messages come in for all of them. */
export async function benchMemory(runs: number): Promise<Figure> {
  const idle: number[] = [];
  const connected: number[] = [];
  const busy: number[] = [];
  const after: number[] = [];
  let missing = 0;
  for (let run = 0; run < runs; run += 1) {
    const database = await openBenchDatabase('server');
    const furnishing = await startBridge('server', { database });
    const facts = furnishing.ready;
    await furnishing.stop();
    const port = 20_000 + Math.floor(Math.random() * 20_000);
    const url = `http://127.0.0.1:${port}`;
    const product = spawn(process.execPath, [path.join(root, 'dist/src/main.js')], {
      env: { ...process.env, ...benchEnv, ...database.env, LOG_LEVEL: 'error', PORT: String(port) },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    while (!(await isReady(url))) await pause(50);
    idle.push(residentMegabytes(product));
    const agents = await startChild<object>('bench/support/agents-process.ts');
    await agents.ask({ url, token: facts.apiKey, sockets: SOCKETS });
    connected.push(residentMegabytes(product));
    const agent = new Agent({ keepAlive: true });
    let highest = 0;
    await paced(PER_SECOND * SECONDS, PER_SECOND, async (n) => {
      const body = webhookBody(facts.webhookToken, `conversation-${n % 50}`, `at ${n}`);
      // One that is turned away is missing on every screen, and counted there.
      await call(agent, 'POST', url + facts.webhookPath, {}, body).catch(() => undefined);
      highest = Math.max(highest, residentMegabytes(product));
    });
    let owed = PER_SECOND * SECONDS * SOCKETS;
    for (let second = 0; owed > 0 && second < DRAIN_SECONDS; second += 1) {
      await pause(1_000);
      owed -= (await agents.ask<{ latencies: number[] }>('latencies')).latencies.length;
    }
    missing += owed;
    after.push(residentMegabytes(product));
    busy.push(Math.max(highest, ...after.slice(-1)));
    agent.destroy();
    await agents.stop();
    product.kill('SIGTERM');
    await new Promise((resolve) => product.once('exit', resolve));
    await database.drop();
  }
  const [least, most] = [median(idle), median(busy)];
  const [quiet, end] = [median(connected), median(after)];
  return {
    name: `memory with ${SOCKETS} sockets, ${PER_SECOND} msg/s to each, PostgreSQL, highest`,
    value: `${Math.round(most)} MB RSS (connected and quiet ${Math.round(quiet)}, at the end ${Math.round(end)})`,
    baseline: `the same process before the first socket ${Math.round(least)} MB`,
    ratio: most / least,
    numbers: { idleMegabytes: least, connectedMegabytes: quiet, busyMegabytes: most, endMegabytes: end },
    reach: '≤ 250 MB',
    runs,
    errors: missing,
  };
}

const isReady = (url: string): Promise<boolean> =>
  fetch(`${url}/health/ready`).then(
    (answer) => answer.ok,
    () => false,
  );

/** What the system has given the process, as it counts. */
function residentMegabytes({ pid }: ChildProcess): number {
  const status = readFileSync(`/proc/${pid ?? 0}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/mu.exec(status)?.[1] ?? Number.NaN) / 1_024;
}
