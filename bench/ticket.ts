import { Agent } from 'node:http';
import { freePort } from '../test/support/free-port.js';
import { startBridge } from './support/bridge.js';
import { call, pause, paced } from './support/call.js';
import { webhookBody } from './support/load.js';
import type { Figure } from './support/report.js';
import { median, preciseNow, quantile } from './support/statistics.js';
import { openBackEnd, openVendor, type TicketDesk } from './support/ticket-desk.js';
import { startWotNot } from './support/wotnot-stand-in.js';

const CONVERSATIONS = 50;
const PER_SECOND = 5;
const SECONDS = 12;

export type TicketDeskKind = 'webhook' | 'chatwoot' | 'freshdesk' | 'zendesk';

/** The contact's message until it is in the ticket, and the agent's answer there until WotNot is called. */
export async function benchTicket(
  kind: 'server' | 'embedded',
  desk: TicketDeskKind,
  runs: number,
): Promise<Figure> {
  const into: number[][] = [];
  const out: number[][] = [];
  let missing = 0;
  for (let run = 0; run < runs; run += 1) {
    const measured = await measure(kind, desk);
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
    name: `webhook accepted → in the ticket, and answered there → WotNot called, ${CONVERSATIONS} conversations, ${PER_SECOND} msg/s, ${desk}, ${kind === 'server' ? 'PostgreSQL' : 'embedded'}`,
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
  deskKind: TicketDeskKind,
): Promise<{ into: number[]; out: number[]; missing: number }> {
  const wotnot = await startWotNot();
  const desk = await (deskKind === 'webhook' ? openBackEnd() : openVendor(deskKind));
  const port = String(await freePort());
  // A vendor with which the bridge registers is told this address.
  const env = { PORT: port, PUBLIC_URL: `http://127.0.0.1:${port}` };
  const bridge = await startBridge(kind, { wotnot: wotnot.url, env });
  const agent = new Agent({ keepAlive: true });
  try {
    const { url, webhookPath, webhookToken } = bridge.ready;
    await connect(bridge.ready, desk, agent);
    const say = (conversation: number, text: string): Promise<string> =>
      call(
        agent,
        'POST',
        url + webhookPath,
        {},
        webhookBody(webhookToken, `conversation-${conversation}`, text),
      );
    const hellos = Array.from({ length: CONVERSATIONS }, (_, n) => `hello ${n}`);
    for (const [n, hello] of hellos.entries()) await say(n, hello);
    const tickets = await desk.ticketsOf(hellos);
    await pause(2_000);
    const accepted = new Map<string, number>();
    const answered = new Map<string, number>();
    await paced(PER_SECOND * SECONDS, PER_SECOND, async (n) => {
      const text = `word ${n}`;
      await say(n % CONVERSATIONS, text);
      accepted.set(text, preciseNow());
      const answer = `answer ${n}`;
      await desk.say(agent, tickets.get(`hello ${n % CONVERSATIONS}`) ?? '', answer);
      answered.set(answer, preciseNow());
    });
    await pause(2_000);
    const into = late(accepted, await desk.arrived());
    const out = late(answered, wotnot.arrived);
    return { into, out, missing: accepted.size - into.length + answered.size - out.length };
  } finally {
    agent.destroy();
    await bridge.stop();
    wotnot.stop();
    await desk.stop();
  }
}

/** Makes the connection; ends when what happens from now on is told to the desk. */
async function connect(
  { url, apiKey }: { url: string; apiKey: string },
  desk: TicketDesk,
  agent: Agent,
): Promise<void> {
  const made = JSON.parse(
    await call(
      agent,
      'POST',
      `${url}/v1/connections`,
      { authorization: `Bearer ${apiKey}` },
      JSON.stringify({
        connector: desk.connector,
        name: 'Desk',
        settings: { ...desk.settings, policy: { agents: { [desk.agentEmail]: 'ada@bench.example' } } },
        credentials: desk.credentials,
      }),
    ),
  ) as { webhookUrl: string; webhookToken: string };
  await desk.connect(made.webhookUrl, made.webhookToken);
  // The first mirror of a new connection begins with the next sweep.
  await pause(2_500);
}

const late = (from: Map<string, number>, to: Map<string, number>): number[] =>
  [...from].flatMap(([text, at]) => {
    const arrived = to.get(text);
    return arrived === undefined ? [] : [Math.max(0, arrived - at)];
  });
