import { Webhook } from 'standardwebhooks';
import type { WebhookRequest } from '../../../src/connectors/connector.js';
import type { FakeDesk, FakeFile, FakeSaying } from '../fake-desk.js';
import { type FakeRequest, serveFake } from '../serve-fake.js';
import { createWebhookSender, type WebhookTarget } from '../webhook-sender.js';
import { type BackEndTicket, createBackEnd } from './back-end.js';

const SECRET = 'the-secret-that-the-bridge-signs-with';

/** A desk of its own on loopback: it is told by signed webhooks, and tells by them. */
export async function openFakeWebhookDesk(): Promise<FakeDesk> {
  const backEnd = createBackEnd(SECRET);
  const sender = createWebhookSender();
  const files = new Map<string, FakeFile>();
  const told: { ticketId: string; body: string }[] = [];
  let target: WebhookTarget | undefined;
  const server = await serveFake({
    kindOf: ({ method, json }) => {
      if (method === 'GET' || json['type'] === 'ping') return 'read';
      return json['type'] === 'ticket.create' ? 'create' : 'write';
    },
    answer: (request: FakeRequest) => {
      if (request.method !== 'GET') return backEnd.answer(request);
      const file = files.get(request.path);
      return file === undefined
        ? { status: 404, body: '' }
        : { status: 200, headers: { 'content-type': file.contentType }, body: file.bytes };
    },
  });

  function ticketOf(id: string): BackEndTicket {
    const ticket = backEnd.tickets.get(id);
    if (ticket === undefined) throw new Error(`the fake has no ticket ${id}`);
    return ticket;
  }

  function tell(ticketId: string, type: string, data: object): void {
    const body = JSON.stringify({ type, timestamp: new Date().toISOString(), data: { ticketId, ...data } });
    told.push({ ticketId, body });
    if (target !== undefined) sender.send(target, signed(body, target.secret, new Date()));
  }

  async function speak(id: string, saying: FakeSaying, type: string) {
    const externalId = backEnd.nextId('m');
    const told = (saying.files ?? []).map((file) => {
      const path = `/files/${backEnd.nextId('f')}`;
      files.set(path, file);
      return { url: `${server.url}${path}`, name: file.name, contentType: file.contentType };
    });
    const visibility = type === 'message.created' ? 'public' : 'private';
    const author = { kind: 'agent' as const, email: saying.email };
    const entry = { externalId, author, visibility, text: saying.text, files: saying.files ?? [] } as const;
    ticketOf(id).entries.push({ ...entry });
    const { email, text } = saying;
    tell(id, type, { messageId: externalId, author: { email }, text, files: told });
    return { externalId };
  }

  return {
    url: server.url,
    settings: { url: `${server.url}/hooks` },
    credentials: { secret: SECRET },
    agents: backEnd.agents,
    teams: backEnd.teams,
    statusWords: { new: 'new', open: 'open', pending: 'pending', solved: 'solved' },
    ownStatuses: {
      statuses: { 'Waits for the shop': 'pending', done: 'solved' },
      sets: { solved: 'done' },
    },
    priorityWords: { low: 'low', normal: 'normal', high: 'high', urgent: 'urgent' },
    pageOf: 5,
    webhookProof: 'signature-at',
    registers: false,
    ticket: (id) => {
      const ticket = backEnd.tickets.get(id);
      return ticket === undefined || ticket.gone ? undefined : structuredClone(ticket);
    },
    tickets: () =>
      [...backEnd.tickets.values()].filter(({ gone }) => !gone).map((one) => structuredClone(one)),
    agentReplies: (id, saying) => speak(id, saying, 'message.created'),
    agentNotes: (id, saying) => speak(id, saying, 'note.created'),
    agentSaysOddly: (id, saying) => speak(id, saying, 'remark.created'),
    setStatus: async (id, status, by) => {
      Object.assign(ticketOf(id), { status, vendorStatus: status });
      tell(id, 'ticket.updated', { status, ...(by === undefined ? {} : { by: { email: by } }) });
    },
    assign: async (id, email) => {
      tell(id, 'ticket.updated', { assignee: email === null ? null : { email } });
    },
    setTeam: async (id, team) => {
      ticketOf(id).team = team;
      tell(id, 'ticket.updated', { assignee: { team } });
    },
    setPriority: async (id, priority) => {
      ticketOf(id).priority = priority;
      tell(id, 'ticket.updated', { priority });
    },
    deleteTicket: async (id) => {
      ticketOf(id).gone = true;
      tell(id, 'ticket.deleted', {});
    },
    mergeTicket: async (id, into) => {
      Object.assign(ticketOf(id), { gone: true, goneInto: into });
      tell(id, 'ticket.merged', { into });
    },
    plant: (fault) => server.plan.plant(fault),
    clearFaults: () => server.plan.clear(),
    writes: () => backEnd.writes,
    webhookTo: (url, secret) => {
      target = { url, secret };
    },
    webhookHabits: (habits) => sender.habits(habits),
    webhook: (id, secret, at) => {
      const data = { ticketId: id, messageId: backEnd.nextId('m'), author: {}, text: 'Hello' };
      return signed(
        JSON.stringify({ type: 'message.created', timestamp: at.toISOString(), data }),
        secret,
        at,
      );
    },
    told: (id, secret) =>
      told.flatMap(({ ticketId, body }, n) =>
        ticketId === id ? [signed(body, secret, new Date(), `told_${n}`)] : [],
      ),
    close: async () => {
      await sender.stop();
      await server.stop();
    },
  };
}

let sent = 0;

function signed(body: string, secret: string, at: Date, id = `evt_${(sent += 1)}`): WebhookRequest {
  const bytes = Buffer.from(body);
  // No secret signs nothing: what stands there instead proves nothing either.
  const key = secret === '' ? 'x' : secret;
  return {
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(Math.floor(at.getTime() / 1_000)),
      'webhook-signature': new Webhook(key, { format: 'raw' }).sign(id, at, bytes),
    },
    body: bytes,
  };
}
