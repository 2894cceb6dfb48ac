import { createHmac, randomUUID } from 'node:crypto';
import type { TicketStatus } from '../../../src/domain/ticket.js';
import type { WebhookRequest } from '../../../src/connectors/connector.js';
import { type CallLimit, createCallLimit } from '../call-limit.js';
import type { FakeDesk, FakeEntry, FakeSaying, FakeTicket } from '../fake-desk.js';
import type { RequestKind } from '../fault-plan.js';
import { type FakeAnswer, type FakeRequest, serveFake } from '../serve-fake.js';
import { createWebhookSender } from '../webhook-sender.js';
import { createApi, type Dialect } from './chatwoot-api.js';
import {
  type ChatwootData,
  createData,
  type StoredConversation,
  type StoredMessage,
} from './chatwoot-data.js';
import { conversationShape, messageEvent } from './chatwoot-shapes.js';
import { createWorld } from './chatwoot-world.js';

const statuses: Record<string, TicketStatus> = {
  open: 'open',
  pending: 'pending',
  snoozed: 'pending',
  resolved: 'solved',
};

export interface FakeChatwoot extends FakeDesk {
  data: ChatwootData;
  /** Every call that was answered by the API itself, and not by a fault. */
  exchanges: { request: FakeRequest; answer: FakeAnswer }[];
  limit: CallLimit;
}

export interface FakeChatwootOptions {
  dialect?: Dialect;
  /** false: a server from before 2026, whose webhooks carry no signature. */
  signs?: boolean;
  /** false: the account has no API inbox yet. */
  inbox?: boolean;
  /** Of one address; 3,000 as it comes from its makers. */
  callsPerMinute?: number;
  /** The clock that calls are counted by, in milliseconds since 1970. */
  now?: () => number;
}

/** A Chatwoot on loopback. */
export async function openFakeChatwoot(options: FakeChatwootOptions = {}): Promise<FakeChatwoot> {
  const data = createData();
  data.signs = options.signs ?? true;
  const sender = createWebhookSender();
  const exchanges: FakeChatwoot['exchanges'] = [];
  let url = '';
  const world = createWorld(data, () => url, tell);
  const { callsPerMinute: most = 3_000, now = Date.now } = options;
  const limit = createCallLimit({ most, seconds: 60, now });
  const api = createApi(world, options.dialect ?? 'seen');
  const server = await serveFake({
    kindOf,
    answer(request) {
      const wait = limit.admit();
      if (wait === 0) return api(request);
      // Before the API, as a plain text.
      const headers = { 'content-type': 'text/plain', 'retry-after': String(wait) };
      return { status: 429, headers, body: 'Retry later\n' };
    },
    observe: (request, answer) => {
      if (answer.status !== 429) exchanges.push({ request, answer });
    },
  });
  url = server.url;
  const inboxId = data.nextId();
  if (options.inbox !== false) {
    data.inboxes.push({
      id: inboxId,
      name: 'WotNot',
      channelType: 'Channel::Api',
      lock: false,
      webhookUrl: '',
    });
  }

  function tell(event: string, conversation: StoredConversation, message?: StoredMessage): void {
    for (const webhook of data.webhooks) {
      if (!webhook.subscriptions.includes(event)) continue;
      const request = webhookOf(bodyOf(event, conversation, message), webhook.secret, new Date());
      sender.send({ url: webhook.url, secret: webhook.secret ?? '' }, request);
    }
  }

  function bodyOf(event: string, conversation: StoredConversation, message?: StoredMessage): Buffer {
    const told =
      message === undefined
        ? { ...conversationShape(data, url, conversation), event }
        : messageEvent(data, url, conversation, message);
    return Buffer.from(JSON.stringify(told));
  }

  function conversationOf(id: string): StoredConversation {
    const found = data.conversations.get(Number(id));
    if (found === undefined) throw new Error(`the fake has no conversation ${id}`);
    return found;
  }

  async function speak(id: string, saying: FakeSaying, isPrivate: unknown, kind: string) {
    const user = data.users.find(({ email }) => email === saying.email);
    const files = (saying.files ?? []).map((file) => ({ ...file, id: data.nextId() }));
    const said = { content: saying.text, type: 1 as const, private: isPrivate, files, user: user?.id ?? 999 };
    const message = world.say(
      conversationOf(id),
      { ...said, ...(saying.at === undefined ? {} : { at: saying.at }) },
      kind,
    );
    return { externalId: String(message.id) };
  }

  return {
    url,
    data,
    exchanges,
    limit,
    overLimit: limit.refused,
    settings: {
      baseUrl: url,
      accountId: data.accountId,
      ...(options.inbox === false ? {} : { inboxId }),
      signature: data.signs ? 'required' : 'if-present',
    },
    credentials: { token: data.token },
    agents: data.users.map(({ email, name }) => ({ email, name })),
    teams: data.teams.map(({ name }) => name),
    statusWords: { open: 'open', pending: 'snoozed', solved: 'resolved' },
    ownStatuses: { statuses: { pending: 'open', snoozed: 'solved' }, sets: { solved: 'snoozed' } },
    priorityWords: { low: 'low', normal: 'medium', high: 'high', urgent: 'urgent' },
    pageOf: 100,
    webhookProof: 'signature-at',
    registers: true,
    ticket: (id) => {
      const found = data.conversations.get(Number(id));
      return found === undefined ? undefined : ticketOf(data, found);
    },
    tickets: () => [...data.conversations.values()].map((one) => ticketOf(data, one)),
    agentReplies: (id, saying) => speak(id, saying, false, 'reply'),
    agentNotes: (id, saying) => speak(id, saying, true, 'agent-note'),
    agentSaysOddly: (id, saying) => speak(id, saying, undefined, 'odd'),
    contactSays: async (id, text) => {
      const one = conversationOf(id);
      const said = { content: text, type: 0 as const, private: false, files: [], contact: one.contactId };
      return { externalId: String(world.say(one, said, 'contact').id) };
    },
    setStatus: async (id, word) => world.setStatus(conversationOf(id), word),
    assign: async (id, email) => {
      const user = data.users.find((one) => one.email === email);
      world.assign(conversationOf(id), user?.id ?? null);
    },
    setTeam: async (id, team) => {
      const one = conversationOf(id);
      const found = data.teams.find(({ name }) => name === team);
      world.change(one, 'team', () => Object.assign(one, { teamId: found?.id ?? null, assigneeId: null }));
    },
    setPriority: async (id, word) => {
      const one = conversationOf(id);
      world.change(one, 'priority', () => (one.priority = word));
    },
    deleteTicket: async (id) => void data.conversations.delete(Number(id)),
    expireAddresses: () => void (data.signature += 1),
    plant: (fault) => server.plan.plant(fault),
    clearFaults: () => server.plan.clear(),
    writes: () => [...world.writes],
    webhookTo: (target, secret) => {
      const subscriptions = ['message_created', 'conversation_status_changed', 'conversation_updated'];
      data.webhooks.push({ id: data.nextId(), url: target, name: '', subscriptions, secret });
    },
    webhookHabits: (habits) => sender.habits(habits),
    webhook: (ticketId, secret, at) => {
      const one = conversationOf(ticketId);
      return webhookOf(bodyOf('message_created', one, one.messages.at(-1)), secret, at);
    },
    close: async () => {
      await sender.stop();
      await server.stop();
    },
  };
}

