import type { RequestKind } from '../fault-plan.js';
import type { FakeAnswer, FakeRequest } from '../serve-fake.js';
import type { ZendeskOAuth } from './zendesk-oauth.js';
import type { Shapes } from './zendesk-shapes.js';
import { type createTicketDesk, notFound } from './zendesk-tickets.js';
import { newSecret, seconds, type ZendeskWebhook, type ZendeskWorld } from './zendesk-world.js';

export function kindOf({ method, path }: FakeRequest): RequestKind {
  if (method === 'POST' && path === '/api/v2/tickets') return 'create';
  if (method === 'PUT' && /^\/api\/v2\/tickets\/\d+(?:\/tags)?$/u.test(path)) return 'write';
  return method === 'GET' ? 'read' : 'other';
}

export interface ApiOptions {
  world: ZendeskWorld;
  shapes: Shapes;
  oauth: ZendeskOAuth;
  desk: ReturnType<typeof createTicketDesk>;
  apiToken: string;
  /** Where the bytes of attachments lie. */
  fileHost: () => string;
  /** The export leaves out what is younger. */
  exportDelaySeconds: number;
  mostUploadBytes: number;
  /** The clock by which uploads end. */
  now: () => number;
}

type Route = (request: FakeRequest, id: string) => FakeAnswer;

