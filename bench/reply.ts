import { Agent } from 'node:http';
import { type BenchBridge, startBridge } from './support/bridge.js';
import { call, pause, paced } from './support/call.js';
import { webhookBody } from './support/load.js';
import type { Figure } from './support/report.js';
import { median, preciseNow, quantile } from './support/statistics.js';
import { startWotNot, type WotNotStandIn } from './support/wotnot-stand-in.js';

const CONVERSATIONS = 50;
const PER_SECOND = 100;
const SECONDS = 8;
/** A process that has just started compiles, connects and plans: its first replies are measured apart. */
const COLD_SECONDS = 2;

export interface ReplyTimes {
  p50: number;
  p99: number;
  /** Of the first seconds after the start. */
  coldP99: number;
  /** A direct call of the same far side. */
  bare: number;
  missing: number;
}

/** From the acceptance of an agent's reply to the call of WotNot. */
export async function benchReply(kind: 'server' | 'embedded', runs: number): Promise<Figure> {
  const times: ReplyTimes[] = [];
  for (let run = 0; run < runs; run += 1) {
    const wotnot = await startWotNot();
    const bridge = await startBridge(kind, { wotnot: wotnot.url });
    times.push(await measureReplies(bridge, wotnot, `run ${run}`));
    await bridge.stop();
    wotnot.stop();
  }
  const [p50, p99, coldP99, bare] = (['p50', 'p99', 'coldP99', 'bare'] as const).map((name) =>
    median(times.map((each) => each[name])),
  ) as [number, number, number, number];
  return {
    name: `agent's reply accepted → WotNot called, ${PER_SECOND} replies/s, ${kind === 'server' ? 'PostgreSQL' : 'embedded'}`,
    value: `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms (in the first ${COLD_SECONDS} s p99 ${coldP99.toFixed(1)} ms)`,
    baseline: `a direct call of the same far side: p50 ${bare.toFixed(1)} ms`,
    numbers: { p50, p99, coldP99, bare },
    reach: 'p50 ≤ 5 ms, p99 ≤ 25 ms',
    runs,
    errors: times.reduce((sum, { missing }) => sum + missing, 0),
  };
}

/** @param mark tells the texts of this measurement from those of another one on the same database */
export async function measureReplies(
  bridge: BenchBridge,
  wotnot: WotNotStandIn,
  mark: string,
): Promise<ReplyTimes> {
  const agent = new Agent({ keepAlive: true });
  const { url, apiKey, webhookPath, webhookToken } = bridge.ready;
  const key = { authorization: `Bearer ${apiKey}` };
  for (let n = 0; n < CONVERSATIONS; n += 1) {
    const body = webhookBody(webhookToken, `conversation-${n}`, 'hello');
    await call(agent, 'POST', url + webhookPath, {}, body);
  }
  await pause(500);
  // The latest are those that have just been written to, whatever else is there.
  const list = JSON.parse(
    await call(agent, 'GET', `${url}/v1/conversations?limit=${CONVERSATIONS}`, key),
  ) as { data: { id: string }[] };
  const direct: number[] = [];
  for (let n = 0; n < 100; n += 1) {
    const from = preciseNow();
    await call(agent, 'POST', wotnot.url, {}, JSON.stringify({ body: `direct ${mark} ${n}` }));
    direct.push((wotnot.arrived.get(`direct ${mark} ${n}`) ?? Number.NaN) - from);
  }
  const accepted = new Map<number, number>();
  const textOf = (n: number): string => `reply ${mark} ${n}`;
  await paced(PER_SECOND * (COLD_SECONDS + SECONDS), PER_SECOND, async (n) => {
    const text = textOf(n);
    const id = list.data[n % list.data.length]?.id ?? '';
    const body = JSON.stringify({ type: 'text', text, by: 'ada@bench.example' });
    await call(agent, 'POST', `${url}/v1/conversations/${id}/messages`, key, body);
    accepted.set(n, preciseNow());
  });
  await pause(1_500);
  agent.destroy();
  // What leaves before the 202 has come back counts as 0.
  const late = [...accepted].map(([n, at]) => ({
    isCold: n < PER_SECOND * COLD_SECONDS,
    ms: Math.max(0, (wotnot.arrived.get(textOf(n)) ?? Number.NaN) - at),
  }));
  const known = (isCold: boolean): number[] =>
    late.filter((each) => each.isCold === isCold && !Number.isNaN(each.ms)).map(({ ms }) => ms);
  return {
    p50: median(known(false)),
    p99: quantile(known(false), 0.99),
    coldP99: quantile(known(true), 0.99),
    bare: median(direct),
    missing: late.filter(({ ms }) => Number.isNaN(ms)).length,
  };
}
