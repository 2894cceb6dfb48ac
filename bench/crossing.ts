import { Agent } from 'node:http';
import { type BenchDatabase, openBenchDatabase } from './support/bench-database.js';
import { type BenchBridge, startBridge } from './support/bridge.js';
import { call, pause } from './support/call.js';
import { startChild } from './support/child.js';
import { postWebhooks, webhookBody } from './support/load.js';
import { costSoFar } from './support/processor-time.js';
import type { Figure } from './support/report.js';
import { median } from './support/statistics.js';

const SECONDS = 8;
const CONNECTIONS = 64;
const CONVERSATIONS = 500;
/**
 * For both sides alike, before anything is counted: a process that has just started is not what is compared, and
 * every conversation has its ticket by then.
 */
const WARM_WEBHOOKS = 2 * CONVERSATIONS;
const SOCKETS = 5;
/** For what was accepted to come out at the other ends. */
const DRAIN_SECONDS = 120;
const SECRET = 'an-example-secret-for-the-bench';

export interface CrossingSpeed {
  perSecond: number;
  missing: number;
  /** Processor time of the process and of the database server for each message: a busy machine changes it little. */
  processMilliseconds: number;
  serverMilliseconds: number;
}

/** Webhooks as fast as they are answered, until all are on every agent's screen and in their tickets. */
export async function benchCrossing(runs: number): Promise<Figure> {
  const ours: CrossingSpeed[] = [];
  const relays: CrossingSpeed[] = [];
  for (let run = 0; run < runs; run += 1) {
    relays.push(await measureRelay());
    const database = await openBenchDatabase('server');
    const wotnot = await startChild<{ url: string }>('bench/support/wotnot-process.ts');
    const bridge = await startBridge('server', { database, wotnot: wotnot.ready.url });
    ours.push(await measureCrossing(bridge, database, `run ${run}`));
    await bridge.stop();
    await wotnot.stop();
    await database.drop();
  }
  const of = (speeds: CrossingSpeed[], read: (speed: CrossingSpeed) => number): number =>
    median(speeds.map(read));
  const [perSecond, relay] = [of(ours, (each) => each.perSecond), of(relays, (each) => each.perSecond)];
  return {
    name: 'whole crossing (intake, projection, 5 screens, ticket), one process, PostgreSQL, sustained',
    value: `${Math.round(perSecond)}/s (${costOf(ours)})`,
    baseline: `a plain relay (Express, one Prisma insert per row, awaited axios call) ${Math.round(relay)}/s (${costOf(relays)})`,
    ratio: median(ours.map((speed, index) => speed.perSecond / (relays[index]?.perSecond ?? Number.NaN))),
    numbers: {
      perSecond,
      relay,
      processMilliseconds: of(ours, (each) => each.processMilliseconds),
      serverMilliseconds: of(ours, (each) => each.serverMilliseconds),
      relayProcessMilliseconds: of(relays, (each) => each.processMilliseconds),
      relayServerMilliseconds: of(relays, (each) => each.serverMilliseconds),
    },
    reach: '≥ 1,000/s, ≥ 3 ×',
    runs,
    errors: ours.reduce((sum, { missing }) => sum + missing, 0),
  };
}

function costOf(speeds: CrossingSpeed[]): string {
  const process = median(speeds.map((speed) => speed.processMilliseconds));
  const server = median(speeds.map((speed) => speed.serverMilliseconds));
  return `${process.toFixed(2)} + ${server.toFixed(2)} ms of process and server each`;
}

