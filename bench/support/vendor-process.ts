/*
 * A vendor's stand-in in a process of its own. It notes when it had taken each text that is looked for, to compare with what
 * other processes note. Asked by IPC: `{ask: 'arrived'}`, `{ask: 'tickets'}`, `{ask: 'say', ticketId, email, text}` and
 * `{ask: 'webhookTo', url, secret}`.
 */
import { subscribe } from 'node:diagnostics_channel';
import { openFakeChatwoot } from '../../test/fakes/chatwoot/open-fake-chatwoot.js';
import type { FakeDesk } from '../../test/fakes/fake-desk.js';
import { openFakeFreshdesk } from '../../test/fakes/freshdesk/open-fake-freshdesk.js';
import { type FakeAnswered, REQUESTS_ANSWERED } from '../../test/fakes/serve-fake.js';
import { openFakeZendesk } from '../../test/fakes/zendesk/open-fake-zendesk.js';
import { preciseNow } from './statistics.js';
import './end-with-parent.js';

const endless = Number.POSITIVE_INFINITY;

/** What is measured is the bridge's own time: no limit of the vendor's stands in its way. */
const OPEN: Record<string, () => Promise<FakeDesk>> = {
  chatwoot: () => openFakeChatwoot({ callsPerMinute: endless }),
  freshdesk: () => openFakeFreshdesk({ callsPerMinute: endless }),
  zendesk: () =>
    openFakeZendesk({ callsPerMinute: endless, budgets: { perTicket: endless, perAccount: endless } }),
};

const arrived = new Map<string, number>();
subscribe(REQUESTS_ANSWERED, (message) => {
  const { request, answer } = message as FakeAnswered;
  if (request.method === 'GET' || answer.status >= 300) return;
  for (const [text] of request.bytes.toString('utf8').matchAll(/\b(?:hello|word) \d+\b/gu))
    if (!arrived.has(text)) arrived.set(text, preciseNow());
});

const [kind = ''] = process.argv.slice(2);
const open = OPEN[kind];
if (open === undefined) throw new Error(`usage: vendor-process.ts ${Object.keys(OPEN).join('|')}`);
const desk = await open();

interface Question {
  ask: 'arrived' | 'tickets' | 'say' | 'webhookTo';
  ticketId?: string;
  email?: string;
  text?: string;
  url?: string;
  secret?: string;
}

async function answer({ ask, ticketId = '', email = '', text = '', url = '', secret = '' }: Question) {
  if (ask === 'arrived') return [...arrived];
  if (ask === 'say') return desk.agentReplies(ticketId, { email, text });
  if (ask === 'webhookTo') return desk.webhookTo(url, secret) ?? null;
  const tickets = await desk.tickets();
  return tickets.map(({ id, entries }) => [id, entries.map((entry) => entry.text).join('\n')]);
}

process.on('message', (question: Question) => {
  void answer(question).then((answered) => process.send?.(answered));
});
process.once('SIGTERM', () => process.exit());
const { settings, credentials, agents, registers } = desk;
process.send?.({
  settings: { ...settings, callsPerMinute: 100_000 },
  credentials,
  agentEmail: agents[0]?.email,
  registers,
});
