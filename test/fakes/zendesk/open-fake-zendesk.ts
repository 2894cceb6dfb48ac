import { randomBytes } from 'node:crypto';
import type { TicketStatus } from '../../../src/domain/ticket.js';
import type { FakeDesk, FakeEntry, FakeSaying, FakeTicket } from '../fake-desk.js';
import { type FakeRequest, serveFake } from '../serve-fake.js';
import { createWebhookSender } from '../webhook-sender.js';
import { createZendeskApi, kindOf } from './zendesk-api.js';
import { createZendeskOAuth, type ZendeskOAuth } from './zendesk-oauth.js';
import { createZendeskLimits, type ZendeskLimits } from './zendesk-limits.js';
import { createShapes } from './zendesk-shapes.js';
import { createTicketDesk } from './zendesk-tickets.js';
import { commentAdded, eventBody, type Happening, signed, targetsOf } from './zendesk-webhooks.js';
import {
  createZendeskWorld,
  htmlOf,
  seconds,
  textOf,
  type ZendeskAttachment,
  type ZendeskComment,
  type ZendeskTicket,
  type ZendeskWorld,
} from './zendesk-world.js';

export interface FakeZendesk extends FakeDesk {
  world: ZendeskWorld;
  oauth: ZendeskOAuth;
  /** Legacy credentials, for those who ask for them. */
  apiToken: Record<string, unknown>;
  /** What has come in at the API, and at the host of files. */
  requests: FakeRequest[];
  limits: ZendeskLimits;
  fileRequests: FakeRequest[];
}

export interface FakeZendeskOptions {
  /** Zendesk's are 30 and 100; where a suite writes more in a minute than people do, it says so. */
  budgets?: { perTicket?: number; perAccount?: number };
  /** The smallest paid plan's is 200. */
  callsPerMinute?: number;
  /** The clock that they are counted by, in milliseconds since 1970. */
  now?: () => number;
  exportDelaySeconds?: number;
  tokenSeconds?: number;
  mostUploadBytes?: number;
}

const statuses: Record<string, TicketStatus> = {
  new: 'new',
  open: 'open',
  pending: 'pending',
  hold: 'pending',
  solved: 'solved',
  closed: 'closed',
};

