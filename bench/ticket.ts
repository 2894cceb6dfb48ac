import { Agent } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { startBridge } from './support/bridge.js';
import { call, pause, paced } from './support/call.js';
import { startDesk } from './support/desk-stand-in.js';
import { webhookBody } from './support/load.js';
import type { Figure } from './support/report.js';
import { median, preciseNow, quantile } from './support/statistics.js';
import { startWotNot } from './support/wotnot-stand-in.js';

const CONVERSATIONS = 50;
const PER_SECOND = 5;
const SECONDS = 12;
const SECRET = 'an-example-secret-for-the-bench';

/** The contact's message until it is in the ticket, and the agent's answer there until WotNot is called. */
export async function benchTicket(kind: 'server' | 'embedded', runs: number): Promise<Figure> {
  const into: number[][] = [];
  const out: number[][] = [];
  let missing = 0;
  for (let run = 0; run < runs; run += 1) {
    const measured = await measure(kind);
    into.push(measured.into);
    out.push(measured.out);
    missing += measured.missing;
  }
  const of = (all: number[][], part: number): number => median(all.map((one) => quantile(one, part)));
  const numbers = {
    intoP50: of(into, 0.5),
    intoP99: of(into, 0.99),
    outP50: of(out, 0.5),
    outP99: of(out, 0.99),
  };
  return {
    name: `webhook accepted → in the ticket, and answered there → WotNot called, ${CONVERSATIONS} conversations, ${PER_SECOND} msg/s, ${kind === 'server' ? 'PostgreSQL' : 'embedded'}`,
    value: `in p50 ${numbers.intoP50.toFixed(0)} p99 ${numbers.intoP99.toFixed(0)} ms, out p50 ${numbers.outP50.toFixed(0)} p99 ${numbers.outP99.toFixed(0)} ms`,
    baseline: 'a desk that answers at once',
    numbers,
    reach: 'p99 ≤ 1,000 ms',
    runs,
    errors: missing,
  };
}

async function measure(
  kind: 'server' | 'embedded',
): Promise<{ into: number[]; out: number[]; missing: number }> {
  const wotnot = await startWotNot();
  const desk = await startDesk();
  const bridge = await startBridge(kind, { wotnot: wotnot.url });
  const agent = new Agent({ keepAlive: true });
  const { url, apiKey, webhookPath, webhookToken } = bridge.ready;
  const made = JSON.parse(
    await call(
      agent,
      'POST',
      `${url}/v1/connections`,
      { authorization: `Bearer ${apiKey}` },
      JSON.stringify({
        connector: 'webhook',
        name: 'Desk',
        settings: { url: desk.url },
        credentials: { secret: SECRET },
      }),
    ),
  ) as { webhookUrl: string; webhookToken: string };
  const signer = new Webhook(made.webhookToken, { format: 'raw' });
  const back = new URL(made.webhookUrl);
  // The first mirror of a new connection begins with the next sweep.
  await pause(2_500);
  for (let n = 0; n < CONVERSATIONS; n += 1)
    await call(
      agent,
      'POST',
      url + webhookPath,
      {},
      webhookBody(webhookToken, `conversation-${n}`, `hello ${n}`),
    );
  await pause(3_000);
  const accepted = new Map<string, number>();
  const answered = new Map<string, number>();
  await paced(PER_SECOND * SECONDS, PER_SECOND, async (n) => {
    const text = `word ${n}`;
    const body = webhookBody(webhookToken, `conversation-${n % CONVERSATIONS}`, text);
    await call(agent, 'POST', url + webhookPath, {}, body);
    accepted.set(text, preciseNow());
    const ticketId = desk.ticketOf.get(`hello ${n % CONVERSATIONS}`) ?? '';
    const answer = `answer ${n}`;
    const told = JSON.stringify({
      type: 'message.created',
      data: { ticketId, messageId: `m${n}`, author: { email: 'ada@bench.example' }, text: answer },
    });
    const at = new Date();
    const headers = {
      'webhook-id': `m${n}`,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': signer.sign(`m${n}`, at, told),
    };
    await call(agent, 'POST', url + back.pathname, headers, told);
    answered.set(answer, preciseNow());
  });
  await pause(2_000);
  agent.destroy();
  await bridge.stop();
  wotnot.stop();
  desk.stop();
  const late = (from: Map<string, number>, to: Map<string, number>): number[] =>
    [...from].flatMap(([text, at]) => {
      const arrived = to.get(text);
      return arrived === undefined ? [] : [Math.max(0, arrived - at)];
    });
  const into = late(accepted, desk.arrived);
  const out = late(answered, wotnot.arrived);
  return { into, out, missing: accepted.size - into.length + answered.size - out.length };
}
