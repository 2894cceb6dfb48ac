import { openBenchDatabase } from './support/bench-database.js';
import { type BenchBridge, startBridge } from './support/bridge.js';
import { pause } from './support/call.js';
import { startChild } from './support/child.js';
import { postWebhooks } from './support/load.js';
import type { Figure } from './support/report.js';
import { median } from './support/statistics.js';

const SECONDS = 8;
const CONNECTIONS = 64;
const CONVERSATIONS = 500;
const SOCKETS = 5;
/** For what was accepted to come out at the other end. */
const DRAIN_SECONDS = 120;

export interface CrossingSpeed {
  perSecond: number;
  missing: number;
}

/**
 * Webhooks as fast as they are answered, until all of them are on every agent's screen. Delivery to a ticket is not
 * part of it: `whatCrosses` is where it is named once a desk is connected, and `measureCrossing` waits for it then.
 */
export async function benchCrossing(runs: number): Promise<Figure> {
  const ours: CrossingSpeed[] = [];
  const relays: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    relays.push(await measureRelay());
    const bridge = await startBridge('server');
    ours.push(await measureCrossing(bridge));
    await bridge.stop();
  }
  const perSecond = median(ours.map((speed) => speed.perSecond));
  const relay = median(relays);
  return {
    name: `whole crossing, ${whatCrosses}, one process, PostgreSQL, sustained`,
    value: `${Math.round(perSecond)}/s`,
    baseline: `a plain relay (Express, one Prisma insert per row, awaited axios call) ${Math.round(relay)}/s`,
    ratio: median(ours.map((speed, index) => speed.perSecond / (relays[index] ?? Number.NaN))),
    numbers: { perSecond, relay },
    reach: '≥ 1,000/s, ≥ 3 ×',
    runs,
    errors: ours.reduce((sum, { missing }) => sum + missing, 0),
  };
}

const whatCrosses = 'intake, projection, socket';

/** Sustained: all that was accepted, over the time from the first webhook to the last fact on the last screen. */
export async function measureCrossing(bridge: BenchBridge): Promise<CrossingSpeed> {
  const agents = await startChild<object>('bench/support/agents-process.ts');
  await agents.ask({ url: bridge.ready.url, token: bridge.ready.apiKey, sockets: SOCKETS });
  const from = performance.now();
  const load = await postWebhooks({
    url: bridge.ready.url + bridge.ready.webhookPath,
    token: bridge.ready.webhookToken,
    connections: CONNECTIONS,
    seconds: SECONDS,
    conversations: CONVERSATIONS,
  });
  const owed = load.accepted * SOCKETS;
  let shown = 0;
  let lastAt = performance.now();
  // Requests that were cut off at the end may have been recorded without their answer: more may come than is owed.
  while (shown < owed && performance.now() - lastAt < DRAIN_SECONDS * 1_000) {
    const { latencies } = await agents.ask<{ latencies: number[] }>('latencies');
    if (latencies.length > 0) lastAt = performance.now();
    shown += latencies.length;
    if (shown < owed) await pause(20);
  }
  await agents.stop();
  return {
    perSecond: (Math.min(shown, owed) / SOCKETS / (lastAt - from)) * 1_000,
    missing: Math.max(0, owed - shown),
  };
}

async function measureRelay(): Promise<number> {
  const database = await openBenchDatabase('server');
  const far = await startChild<{ url: string }>('bench/support/wotnot-process.ts');
  const relay = await startChild<{ port: number }>('bench/support/plain-relay.ts', {
    args: [far.ready.url],
    env: database.env,
  });
  const load = await postWebhooks({
    url: `http://127.0.0.1:${relay.ready.port}/webhooks/bench`,
    token: 'token',
    connections: CONNECTIONS,
    seconds: SECONDS,
    conversations: CONVERSATIONS,
  });
  await relay.stop();
  await far.stop();
  await database.drop();
  return load.perSecond;
}