/** A Zendesk on loopback, with a host of files beside it. */
export async function openFakeZendesk(options: FakeZendeskOptions = {}): Promise<FakeZendesk> {
  const world = createZendeskWorld();
  const oauth = createZendeskOAuth(options.tokenSeconds ?? 172_800);
  const sender = createWebhookSender();
  const requests: FakeRequest[] = [];
  const fileRequests: FakeRequest[] = [];
  const apiToken = `api-token-${randomBytes(12).toString('hex')}`;
  let url = '';
  let fileUrl = '';
  const shapes = createShapes(world, () => url);
  const budgets = { perTicket: 30, perAccount: 100, now: options.now ?? Date.now, ...options.budgets };

  function tell(ticket: ZendeskTicket, happening: Happening): void {
    for (const { target, body } of targetsOf(world, ticket, happening))
      sender.send(target, signed(body, target.secret, new Date()));
  }

  const desk = createTicketDesk(world, shapes, budgets, {
    commented: (ticket, comment) => tell(ticket, commentAdded(world, comment, true, world.apiUser.id)),
    changed: (ticket, name) => tell(ticket, { name, actorId: world.apiUser.id, event: {}, viaApi: true }),
  });
  const { exportDelaySeconds = 0, mostUploadBytes = 50 * 1_048_576 } = options;
  const api = createZendeskApi({
    world,
    shapes,
    oauth,
    desk,
    apiToken,
    fileHost: () => fileUrl,
    exportDelaySeconds,
    mostUploadBytes,
    now: budgets.now,
  });
  const limits = createZendeskLimits(options.callsPerMinute ?? 200, budgets.now);
  const server = await serveFake({
    kindOf,
    answer(request) {
      requests.push(request);
      const answer = limits.refuse(request) ?? api(request);
      return { ...answer, headers: { ...limits.headers(), ...answer.headers } };
    },
  });
  ({ url } = server);
  const files = await serveFake({
    kindOf: () => 'other',
    answer(request) {
      fileRequests.push(request);
      const token = request.path.split('/').at(-1);
      const file = [...world.attachments.values()].find((one) => one.token === token);
      return file === undefined
        ? { status: 404, body: '' }
        : { status: 200, headers: { 'content-type': file.contentType }, body: file.bytes };
    },
  });
  fileUrl = files.url;

  function ticketOf(id: string): ZendeskTicket {
    const ticket = world.tickets.get(Number(id));
    if (ticket === undefined) throw new Error(`the fake has no ticket ${id}`);
    return ticket;
  }

  function userOf(email: string): number {
    return world.users.find((user) => user.email === email)?.id ?? 999;
  }

  function speak(
    id: string,
    { email, text, files: given = [], at = new Date() }: FakeSaying,
    isPublic: unknown,
    channel = 'web',
  ) {
    const attachments = given.map((file): ZendeskAttachment => {
      const fileId = world.nextId();
      const attached = { ...file, id: fileId, token: `tok${fileId}`, scan: 'malware_not_found' };
      world.attachments.set(fileId, attached);
      return attached;
    });
    const ticket = ticketOf(id);
    const comment: ZendeskComment = {
      id: world.nextId(),
      author_id: userOf(email),
      public: isPublic,
      html_body: htmlOf(text),
      created_at: seconds(at),
      attachments,
      via: { channel, source: { from: {}, to: {}, rel: null } },
    };
    ticket.comments.push(comment);
    ticket.updated_at = seconds(new Date());
    tell(ticket, commentAdded(world, comment, false, comment.author_id));
    return { externalId: String(comment.id) };
  }

  function change(id: string, name: string, byEmail: string, run: (ticket: ZendeskTicket) => void): void {
    const ticket = ticketOf(id);
    run(ticket);
    ticket.updated_at = seconds(new Date());
    tell(ticket, { name, actorId: userOf(byEmail), event: {}, viaApi: false });
  }

  const [, ada, ben] = world.users;
  let odd = 0;
  return {
    url,
    world,
    oauth,
    requests,
    limits,
    overLimit: () => limits.refused() + world.updates.filter(({ taken }) => !taken).length,
    fileRequests,
    settings: { baseUrl: url },
    credentials: {
      grant: 'client_credentials',
      clientId: oauth.client.id,
      clientSecret: oauth.client.secret,
    },
    apiToken: { grant: 'api_token', email: world.apiUser.email, apiToken },
    agents: [ada, ben].map((agent) => ({ email: agent?.email ?? '', name: agent?.name ?? '' })),
    teams: world.groups.map(({ name }) => name),
    statusWords: { new: 'new', open: 'open', pending: 'pending', solved: 'solved', closed: 'closed' },
    ownStatuses: ownStatuses(world),
    priorityWords: { low: 'low', normal: 'normal', high: 'high', urgent: 'urgent' },
    pageOf: 100,
    webhookProof: 'signature-at',
    registers: true,
    ticket: (id) => {
      const ticket = world.tickets.get(Number(id));
      return ticket === undefined || ticket.status === 'deleted' ? undefined : tellTicket(world, ticket);
    },
    tickets: () =>
      [...world.tickets.values()]
        .filter(({ status }) => status !== 'deleted')
        .map((one) => tellTicket(world, one)),
    agentReplies: async (id, saying) => speak(id, saying, true),
    agentNotes: async (id, saying) => speak(id, saying, false),
    agentSaysOddly: async (id, saying) => speak(id, saying, [undefined, 'true', 1, null][(odd += 1) % 4]),
    contactSays: async (id, text) => {
      const requester = world.users.find((user) => user.id === ticketOf(id).requester_id);
      return speak(id, { email: requester?.email ?? '', text }, true, 'email');
    },
    setStatus: async (id, word, by = 'ada@desk.example') =>
      change(id, 'status_changed', by, (ticket) => {
        const own = world.customStatuses.find((one) => String(one.id) === word);
        ticket.status = own?.category ?? word;
        if (own === undefined) delete ticket.custom_status_id;
        else ticket.custom_status_id = own.id;
      }),
    assign: async (id, email) =>
      change(id, 'agent_assignment_changed', 'ada@desk.example', (ticket) => {
        ticket.assignee_id = email === null ? null : userOf(email);
      }),
    setTeam: async (id, team) =>
      change(id, 'group_assignment_changed', 'ada@desk.example', (ticket) => {
        ticket.group_id = world.groups.find(({ name }) => name === team)?.id ?? null;
        ticket.assignee_id = null;
      }),
    setPriority: async (id, word) =>
      change(id, 'priority_changed', 'ada@desk.example', (ticket) => (ticket.priority = word)),
    deleteTicket: async (id) =>
      change(id, 'soft_deleted', 'ada@desk.example', (ticket) => (ticket.status = 'deleted')),
    mergeTicket: async (id, into) => {
      const words = `This request was closed and merged into request #${into} "${ticketOf(into).subject}".`;
      speak(id, { email: 'ada@desk.example', text: words }, false);
      speak(
        into,
        { email: 'ada@desk.example', text: `Request #${id} was closed and merged into this request.` },
        true,
      );
      const told = ticketOf(into).comments.at(-1);
      if (told !== undefined)
        told.via = { channel: 'web', source: { from: { ticket_ids: [Number(id)] }, to: {}, rel: 'merge' } };
      change(id, 'merged', 'ada@desk.example', (ticket) => {
        ticket.status = 'closed';
        ticket.tags.push('closed_by_merge');
      });
    },
    plant: (fault) => server.plan.plant(fault),
    clearFaults: () => server.plan.clear(),
    writes: () => world.writes,
    webhookTo: (endpoint, secret) => {
      const subscriptions = ['comment_added', 'status_changed'].map(
        (name) => `zen:event-type:ticket.${name}`,
      );
      world.webhooks.set('byhand', {
        id: 'byhand',
        name: '',
        endpoint,
        status: 'active',
        subscriptions,
        secret,
      });
    },
    webhookHabits: (habits) => sender.habits(habits),
    webhook: (id, secret, at) => {
      const author = { id: String(ada?.id), is_staff: true, name: 'Ada' };
      const event = { comment: { id: String(world.nextId()), body: 'Hello', is_public: true, author } };
      const body = eventBody(ticketOf(id), {
        name: 'comment_added',
        actorId: ada?.id ?? 0,
        event,
        viaApi: false,
      });
      return signed(body, secret, at);
    },
    close: async () => {
      await sender.stop();
      await server.stop();
      await files.stop();
    },
  };
}

