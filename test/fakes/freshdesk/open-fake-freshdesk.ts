import type { WebhookRequest } from '../../../src/connectors/connector.js';
import type { TicketStatus } from '../../../src/domain/ticket.js';
import { type CallLimit, createCallLimit } from '../call-limit.js';
import type { FakeDesk, FakeEntry, FakeSaying, FakeTicket } from '../fake-desk.js';
import type { RequestKind } from '../fault-plan.js';
import { type FakeRequest, serveFake } from '../serve-fake.js';
import { createWebhookSender, type WebhookTarget } from '../webhook-sender.js';
import { createApi } from './freshdesk-api.js';
import {
  change,
  createData,
  type FreshdeskData,
  type StoredEntry,
  type StoredTicket,
} from './freshdesk-data.js';

const statuses: Record<number, TicketStatus> = { 2: 'open', 3: 'pending', 4: 'solved', 5: 'solved' };

export interface FakeFreshdesk extends FakeDesk {
  data: FreshdeskData;
  limit: CallLimit;
  /** One of its agents merges a ticket into another. */
  merge(id: string, into: string): void;
}

export interface FakeFreshdeskOptions {
  /** The smallest paid plan's is 200. */
  callsPerMinute?: number;
  /** The clock that calls are counted by, in milliseconds since 1970. */
  now?: () => number;
}

/** A Freshdesk on loopback. */
export async function openFakeFreshdesk(options: FakeFreshdeskOptions = {}): Promise<FakeFreshdesk> {
  const data = createData();
  const sender = createWebhookSender();
  let url = '';
  let target: WebhookTarget | undefined;
  const { callsPerMinute: most = 200, now = Date.now } = options;
  // Refused calls count as well.
  const limit = createCallLimit({ most, seconds: 60, now, countsRefused: true });
  const api = createApi(data, () => url);
  const server = await serveFake({
    kindOf,
    async answer(request) {
      if (!request.path.startsWith('/api/')) return api(request);
      const wait = limit.admit();
      const told = { 'x-ratelimit-total': String(most), 'x-ratelimit-used-currentrequest': '1' };
      const headers = { ...told, 'x-ratelimit-remaining': String(limit.remaining()) };
      if (wait === 0) {
        const answer = await api(request);
        return { ...answer, headers: { ...headers, ...answer.headers } };
      }
      const message = 'You have exceeded the limit of requests per minute';
      return { status: 429, headers: { ...headers, 'retry-after': String(wait) }, body: { message } };
    },
  });
  url = server.url;

  function ticketOf(id: string): StoredTicket {
    const found = data.tickets.get(Number(id));
    if (found === undefined) throw new Error(`the fake has no ticket ${id}`);
    return found;
  }

  function tell(ticket: StoredTicket): void {
    if (target !== undefined) sender.send(target, webhookOf(ticket.id, target.secret));
  }

  function act(ticket: StoredTicket, kind: string, make: () => void): void {
    change(data, ticket, kind, make);
    tell(ticket);
  }

  async function speak(id: string, saying: FakeSaying, isPrivate: unknown, source: number) {
    const ticket = ticketOf(id);
    const agent = data.agents.find(({ email }) => email === saying.email);
    const entry: StoredEntry = {
      id: data.nextId(),
      body: `<div>${escape(saying.text)}</div>`,
      incoming: false,
      private: isPrivate,
      userId: agent?.id ?? 999,
      source,
      at: saying.at?.getTime() ?? Date.now(),
      files: (saying.files ?? []).map((file) => ({ ...file, id: data.nextId() })),
    };
    act(ticket, 'reply', () => ticket.entries.push(entry));
    return { externalId: String(entry.id) };
  }

  return {
    url,
    data,
    limit,
    overLimit: limit.refused,
    merge: (id, into) => {
      const [from, to] = [ticketOf(id), ticketOf(into)];
      const note = (ticket: StoredTicket, body: string): void => {
        const said = { id: data.nextId(), body, incoming: false, private: true, source: 2, files: [] };
        act(ticket, 'merge', () =>
          ticket.entries.push({ ...said, userId: data.agents[0]?.id ?? 0, at: Date.now() }),
        );
      };
      act(from, 'status', () => (from.status = 5));
      note(from, `This ticket is closed and merged into ticket ${to.id}`);
      note(to, `Ticket with ID ${from.id} has been merged into this ticket`);
    },
    settings: { baseUrl: url },
    credentials: { apiKey: data.apiKey },
    agents: data.agents.map(({ email, name }) => ({ email, name })),
    teams: data.groups.map(({ name }) => name),
    statusWords: { open: '2', pending: '3', solved: '4' },
    ownStatuses: { statuses: { '6': 'pending', '7': 'solved' }, sets: { pending: '6', solved: '5' } },
    priorityWords: { low: '1', normal: '2', high: '3', urgent: '4' },
    pageOf: 100,
    webhookProof: 'header',
    registers: false,
    ticket: (id) => {
      const found = data.tickets.get(Number(id));
      return found === undefined || found.deleted ? undefined : told(data, found);
    },
    tickets: () => [...data.tickets.values()].filter(({ deleted }) => !deleted).map((one) => told(data, one)),
    agentReplies: (id, saying) => speak(id, saying, false, 0),
    agentNotes: (id, saying) => speak(id, saying, true, 2),
    agentSaysOddly: (id, saying) => speak(id, saying, undefined, 0),
    contactSays: async (id, text) => {
      const ticket = ticketOf(id);
      const said = {
        id: data.nextId(),
        body: escape(text),
        incoming: true,
        private: false,
        source: 0,
        files: [],
      };
      const entry = { ...said, userId: ticket.requesterId, at: Date.now() };
      act(ticket, 'contact', () => ticket.entries.push(entry));
      return { externalId: String(entry.id) };
    },
    setStatus: async (id, word) => {
      const ticket = ticketOf(id);
      act(ticket, 'status', () => (ticket.status = Number(word)));
    },
    assign: async (id, email) => {
      const ticket = ticketOf(id);
      const agent = data.agents.find((one) => one.email === email);
      act(ticket, 'assignee', () => (ticket.responderId = agent?.id ?? null));
    },
    setTeam: async (id, team) => {
      const ticket = ticketOf(id);
      const group = data.groups.find(({ name }) => name === team);
      act(ticket, 'team', () => Object.assign(ticket, { groupId: group?.id ?? null, responderId: null }));
    },
    setPriority: async (id, word) => {
      const ticket = ticketOf(id);
      act(ticket, 'priority', () => (ticket.priority = Number(word)));
    },
    deleteTicket: async (id) => {
      const ticket = ticketOf(id);
      act(ticket, 'delete', () => (ticket.deleted = true));
    },
    expireAddresses: () => void (data.signature += 1),
    plant: (fault) => server.plan.plant(fault),
    clearFaults: () => server.plan.clear(),
    writes: () => [...data.writes],
    webhookTo: (to, secret) => (target = { url: to, secret }),
    webhookHabits: (habits) => sender.habits(habits),
    webhook: (ticketId, secret) => webhookOf(Number(ticketId), secret),
    close: async () => {
      await sender.stop();
      await server.stop();
    },
  };
}

