import type { File } from 'node:buffer';
import type { FakeAnswer, FakeRequest } from '../serve-fake.js';
import {
  change,
  type FreshdeskData,
  type StoredContact,
  type StoredEntry,
  type StoredTicket,
  timeText,
} from './freshdesk-data.js';

const ok = (body: unknown): FakeAnswer => ({ status: 200, body });
const missing: FakeAnswer = { status: 404 };
const invalid = (...fields: [string, string][]): FakeAnswer => ({
  status: 400,
  body: {
    description: 'Validation failed',
    errors: fields.map(([field, code]) => ({ field, message: 'It should be a valid value', code })),
  },
});

interface Given {
  field(name: string): unknown;
  files: StoredEntry['files'];
}

const mostFileBytes = 20 * 1024 * 1024;

/** Freshdesk's API v2, as far as a bridge needs it. */
export function createApi(data: FreshdeskData, url: () => string) {
  return async (request: FakeRequest): Promise<FakeAnswer> => {
    const file = /^\/store\/(\d+)$/u.exec(request.path);
    if (file) return answerFile(Number(file[1]), request);
    const key = Buffer.from(`${data.apiKey}:X`).toString('base64');
    if (request.headers['authorization'] !== `Basic ${key}`) {
      const message = 'You have to be logged in to perform this action.';
      return { status: 401, body: { code: 'invalid_credentials', message } };
    }
    const parts = request.path.replace('/api/v2/', '').split('/');
    const route = `${request.method} /${parts.map((part) => (/^\d+$/u.test(part) ? ':id' : part)).join('/')}`;
    const ticket = data.tickets.get(Number(parts[1]));
    switch (route) {
      case 'GET /agents/me':
        return ok(agentShape(data.me));
      case 'GET /agents/:id': {
        const agent = [data.me, ...data.agents].find(({ id }) => id === Number(parts[1]));
        return agent === undefined ? missing : ok(agentShape(agent));
      }
      case 'GET /agents': {
        const email = request.query.get('email');
        const meant = [data.me, ...data.agents].filter((one) => email === null || one.email === email);
        return ok(meant.map(agentShape));
      }
      case 'GET /groups':
        return ok(data.groups);
      case 'GET /ticket_fields':
        return ok(data.fields.map((name) => ({ id: 1, name, type: 'custom_text', label: name })));
      case 'GET /tickets':
        return listTickets(request.query);
      case 'POST /tickets':
        return createTicket(await readGiven(request));
      default:
        return ticket === undefined ? missing : answerTicket(ticket, route, request);
    }
  };

  async function answerTicket(
    ticket: StoredTicket,
    route: string,
    request: FakeRequest,
  ): Promise<FakeAnswer> {
    if (route === 'GET /tickets/:id') return ok(ticketShape(ticket));
    if (ticket.deleted) return { status: 405, body: { message: 'the ticket is in the trash' } };
    switch (route) {
      case 'PUT /tickets/:id':
        return updateTicket(ticket, request.json);
      case 'GET /tickets/:id/conversations': {
        const from =
          (Number(request.query.get('page') ?? '1') - 1) * Number(request.query.get('per_page') ?? '30');
        const until = from + Number(request.query.get('per_page') ?? '30');
        return ok(
          ticket.entries
            .slice(1)
            .slice(from, until)
            .map((entry) => entryShape(ticket, entry)),
        );
      }
      case 'POST /tickets/:id/notes':
        return addNote(ticket, await readGiven(request));
      default:
        return missing;
    }
  }

  async function readGiven(request: FakeRequest): Promise<Given> {
    if (request.headers['content-type']?.startsWith('multipart/form-data') !== true) {
      return { field: (name) => request.json[name], files: [] };
    }
    const form = await request.form();
    const parts = form.getAll('attachments[]') as unknown as File[];
    const files = await Promise.all(
      parts.map(async (part) => ({
        id: data.nextId(),
        name: part.name,
        contentType: part.type,
        bytes: Buffer.from(await part.arrayBuffer()),
      })),
    );
    const custom = [...form.keys()].flatMap((name) => {
      const field = /^custom_fields\[(\w+)\]$/u.exec(name)?.[1];
      return field === undefined ? [] : [[field, form.get(name)] as const];
    });
    const field = (name: string): unknown => {
      if (name === 'custom_fields') return Object.fromEntries(custom);
      if (name === 'tags') return form.getAll('tags[]');
      const value = form.get(name);
      return typeof value === 'string' && /^(\d+|true|false)$/u.test(value)
        ? JSON.parse(value)
        : (value ?? undefined);
    };
    return { field, files };
  }

  function addNote(ticket: StoredTicket, { field, files }: Given): FakeAnswer {
    const body = field('body');
    if (typeof body !== 'string' || body === '') return invalid(['body', 'missing_field']);
    const stored = ticket.entries
      .flatMap((entry) => entry.files)
      .reduce((sum, file) => sum + file.bytes.length, 0);
    if (files.reduce((sum, file) => sum + file.bytes.length, stored) > mostFileBytes) {
      return invalid(['attachments', 'invalid_size']);
    }
    const isPrivate = field('private') !== false;
    const incoming = field('incoming') === true;
    const userId = Number(field('user_id') ?? data.me.id);
    const entry = {
      id: data.nextId(),
      body,
      incoming,
      private: isPrivate,
      userId,
      source: 2,
      at: Date.now(),
      files,
    };
    change(data, ticket, isPrivate ? 'note' : 'message', () => ticket.entries.push(entry));
    return { status: 201, body: entryShape(ticket, entry) };
  }

  function createTicket({ field, files }: Given): FakeAnswer {
    const custom = (field('custom_fields') ?? {}) as Record<string, unknown>;
    const unknown = Object.keys(custom).filter((name) => !data.fields.includes(name));
    if (unknown.length > 0)
      return invalid(...unknown.map((name): [string, string] => [name, 'invalid_field']));
    const email = field('email');
    if (typeof email === 'string' && !/^[^@\s]+@[^@\s]+\.[a-z]+$/u.test(email))
      return invalid(['email', 'invalid_value']);
    const contact = findContact(field) ?? createContact(field);
    if (contact === undefined) return invalid(['requester_id', 'missing_field']);
    for (const name of ['status', 'priority'])
      if (typeof field(name) !== 'number') return invalid([name, 'missing_field']);
    const now = Date.now();
    data.lastTicket += 1;
    const description = field('description');
    const ticket: StoredTicket = {
      id: data.lastTicket,
      subject: textOf(field('subject')),
      requesterId: contact.id,
      responderId: (field('responder_id') as number | undefined) ?? null,
      groupId: (field('group_id') as number | undefined) ?? null,
      status: field('status') as number,
      priority: field('priority') as number,
      tags: (field('tags') as string[] | undefined) ?? [],
      custom,
      deleted: false,
      createdAt: now,
      updatedAt: now,
      entries: [
        {
          id: data.nextId(),
          body: textOf(description),
          incoming: true,
          private: false,
          userId: contact.id,
          source: 7,
          at: now,
          files,
        },
      ],
    };
    data.tickets.set(ticket.id, ticket);
    data.writes.push({ at: now, ticketId: String(ticket.id), kind: 'create' });
    return { status: 201, body: ticketShape(ticket) };
  }

  function findContact(field: Given['field']): StoredContact | undefined {
    const [email, externalId] = [field('email'), field('unique_external_id')];
    return data.contacts.find(
      (one) =>
        (typeof email === 'string' && one.email === email) ||
        (typeof externalId === 'string' && one.externalId === externalId),
    );
  }

  function createContact(field: Given['field']): StoredContact | undefined {
    const text = (name: string): string | null => textOf(field(name)) || null;
    const [email, externalId] = [text('email'), text('unique_external_id')];
    if (email === null && externalId === null) return undefined;
    const contact = { id: data.nextId(), name: text('name'), email, phone: text('phone'), externalId };
    data.contacts.push(contact);
    return contact;
  }

  function updateTicket(ticket: StoredTicket, json: Record<string, unknown>): FakeAnswer {
    const known = ['status', 'priority', 'tags', 'responder_id', 'group_id'];
    const odd = Object.keys(json).filter((name) => !known.includes(name));
    if (odd.length > 0) return invalid(...odd.map((name): [string, string] => [name, 'invalid_field']));
    change(data, ticket, Object.keys(json).join('+'), () => {
      if (typeof json['status'] === 'number') ticket.status = json['status'];
      if (typeof json['priority'] === 'number') ticket.priority = json['priority'];
      if (Array.isArray(json['tags'])) ticket.tags = json['tags'] as string[];
      if ('responder_id' in json) ticket.responderId = json['responder_id'] as number | null;
      if ('group_id' in json) ticket.groupId = json['group_id'] as number | null;
    });
    return ok(ticketShape(ticket));
  }

  function listTickets(query: URLSearchParams): FakeAnswer {
    const [email, externalId, since] = ['email', 'unique_external_id', 'updated_since'].map((name) =>
      query.get(name),
    );
    const filtered = Boolean(email) || Boolean(externalId);
    const isMeant = (one: StoredContact): boolean =>
      email ? one.email === email : one.externalId === externalId;
    const contact = filtered ? data.contacts.find(isMeant) : undefined;
    if (filtered && contact === undefined) {
      return invalid([email ? 'email' : 'unique_external_id', 'invalid_value']);
    }
    const field = query.get('order_by') === 'updated_at' ? 'updatedAt' : 'createdAt';
    const turn = query.get('order_type') === 'asc' ? 1 : -1;
    const meant = [...data.tickets.values()]
      .filter((one) => !one.deleted && (contact === undefined || one.requesterId === contact.id))
      .filter((one) => !since || one.updatedAt >= Date.parse(since))
      .sort((one, other) => turn * (one[field] - other[field]))
      .slice(0, Number(query.get('per_page') ?? '30'));
    return ok(meant.map(ticketShape));
  }

  function answerFile(id: number, request: FakeRequest): FakeAnswer {
    // A store of another host must never see the key.
    if (request.headers['authorization'] !== undefined)
      return { status: 400, body: 'a key is no business of mine' };
    if (request.query.get('signature') !== String(data.signature))
      return { status: 403, body: 'Request has expired' };
    for (const ticket of data.tickets.values()) {
      for (const entry of ticket.entries) {
        const file = entry.files.find((one) => one.id === id);
        if (file) return { status: 200, body: file.bytes, headers: { 'content-type': file.contentType } };
      }
    }
    return missing;
  }

  function entryShape(ticket: StoredTicket, entry: StoredEntry) {
    return {
      id: entry.id,
      body: entry.body,
      body_text: entry.body.replaceAll(/<[^>]*>/gu, ' '),
      incoming: entry.incoming,
      private: entry.private,
      user_id: entry.userId,
      source: entry.source,
      ticket_id: ticket.id,
      created_at: timeText(entry.at),
      updated_at: timeText(entry.at),
      attachments: entry.files.map((file) => ({
        id: file.id,
        name: file.name,
        content_type: file.contentType,
        size: file.bytes.length,
        attachment_url: `${url()}/store/${file.id}?signature=${data.signature}`,
      })),
    };
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

const agentShape = ({ id, email, name }: FreshdeskData['me']) => ({
  id,
  type: 'support_agent',
  available: true,
  contact: { active: true, email, name },
});

const ticketShape = (ticket: StoredTicket) => ({
  id: ticket.id,
  subject: ticket.subject,
  requester_id: ticket.requesterId,
  responder_id: ticket.responderId,
  group_id: ticket.groupId,
  status: ticket.status,
  priority: ticket.priority,
  source: 7,
  tags: ticket.tags,
  custom_fields: ticket.custom,
  ...(ticket.deleted ? { deleted: true } : {}),
  created_at: timeText(ticket.createdAt),
  updated_at: timeText(ticket.updatedAt),
});
