import { Agent, request } from 'node:http';
import { openBenchDatabase } from './support/bench-database.js';
import { startBridge } from './support/bridge.js';
import { startChild } from './support/child.js';
import { webhookBody } from './support/load.js';
import { costSoFar } from './support/processor-time.js';
import type { Figure } from './support/report.js';
import { median, preciseNow, quantile } from './support/statistics.js';

const PER_SECOND = 100;
const SECONDS = 10;
const SOCKETS = 100;
const CONVERSATIONS = 50;

/** From sending a webhook to the agents' screens. */
export async function benchSocket(kind: 'server' | 'embedded', runs: number): Promise<Figure> {
  const p50: number[] = [];
  const p99: number[] = [];
  const bare: number[] = [];
  const spent: { processMilliseconds: number; serverMilliseconds: number }[] = [];
  let missing = 0;
  for (let run = 0; run < runs; run += 1) {
    const express = await startChild<{ port: number }>('bench/support/bare-express.ts');
    const agent = new Agent({ keepAlive: true });
    const url = `http://127.0.0.1:${express.ready.port}/webhooks/bench`;
    bare.push(median(await pacedPosts(agent, url, 'token', 2)));
    await express.stop();

    const database = await openBenchDatabase(kind);
    const bridge = await startBridge(kind, { database });
    const agents = await startChild<object>('bench/support/agents-process.ts');
    await agents.ask({ url: bridge.ready.url, token: bridge.ready.apiKey, sockets: SOCKETS });
    const webhook = bridge.ready.url + bridge.ready.webhookPath;
    await pacedPosts(agent, webhook, bridge.ready.webhookToken, 3);
    await pause(500);
    await agents.ask('latencies');
    const cost = await costSoFar(bridge.process.pid, database);
    await pacedPosts(agent, webhook, bridge.ready.webhookToken, SECONDS);
    await pause(1_000);
    spent.push(await cost(PER_SECOND * SECONDS));
    const { latencies } = await agents.ask<{ latencies: number[] }>('latencies');
    missing += PER_SECOND * SECONDS * SOCKETS - latencies.length;
    p50.push(median(latencies));
    p99.push(quantile(latencies, 0.99));
    await agents.stop();
    await bridge.stop();
    await database.drop();
    agent.destroy();
  }
  const of = (name: 'processMilliseconds' | 'serverMilliseconds'): number =>
    median(spent.map((each) => each[name]));
  const numbers = {
    p50: median(p50),
    p99: median(p99),
    processMilliseconds: of('processMilliseconds'),
    serverMilliseconds: of('serverMilliseconds'),
  };
  return {
    name: `webhook sent → agent's socket, ${PER_SECOND} msg/s, ${SOCKETS} agents, ${kind === 'server' ? 'PostgreSQL' : 'embedded'}`,
    value: `p50 ${numbers.p50.toFixed(1)} ms, p99 ${numbers.p99.toFixed(1)} ms (${numbers.processMilliseconds.toFixed(2)} + ${numbers.serverMilliseconds.toFixed(2)} ms of process and server each)`,
    baseline: `a bare Express POST and its answer, same pace: p50 ${median(bare).toFixed(1)} ms`,
    numbers,
    reach: 'p50 ≤ 5 ms, p99 ≤ 25 ms',
    runs,
    errors: missing,
  };
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Posts at an even pace. @returns the milliseconds until each answer */
async function pacedPosts(agent: Agent, url: string, token: string, seconds: number): Promise<number[]> {
  const answers: Promise<number>[] = [];
  const from = performance.now();
  for (let n = 0; n < PER_SECOND * seconds; n += 1) {
    const wait = from + (n * 1_000) / PER_SECOND - performance.now();
    if (wait > 0) await pause(wait);
    answers.push(
      post(agent, url, webhookBody(token, `conversation-${n % CONVERSATIONS}`, `at ${preciseNow()}`)),
    );
  }
  return Promise.all(answers);
}

function post(agent: Agent, url: string, body: string): Promise<number> {
  const from = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method: 'POST', agent, headers: { 'content-type': 'application/json' } },
      (response) => {
        response.resume();
        response.once('end', () => resolve(performance.now() - from));
      },
    );
    sent.once('error', reject);
    sent.end(body);
  });
}
