import { Agent, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startBridge } from './support/bridge.js';
import { webhookBody } from './support/load.js';
import type { Figure } from './support/report.js';
import { median, preciseNow, quantile } from './support/statistics.js';

const CONVERSATIONS = 50;
const PER_SECOND = 100;
const SECONDS = 8;

/** From the acceptance of an agent's reply to the call of WotNot. */
export async function benchReply(kind: 'server' | 'embedded', runs: number): Promise<Figure> {
  const p50: number[] = [];
  const p99: number[] = [];
  const bare: number[] = [];
  let missing = 0;
  for (let run = 0; run < runs; run += 1) {
    const arrived = new Map<string, number>();
    let ids = 0;
    const wotnot = createServer((incoming, response) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const text = /"body":"([^"]+)"/u.exec(Buffer.concat(chunks).toString('utf8'))?.[1];
        if (text !== undefined) arrived.set(text, preciseNow());
        ids += 1;
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ ok: true, message_id: `far-${ids}` }));
      });
    });
    await new Promise<void>((resolve) => wotnot.listen(0, '127.0.0.1', resolve));
    const far = `http://127.0.0.1:${(wotnot.address() as AddressInfo).port}`;
    const agent = new Agent({ keepAlive: true });
    const bridge = await startBridge(kind, { wotnot: far });
    const { url, apiKey, webhookPath, webhookToken } = bridge.ready;
    const key = { authorization: `Bearer ${apiKey}` };
    for (let n = 0; n < CONVERSATIONS; n += 1) {
      await call(
        agent,
        'POST',
        url + webhookPath,
        {},
        webhookBody(webhookToken, `conversation-${n}`, 'hello'),
      );
    }
    await pause(500);
    const list = JSON.parse(await call(agent, 'GET', `${url}/v1/conversations?limit=200`, key)) as {
      data: { id: string }[];
    };
    const direct: number[] = [];
    for (let n = 0; n < 100; n += 1) {
      const from = preciseNow();
      await call(agent, 'POST', far, {}, JSON.stringify({ body: `direct ${n}` }));
      direct.push((arrived.get(`direct ${n}`) ?? Number.NaN) - from);
    }
    bare.push(median(direct));
    const accepted = new Map<string, number>();
    const from = performance.now();
    const answers: Promise<void>[] = [];
    for (let n = 0; n < PER_SECOND * SECONDS; n += 1) {
      const wait = from + (n * 1_000) / PER_SECOND - performance.now();
      if (wait > 0) await pause(wait);
      const text = `reply ${n}`;
      const body = JSON.stringify({ type: 'text', text, by: 'ada@bench.example' });
      const id = list.data[n % list.data.length]?.id ?? '';
      answers.push(
        call(agent, 'POST', `${url}/v1/conversations/${id}/messages`, key, body).then(() => {
          accepted.set(text, preciseNow());
        }),
      );
    }
    await Promise.all(answers);
    await pause(1_500);
    // What leaves before the 202 has come back counts as 0.
    const late = [...accepted].map(([text, at]) => Math.max(0, (arrived.get(text) ?? Number.NaN) - at));
    const known = late.filter((value) => !Number.isNaN(value));
    missing += late.length - known.length;
    p50.push(median(known));
    p99.push(quantile(known, 0.99));
    await bridge.stop();
    agent.destroy();
    wotnot.close();
    wotnot.closeAllConnections();
  }
  return {
    name: `agent's reply accepted → WotNot called, ${PER_SECOND} replies/s, ${kind === 'server' ? 'PostgreSQL' : 'embedded'}`,
    value: `p50 ${median(p50).toFixed(1)} ms, p99 ${median(p99).toFixed(1)} ms`,
    baseline: `a direct call of the same far side: p50 ${median(bare).toFixed(1)} ms`,
    reach: 'p50 ≤ 5 ms, p99 ≤ 25 ms',
    runs,
    errors: missing,
  };
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

function call(
  agent: Agent,
  method: string,
  url: string,
  headers: Record<string, string>,
  body?: string,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method, agent, headers: { 'content-type': 'application/json', ...headers } },
      (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.once('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          if ((response.statusCode ?? 500) < 300) resolve(text);
          else
            reject(
              new Error(`${method} ${new URL(url).pathname}: ${response.statusCode} ${text.slice(0, 300)}`),
            );
        });
      },
    );
    sent.once('error', reject);
    sent.end(body);
  });
}