/** One that looks open and waits for the shop, and one for what was refunded. */
function ownStatuses({ customStatuses: [waits, refunded] }: ZendeskWorld): FakeDesk['ownStatuses'] {
  const [waiting, done] = [String(waits?.id), String(refunded?.id)];
  return { statuses: { [waiting]: 'pending', [done]: 'solved', hold: 'open' }, sets: { solved: done } };
}

function tellTicket(world: ZendeskWorld, ticket: ZendeskTicket): FakeTicket {
  const userOf = (id: number | null) => world.users.find((user) => user.id === id);
  const requester = userOf(ticket.requester_id);
  const assignee = userOf(ticket.assignee_id);
  const group = world.groups.find(({ id }) => id === ticket.group_id);
  return {
    id: String(ticket.id),
    subject: ticket.subject,
    status: statuses[ticket.status] ?? 'open',
    vendorStatus: String(ticket.custom_status_id ?? ticket.status),
    tags: ticket.tags,
    contact: {
      ...(requester?.name ? { name: requester.name } : {}),
      ...(requester?.email ? { email: requester.email } : {}),
      ...(requester?.phone ? { phone: requester.phone } : {}),
    },
    entries: ticket.comments.map((comment) => tellEntry(world, comment)),
    ...(ticket.external_id === null ? {} : { reference: ticket.external_id }),
    ...(assignee?.email ? { assigneeEmail: assignee.email } : {}),
    ...(group === undefined ? {} : { team: group.name }),
    ...(ticket.priority === null ? {} : { priority: ticket.priority }),
    ...(ticket.follows === undefined ? {} : { follows: String(ticket.follows) }),
  };
}

function tellEntry(world: ZendeskWorld, comment: ZendeskComment): FakeEntry {
  const author = world.users.find(({ id }) => id === comment.author_id);
  const kind =
    author === undefined
      ? 'system'
      : author.id === world.apiUser.id
        ? 'api-user'
        : author.role === 'end-user'
          ? 'contact'
          : 'agent';
  return {
    externalId: String(comment.id),
    author: {
      kind,
      ...(author?.email ? { email: author.email } : {}),
      ...(author ? { name: author.name } : {}),
    },
    visibility: comment.public === true ? 'public' : 'private',
    text: textOf(comment.html_body),
    files: comment.attachments.map(({ name, contentType, bytes }) => ({ name, contentType, bytes })),
  };
}