function kindOf({ method, path }: FakeRequest): RequestKind {
  if (method === 'GET') return 'read';
  if (/\/conversations\/\d+\//u.test(path)) return 'write';
  return path.endsWith('/conversations') && method === 'POST' ? 'create' : 'other';
}

function webhookOf(body: Buffer, secret: string | null, at: Date): WebhookRequest {
  const plain = { 'content-type': 'application/json', 'x-chatwoot-delivery': randomUUID() };
  if (secret === null) return { headers: plain, body };
  const timestamp = String(Math.floor(at.getTime() / 1_000));
  const signature = createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest('hex');
  const proof = { 'x-chatwoot-timestamp': timestamp, 'x-chatwoot-signature': `sha256=${signature}` };
  return { headers: { ...plain, ...proof }, body };
}

function ticketOf(data: ChatwootData, one: StoredConversation): FakeTicket {
  const contact = data.contacts.find(({ id }) => id === one.contactId);
  const assignee = data.users.find(({ id }) => id === one.assigneeId);
  const team = data.teams.find(({ id }) => id === one.teamId);
  const text = (name: string): string | undefined =>
    typeof one.custom[name] === 'string' ? one.custom[name] : undefined;
  const [reference, follows] = [text('wotnot_conversation_id'), text('wotnot_follows')];
  return {
    id: String(one.id),
    ...(reference === undefined ? {} : { reference }),
    subject: text('wotnot_subject') ?? '',
    status: statuses[one.status] ?? 'open',
    vendorStatus: one.status,
    ...(assignee === undefined ? {} : { assigneeEmail: assignee.email }),
    ...(team === undefined ? {} : { team: team.name }),
    ...(one.priority === null ? {} : { priority: one.priority }),
    tags: one.labels,
    contact: {
      ...(contact === undefined ? {} : { name: contact.name }),
      ...(contact?.email ? { email: contact.email } : {}),
      ...(contact?.phone ? { phone: contact.phone } : {}),
    },
    ...(follows === undefined ? {} : { follows }),
    entries: one.messages.filter(({ type }) => type !== 2).map((message) => entryOf(data, message)),
  };
}

function entryOf(data: ChatwootData, message: StoredMessage): FakeEntry {
  const user = data.users.find(({ id }) => id === message.senderId);
  const kind = message.type === 0 ? 'contact' : message.senderId === data.me.id ? 'api-user' : 'agent';
  return {
    externalId: String(message.id),
    author: { kind, ...(user === undefined ? {} : { email: user.email, name: user.name }) },
    visibility: message.private === false ? 'public' : 'private',
    text: message.content,
    files: message.files,
  };
}