/** Zendesk's API as far as the bridge uses it, and as strict. */
export function createZendeskApi(options: ApiOptions): (request: FakeRequest) => FakeAnswer {
  const { world, shapes, oauth, desk } = options;
  const ticketOf = (id: string) => {
    const ticket = world.tickets.get(Number(id));
    return ticket === undefined || ticket.status === 'deleted' ? undefined : ticket;
  };
  const onTicket = (
    run: (ticket: NonNullable<ReturnType<typeof ticketOf>>, request: FakeRequest) => FakeAnswer,
  ): Route => {
    return (request, id) => {
      const ticket = ticketOf(id);
      return ticket === undefined ? notFound : run(ticket, request);
    };
  };

  const routes: [method: string, path: RegExp, route: Route][] = [
    ['GET', /^\/api\/v2\/users\/me$/u, () => ok({ user: shapes.user(world.apiUser) })],
    ['GET', /^\/api\/v2\/users\/search$/u, searchUsers],
    ['POST', /^\/api\/v2\/users\/create_or_update$/u, createOrUpdateUser],
    ['GET', /^\/api\/v2\/users$/u, listUsers],
    [
      'GET',
      /^\/api\/v2\/groups\/assignable$/u,
      () => ok({ groups: world.groups, meta: { has_more: false } }),
    ],
    ['GET', /^\/api\/v2\/tickets$/u, listTickets],
    ['POST', /^\/api\/v2\/tickets$/u, (request) => desk.create(request)],
    ['GET', /^\/api\/v2\/tickets\/(\d+)$/u, onTicket(showTicket)],
    ['PUT', /^\/api\/v2\/tickets\/(\d+)$/u, onTicket((ticket, request) => desk.update(ticket, request))],
    ['PUT', /^\/api\/v2\/tickets\/(\d+)\/tags$/u, onTicket((ticket, request) => desk.tag(ticket, request))],
    ['GET', /^\/api\/v2\/tickets\/(\d+)\/comments$/u, onTicket(listComments)],
    ['GET', /^\/api\/v2\/tickets\/(\d+)\/audits$/u, onTicket(listAudits)],
    ['GET', /^\/api\/v2\/incremental\/tickets\/cursor$/u, exportTickets],
    ['POST', /^\/api\/v2\/uploads$/u, upload],
    ['GET', /^\/api\/v2\/attachments\/(\d+)$/u, showAttachment],
    ['GET', /^\/attachments\/token\/(\w+)\/$/u, redirectToFile],
    [
      'GET',
      /^\/api\/v2\/webhooks$/u,
      () => ok({ webhooks: [...world.webhooks.values()].map(webhookShape), meta: { has_more: false } }),
    ],
    ['POST', /^\/api\/v2\/webhooks$/u, createWebhook],
    [
      'GET',
      /^\/api\/v2\/webhooks\/(\w+)$/u,
      (_, id) => onWebhook(id, (webhook) => ok({ webhook: webhookShape(webhook) })),
    ],
    ['PATCH', /^\/api\/v2\/webhooks\/(\w+)$/u, changeWebhook],
    [
      'GET',
      /^\/api\/v2\/webhooks\/(\w+)\/signing_secret$/u,
      (_, id) => onWebhook(id, ({ secret }) => secretAnswer(200, secret)),
    ],
    [
      'POST',
      /^\/api\/v2\/webhooks\/(\w+)\/signing_secret$/u,
      (_, id) => onWebhook(id, (webhook) => secretAnswer(201, (webhook.secret = newSecret()))),
    ],
    [
      'GET',
      /^\/api\/v2\/triggers$/u,
      () => ok({ triggers: [...world.triggers.values()], meta: { has_more: false } }),
    ],
    ['POST', /^\/api\/v2\/triggers$/u, (request) => keepTrigger(world.nextId(), request)],
    ['PUT', /^\/api\/v2\/triggers\/(\d+)$/u, (request, id) => keepTrigger(Number(id), request)],
  ];

  return (request) => {
    if (request.method === 'POST' && request.path === '/oauth/tokens') return oauth.answer(request);
    if (!isLetIn(request))
      return { status: 401, body: { error: 'invalid_token', error_description: 'expired' } };
    for (const [method, path, route] of routes) {
      const match = method === request.method ? path.exec(request.path) : null;
      if (match !== null) return route(request, match[1] ?? '');
    }
    return { status: 404, body: { error: { title: 'Invalid endpoint', message: 'Not found' } } };
  };

  function isLetIn({ headers }: FakeRequest): boolean {
    const [scheme, given = ''] = (headers['authorization'] ?? '').split(' ');
    if (scheme === 'Bearer') return oauth.isLive(given);
    const pair = `${world.apiUser.email}/token:${options.apiToken}`;
    return scheme === 'Basic' && given === Buffer.from(pair).toString('base64');
  }

  function searchUsers({ query }: FakeRequest): FakeAnswer {
    const externalId = query.get('external_id');
    const email = /^email:"?([^"]+)"?$/u.exec(query.get('query') ?? '')?.[1];
    const users = world.users.filter((user) =>
      externalId === null ? user.email === email : user.external_id === externalId,
    );
    return ok({ users: users.map(shapes.user), count: users.length, next_page: null });
  }

  function createOrUpdateUser({ json }: FakeRequest): FakeAnswer {
    const input = json['user'] as Record<string, unknown>;
    const text = (name: string): string | null => (typeof input[name] === 'string' ? input[name] : null);
    const known = world.users.find(
      ({ external_id, email }) =>
        (external_id !== null && external_id === text('external_id')) ||
        (email !== null && email === text('email')),
    );
    if (known !== undefined) {
      Object.assign(known, {
        name: text('name') ?? known.name,
        external_id: text('external_id') ?? known.external_id,
      });
      return ok({ user: shapes.user(known) });
    }
    if (text('email') !== null && !/^[^@\s]+@[^@\s]+\.[^@\s]+$/u.test(text('email') ?? '')) {
      const details = { email: [{ description: 'Email: is not properly formatted' }] };
      return {
        status: 422,
        body: { error: 'RecordInvalid', description: 'Record validation errors', details },
      };
    }
    const user = {
      id: world.nextId(),
      name: text('name') ?? '',
      email: text('email'),
      phone: text('phone'),
      role: 'end-user' as const,
      external_id: text('external_id'),
      active: true,
    };
    world.users.push(user);
    return { status: 201, body: { user: shapes.user(user) } };
  }

  function listUsers({ query }: FakeRequest): FakeAnswer {
    const roles = query.getAll('role[]');
    const users = world.users.filter(({ role }) => roles.length === 0 || roles.includes(role));
    return ok({ users: users.map(shapes.user), meta: { has_more: false, after_cursor: null } });
  }

  function listTickets({ query }: FakeRequest): FakeAnswer {
    const externalId = query.get('external_id');
    const all = [...world.tickets.values()].filter(({ status }) => status !== 'deleted');
    const tickets =
      externalId === null ? all.slice(0, 1) : all.filter((one) => one.external_id === externalId);
    return ok({ tickets: tickets.map(shapes.ticket), meta: { has_more: false } });
  }

  function showTicket(ticket: NonNullable<ReturnType<typeof ticketOf>>): FakeAnswer {
    const users = shapes.sideload([ticket.requester_id, ticket.assignee_id]);
    const groups = world.groups.filter(({ id }) => id === ticket.group_id);
    return ok({ ticket: shapes.ticket(ticket), users, groups });
  }

  function listComments(
    ticket: NonNullable<ReturnType<typeof ticketOf>>,
    { query }: FakeRequest,
  ): FakeAnswer {
    const newestFirst = query.get('sort') === '-created_at';
    const all = newestFirst ? ticket.comments.toReversed() : ticket.comments;
    const size = Math.min(Number(query.get('page[size]') ?? 100), 100);
    const after = Number(Buffer.from(query.get('page[after]') ?? '', 'base64').toString() || -1);
    const from = all.findIndex(({ id }) => id === after) + 1;
    const page = all.slice(from, from + size);
    const last = page.at(-1)?.id;
    const cursor = last === undefined ? null : Buffer.from(String(last)).toString('base64');
    const users = shapes.sideload(page.map(({ author_id }) => author_id));
    const meta = { has_more: from + size < all.length, after_cursor: cursor, before_cursor: null };
    return ok({ comments: page.map(shapes.comment), users, meta });
  }

  function listAudits(ticket: NonNullable<ReturnType<typeof ticketOf>>): FakeAnswer {
    return ok({ audits: shapes.audits(ticket).toReversed().slice(0, 100), meta: { has_more: false } });
  }

  function exportTickets({ query }: FakeRequest): FakeAnswer {
    const start = query.get('start_time');
    if (start !== null && Number(start) > Date.now() / 1_000 - 60)
      return { status: 422, body: { error: 'InvalidValue', description: 'Too recent start_time.' } };
    const from =
      start === null
        ? Buffer.from(query.get('cursor') ?? '', 'base64').toString()
        : seconds(new Date(Number(start) * 1_000));
    const until = seconds(new Date(Date.now() - options.exportDelaySeconds * 1_000));
    const size = Number(query.get('per_page') ?? 1_000);
    const due = [...world.tickets.values()]
      .filter(({ updated_at }) => updated_at >= from && updated_at <= until)
      .sort((one, other) => (one.updated_at < other.updated_at ? -1 : 1));
    const page = due.slice(0, size);
    const last = page.at(-1)?.updated_at ?? from;
    return ok({
      tickets: page.map(shapes.ticket),
      after_cursor: Buffer.from(last).toString('base64'),
      end_of_stream: due.length <= size,
    });
  }

  function upload({ query, bytes, headers }: FakeRequest): FakeAnswer {
    if (bytes.length > options.mostUploadBytes)
      return { status: 413, body: { error: 'AttachmentTooLarge', description: 'The file is too large' } };
    const id = world.nextId();
    const name = query.get('filename') ?? 'file';
    const contentType = headers['content-type'] ?? '';
    const token = `tok${id}`;
    const file = {
      id,
      token,
      name,
      contentType,
      bytes,
      scan: 'malware_not_found',
      uploadedAt: options.now(),
    };
    world.uploads.set(token, file);
    world.attachments.set(id, file);
    return { status: 201, body: { upload: { token, attachment: shapes.attachment(file), attachments: [] } } };
  }

  function showAttachment(_: FakeRequest, id: string): FakeAnswer {
    const file = world.attachments.get(Number(id));
    return file === undefined ? notFound : ok({ attachment: shapes.attachment(file) });
  }

  function redirectToFile(_: FakeRequest, token: string): FakeAnswer {
    return { status: 302, headers: { location: `${options.fileHost()}/file/${token}` }, body: '' };
  }

  function createWebhook({ json }: FakeRequest): FakeAnswer {
    const input = json['webhook'] as Partial<ZendeskWebhook>;
    const id = `01H${world.nextId()}`;
    const { name = '', endpoint = '', status = 'active', subscriptions = [] } = input;
    const webhook = { id, name, endpoint, status, subscriptions, secret: newSecret() };
    world.webhooks.set(id, webhook);
    return { status: 201, body: { webhook: webhookShape(webhook) } };
  }

  function changeWebhook({ json }: FakeRequest, id: string): FakeAnswer {
    return onWebhook(id, (webhook) => {
      Object.assign(webhook, json['webhook']);
      return { status: 204 };
    });
  }

  function onWebhook(id: string, run: (webhook: ZendeskWebhook) => FakeAnswer): FakeAnswer {
    const webhook = world.webhooks.get(id);
    return webhook === undefined ? notFound : run(webhook);
  }

  function keepTrigger(id: number, { json }: FakeRequest): FakeAnswer {
    const trigger = { ...(json['trigger'] as object), id, active: true };
    world.triggers.set(id, trigger);
    return { status: 201, body: { trigger } };
  }
}

const ok = (body: object): FakeAnswer => ({ status: 200, body });
const webhookShape = ({ secret: _, ...rest }: ZendeskWebhook) => rest;
const secretAnswer = (status: number, secret: string): FakeAnswer => ({
  status,
  body: { signing_secret: { algorithm: 'SHA256', secret } },
});
