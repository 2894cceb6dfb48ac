import { appendFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import type { FakeDesk, FakeEntry, FakeSaying, FakeTicket } from '../../fakes/fake-desk.js';
import { type FakeAnswer, type FakeRequest, serveFake } from '../../fakes/serve-fake.js';

/** What the suite asks of a desk. */
export type FarDesk = Pick<
  FakeDesk,
  | 'settings'
  | 'credentials'
  | 'agents'
  | 'tickets'
  | 'agentReplies'
  | 'plant'
  | 'clearFaults'
  | 'webhookHabits'
  | 'webhookTo'
  | 'close'
> & {
  /** Words of its agents of which the bridge has not said yet that it has them. */
  untold(): number;
};

interface Told {
  type: string;
  data: {
    conversationId: string;
    ticketId?: string;
    messages?: { text: string }[];
    notes?: { text: string }[];
  };
}

const SECRET = 'a-secret-that-the-bridge-signs-with';
const AGENT = { email: 'ada@fern.example', name: 'Ada' };
const PAUSE_MILLISECONDS = 200;
const EVERY_SO_MANY_TWICE = 7;
const EVERY_SO_MANY_AGAIN = 11;

/**
 * A back end behind the `webhook` connector that does what docs/connectors/webhook.md asks: each webhook once,
 * whatever it is answered, and its own news one after the other until they are taken. Some it tells twice at once,
 * and some again when the next has been told.
 */
export async function openWebhookDesk(file: string): Promise<FarDesk> {
  const tickets = new Map<string, FakeTicket>();
  const answered = new Map<string, FakeAnswer>();
  const queues = new Map<string, Promise<void>>();
  const closing = new AbortController();
  let target = { url: '', secret: '' };
  let repeat = 1;
  let untold = 0;
  let said = 0;

  const add = (ticket: FakeTicket, kind: FakeEntry['author']['kind'], text: string, isNote = false) => {
    const entry: FakeEntry = {
      externalId: randomUUID(),
      author: { kind },
      visibility: isNote ? 'private' : 'public',
      text,
      files: [],
    };
    ticket.entries.push(entry);
    return entry.externalId;
  };

  const take = ({ type, data }: Told): FakeAnswer => {
    if (type === 'ping') return { status: 200, body: {} };
    if (type === 'ticket.create') {
      const ticket: FakeTicket = {
        ...{ id: randomUUID(), reference: data.conversationId, subject: '', status: 'new' as const },
        ...{ vendorStatus: 'new', tags: [], contact: {}, entries: [] },
      };
      tickets.set(ticket.id, ticket);
      const messageIds = (data.messages ?? []).map(({ text }) => add(ticket, 'contact', text));
      return { status: 200, body: { ticketId: ticket.id, messageIds } };
    }
    const ticket = tickets.get(data.ticketId ?? '');
    if (ticket === undefined) return { status: 410, body: {} };
    const messageIds = [
      ...(data.messages ?? []).map(({ text }) => add(ticket, 'contact', text)),
      ...(data.notes ?? []).map(({ text }) => add(ticket, 'api-user', text, true)),
    ];
    return { status: 200, body: { messageIds } };
  };

  const server = await serveFake({
    kindOf: ({ json }) =>
      json['type'] === 'ticket.create' ? 'create' : json['type'] === 'ping' ? 'read' : 'write',
    answer(request) {
      const id = request.headers['webhook-id'] ?? '';
      if (!isSigned(request)) return { status: 401, body: {} };
      const known = answered.get(id);
      if (known !== undefined) return known;
      const answer = take(request.json as unknown as Told);
      // Done and noted, whatever becomes of the answer.
      appendFileSync(file, `${JSON.stringify({ id, told: request.json })}\n`);
      answered.set(id, answer);
      return answer;
    },
  });

  const post = async (id: string, body: string): Promise<number> => {
    const at = new Date();
    const headers = {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': keyOf(target.secret).sign(id, at, body),
    };
    const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(10_000)]);
    const answer = await fetch(target.url, { method: 'POST', headers, body, signal }).catch(() => undefined);
    await answer?.arrayBuffer().catch(() => undefined);
    return answer?.status ?? 0;
  };

  const tell = async (id: string, body: string, place: number): Promise<void> => {
    const copies = place % EVERY_SO_MANY_TWICE === 0 ? Math.max(2, repeat) : repeat;
    while (!closing.signal.aborted) {
      const statuses = await Promise.all(Array.from({ length: copies }, () => post(id, body)));
      if (statuses.includes(200)) break;
      if (statuses.includes(401) || statuses.includes(400))
        throw new Error(`the bridge refuses: ${statuses.join(' ')}`);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLISECONDS));
    }
    untold -= 1;
    if (place % EVERY_SO_MANY_AGAIN === 0) setTimeout(() => void post(id, body), PAUSE_MILLISECONDS * 3);
  };

  return {
    settings: { url: `${server.url}/webhooks` },
    credentials: { secret: SECRET },
    agents: [AGENT],
    tickets: () => [...tickets.values()],
    agentReplies(ticketId, { email, text }: FakeSaying) {
      const ticket = tickets.get(ticketId);
      if (ticket === undefined) return Promise.reject(new Error(`the desk has no ticket ${ticketId}`));
      const messageId = add(ticket, 'agent', text);
      appendFileSync(file, `${JSON.stringify({ id: messageId, said: text })}\n`);
      const data = { ticketId, messageId, author: { email }, text };
      const body = JSON.stringify({ type: 'message.created', timestamp: new Date().toISOString(), data });
      untold += 1;
      said += 1;
      const place = said;
      const before = queues.get(ticketId) ?? Promise.resolve();
      queues.set(
        ticketId,
        before.then(() => tell(messageId, body, place)),
      );
      return Promise.resolve({ externalId: messageId });
    },
    untold: () => untold,
    plant: (fault) => server.plan.plant(fault),
    clearFaults: () => server.plan.clear(),
    webhookHabits(habits) {
      repeat = habits.repeat ?? 1;
    },
    webhookTo(url, secret) {
      target = { url, secret };
    },
    async close() {
      closing.abort();
      await server.stop();
    },
  };
}

const keyOf = (secret: string): Webhook => new Webhook(secret, { format: 'raw' });

function isSigned({ headers, bytes }: FakeRequest): boolean {
  try {
    keyOf(SECRET).verify(bytes, headers as Record<string, string>, { jsonParse: false });
    return true;
  } catch {
    return false;
  }
}
