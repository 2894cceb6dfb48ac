import { startBridge } from './support/bridge.js';
import { startChild } from './support/child.js';
import { type LoadResult, postWebhooks } from './support/load.js';
import type { Figure } from './support/report.js';
import { median } from './support/statistics.js';

const SECONDS = 5;
const CONNECTIONS = 64;
const CONVERSATIONS = 500;

/** Webhooks answered after their commit, beside an Express server that only parses and answers. */
export async function benchIntake(
  kind: 'server' | 'embedded',
  runs: number,
  roles?: string,
): Promise<Figure> {
  const bare: LoadResult[] = [];
  const durable: LoadResult[] = [];
  for (let run = 0; run < runs; run += 1) {
    const express = await startChild<{ port: number }>('bench/support/bare-express.ts');
    bare.push(await load(`http://127.0.0.1:${express.ready.port}/webhooks/bench`, 'token'));
    await express.stop();
    const bridge = await startBridge(kind, roles === undefined ? {} : { env: { ROLES: roles } });
    durable.push(await load(bridge.ready.url + bridge.ready.webhookPath, bridge.ready.webhookToken));
    await bridge.stop();
  }
  const ours = median(durable.map((result) => result.perSecond));
  const theirs = median(bare.map((result) => result.perSecond));
  return {
    name: `durable webhook intake, ${kind === 'server' ? 'PostgreSQL' : 'embedded'}, ${CONNECTIONS} connections${roles === undefined ? ', projection and all in the same process' : `, roles ${roles}`}`,
    value: `${Math.round(ours)}/s (p99 ${median(durable.map((result) => result.p99))} ms)`,
    baseline: `bare Express POST ${Math.round(theirs)}/s`,
    ratio: median(durable.map((result, index) => result.perSecond / (bare[index]?.perSecond ?? Number.NaN))),
    reach: kind === 'server' ? '≥ 0.8 ×' : '≥ 0.5 ×',
    runs,
    errors: durable.reduce((sum, result) => sum + result.errors, 0),
  };
}

const load = (url: string, token: string): Promise<LoadResult> =>
  postWebhooks({ url, token, connections: CONNECTIONS, seconds: SECONDS, conversations: CONVERSATIONS });
