import { Agent } from 'node:http';
import { measureCrossing } from './crossing.js';
import { measureReplies, type ReplyTimes } from './reply.js';
import { type BenchDatabase, openBenchDatabase } from './support/bench-database.js';
import { type BridgeFacts, startBridge } from './support/bridge.js';
import { call } from './support/call.js';
import { fillDatabase } from './support/fill-database.js';
import type { Figure } from './support/report.js';
import { median } from './support/statistics.js';
import { startWotNot } from './support/wotnot-stand-in.js';

/** What lies in the filled database. `npm run bench -- --only=filled --fill=0.1` takes a tenth of it. */
export interface Filling {
  messages: number;
  conversations: number;
  /** Owed to a connection whose far side is dead. */
  deliveries: number;
}

interface Measured {
  replies: ReplyTimes;
  perSecond: number;
  missing: number;
}

/** Replies and the whole crossing in a workspace that is full, beside the same in one that is empty. */
export async function benchFilled(runs: number, filling: Filling): Promise<Figure[]> {
  const wotnot = await startWotNot();
  const full = await openBenchDatabase('server');
  const furnished = await furnishAndFill(full, wotnot.url, filling);
  const empty: Measured[] = [];
  const filled: Measured[] = [];
  const measure = async (mark: string, place?: { database: BenchDatabase; furnished: BridgeFacts }) => {
    const database = place?.database ?? (await openBenchDatabase('server'));
    const bridge = await startBridge('server', { wotnot: wotnot.url, ...place, database });
    const replies = await measureReplies(bridge, wotnot, mark);
    const { perSecond, missing } = await measureCrossing(bridge, database, mark);
    await bridge.stop();
    if (place === undefined) await database.drop();
    return { replies, perSecond, missing: replies.missing + missing };
  };
  for (let run = 0; run < runs; run += 1) {
    empty.push(await measure(`empty ${run}`));
    filled.push(await measure(`full ${run}`, { database: full, furnished }));
  }
  await full.drop();
  wotnot.stop();
  return figuresOf(empty, filled, runs, filling);
}

async function furnishAndFill(
  database: BenchDatabase,
  wotnot: string,
  filling: Filling,
): Promise<BridgeFacts> {
  const bridge = await startBridge('server', { wotnot, database });
  const agent = new Agent();
  const dead = JSON.parse(
    await call(
      agent,
      'POST',
      `${bridge.ready.url}/v1/connections`,
      { authorization: `Bearer ${bridge.ready.apiKey}` },
      JSON.stringify({
        connector: 'wotnot',
        name: 'dead',
        // Nobody listens there: every attempt is refused at once, and the circuit opens.
        settings: { baseUrl: 'http://127.0.0.1:9', accountId: '2', actingAgentEmail: 'grace@bench.example' },
        credentials: { token: 'bench-token-of-the-dead-account' },
      }),
    ),
  ) as { connection?: { id: string }; id?: string };
  agent.destroy();
  await bridge.stop();
  const deadConnectionId = dead.connection?.id ?? dead.id;
  if (deadConnectionId === undefined) throw new Error(`no connection: ${JSON.stringify(dead)}`);
  await fillDatabase(database, bridge.ready, deadConnectionId, filling);
  return bridge.ready;
}

function figuresOf(empty: Measured[], filled: Measured[], runs: number, filling: Filling): Figure[] {
  const of = (measured: Measured[], read: (each: Measured) => number): number => median(measured.map(read));
  const [p50, p50Empty] = [of(filled, ({ replies }) => replies.p50), of(empty, ({ replies }) => replies.p50)];
  const [p99, p99Empty] = [of(filled, ({ replies }) => replies.p99), of(empty, ({ replies }) => replies.p99)];
  const [speed, speedEmpty] = [
    of(filled, ({ perSecond }) => perSecond),
    of(empty, ({ perSecond }) => perSecond),
  ];
  const where = `with ${filling.messages} messages, ${filling.conversations} open conversations, ${filling.deliveries} deliveries waiting on a dead connection`;
  const errors = filled.reduce((sum, { missing }) => sum + missing, 0);
  return [
    {
      name: `agent's reply accepted → WotNot called, ${where}`,
      value: `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`,
      baseline: `empty database: p50 ${p50Empty.toFixed(1)} ms, p99 ${p99Empty.toFixed(1)} ms`,
      ratio: p50 / p50Empty,
      numbers: { p50, p99, p50Empty, p99Empty },
      reach: '≤ 1.25 × of the empty database',
      runs,
      errors,
    },
    {
      name: `whole crossing, ${where}`,
      value: `${Math.round(speed)}/s`,
      baseline: `empty database: ${Math.round(speedEmpty)}/s`,
      ratio: median(
        filled.map(({ perSecond }, index) => (empty[index]?.perSecond ?? Number.NaN) / perSecond),
      ),
      numbers: { perSecond: speed, perSecondEmpty: speedEmpty },
      reach: '≤ 1.25 × of the empty database (time per message)',
      runs,
      errors,
    },
  ];
}