function kindOf({ method, path }: FakeRequest): RequestKind {
  if (method === 'GET') return 'read';
  return method === 'POST' && path === '/api/v2/tickets' ? 'create' : 'write';
}

/** As an administrator's rule has it: every value is text. */
function webhookOf(ticketId: number, secret: string): WebhookRequest {
  const body = Buffer.from(JSON.stringify({ ticket_id: String(ticketId) }));
  return { headers: { 'content-type': 'application/json', 'x-bridge-secret': secret }, body };
}

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\n', '<br>');

/** As a reader sees it. */
const seen = (html: string): string =>
  html
    .replaceAll('<br>', '\n')
    .replaceAll(/<[^>]*>/gu, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');

function told(data: FreshdeskData, ticket: StoredTicket): FakeTicket {
  const contact = data.contacts.find(({ id }) => id === ticket.requesterId);
  const agent = data.agents.find(({ id }) => id === ticket.responderId);
  const group = data.groups.find(({ id }) => id === ticket.groupId);
  const reference = ticket.custom['cf_wotnot_conversation'];
  return {
    id: String(ticket.id),
    ...(typeof reference === 'string' ? { reference } : {}),
    subject: ticket.subject,
    status: statuses[ticket.status] ?? 'open',
    vendorStatus: String(ticket.status),
    ...(agent === undefined ? {} : { assigneeEmail: agent.email }),
    ...(group === undefined ? {} : { team: group.name }),
    priority: String(ticket.priority),
    tags: ticket.tags,
    contact: {
      ...(contact?.name ? { name: contact.name } : {}),
      ...(contact?.email ? { email: contact.email } : {}),
      ...(contact?.phone ? { phone: contact.phone } : {}),
    },
    entries: ticket.entries.map((entry) => entryOf(data, ticket, entry)),
  };
}

function entryOf(data: FreshdeskData, ticket: StoredTicket, entry: StoredEntry): FakeEntry {
  const agent = data.agents.find(({ id }) => id === entry.userId);
  const kind =
    entry.userId === ticket.requesterId ? 'contact' : entry.userId === data.me.id ? 'api-user' : 'agent';
  return {
    externalId: String(entry.id),
    author: { kind, ...(agent === undefined ? {} : { email: agent.email, name: agent.name }) },
    visibility: entry.private === false ? 'public' : 'private',
    text: seen(entry.body),
    files: entry.files,
  };
}