/** Sustained: all that was accepted, over the time from the first webhook to the last fact at the last place. */
export async function measureCrossing(
  bridge: BenchBridge,
  database: BenchDatabase,
  mark: string,
): Promise<CrossingSpeed> {
  const { url, apiKey, webhookPath, webhookToken } = bridge.ready;
  const desk = await startChild<{ url: string }>('bench/support/desk-process.ts');
  const told = async () => (await desk.ask<{ arrived: number }>('how many')).arrived;
  const disconnect = await connectDesk(bridge, desk.ready.url, mark, async () => (await told()) > 0);
  const agents = await startChild<object>('bench/support/agents-process.ts');
  await agents.ask({ url, token: apiKey, sockets: SOCKETS });

  const cross = async (amount?: number) => {
    const toldBefore = await told();
    const cost = await costSoFar(bridge.process.pid, database);
    const from = performance.now();
    const { accepted } = await postWebhooks({
      url: url + webhookPath,
      token: webhookToken,
      connections: CONNECTIONS,
      seconds: SECONDS,
      ...(amount === undefined ? {} : { amount }),
      conversations: CONVERSATIONS,
      mark,
    });
    let shown = 0;
    let written = 0;
    let lastAt = performance.now();
    // Requests that were cut off at the end may have been recorded without their answer: more may come than is owed.
    const isThrough = (): boolean => shown >= accepted * SOCKETS && written >= accepted;
    while (!isThrough() && performance.now() - lastAt < DRAIN_SECONDS * 1_000) {
      const { latencies } = await agents.ask<{ latencies: number[] }>('latencies');
      const arrived = (await told()) - toldBefore;
      if (latencies.length > 0 || arrived > written) lastAt = performance.now();
      shown += latencies.length;
      written = arrived;
      if (!isThrough()) await pause(20);
    }
    const through = Math.min(shown / SOCKETS, written, accepted);
    return {
      perSecond: (through / (lastAt - from)) * 1_000,
      missing: accepted - Math.floor(through),
      ...(await cost(through)),
    };
  };
  await cross(WARM_WEBHOOKS);
  const speed = await cross();
  await disconnect();
  await agents.stop();
  await desk.stop();
  return speed;
}

/** Connects a desk and waits until the first ticket is there. @returns what disconnects it */
async function connectDesk(
  { ready }: BenchBridge,
  deskUrl: string,
  mark: string,
  isTold: () => Promise<boolean>,
): Promise<() => Promise<void>> {
  const agent = new Agent({ keepAlive: true });
  const key = { authorization: `Bearer ${ready.apiKey}` };
  const desk = {
    connector: 'webhook',
    name: `Desk ${mark}`,
    settings: { url: deskUrl },
    credentials: { secret: SECRET },
  };
  const made = await call(agent, 'POST', `${ready.url}/v1/connections`, key, JSON.stringify(desk));
  const { connection } = JSON.parse(made) as { connection: { id: string } };
  for (let n = 0; !(await isTold()); n += 1) {
    const body = webhookBody(ready.webhookToken, `first-${mark.replaceAll(' ', '-')}`, `first ${n} ${mark}`);
    await call(agent, 'POST', ready.url + ready.webhookPath, {}, body);
    await pause(500);
  }
  return async () => {
    await call(agent, 'DELETE', `${ready.url}/v1/connections/${connection.id}`, key);
    agent.destroy();
  };
}

async function measureRelay(): Promise<CrossingSpeed> {
  const database = await openBenchDatabase('server');
  const far = await startChild<{ url: string }>('bench/support/wotnot-process.ts');
  const relay = await startChild<{ port: number }>('bench/support/plain-relay.ts', {
    args: [far.ready.url],
    env: database.env,
  });
  const post = (amount?: number) =>
    postWebhooks({
      url: `http://127.0.0.1:${relay.ready.port}/webhooks/bench`,
      token: 'token',
      connections: CONNECTIONS,
      seconds: SECONDS,
      ...(amount === undefined ? {} : { amount }),
      conversations: CONVERSATIONS,
    });
  await post(WARM_WEBHOOKS);
  const cost = await costSoFar(relay.process.pid, database);
  const load = await post();
  const speed = { perSecond: load.perSecond, missing: 0, ...(await cost(load.accepted)) };
  await relay.stop();
  await far.stop();
  await database.drop();
  return speed;
}
