import { createHash } from 'node:crypto';
import type { FakeAnswer, FakeRequest } from '../serve-fake.js';
import type { Shapes } from './zendesk-shapes.js';
import {
  seconds,
  type ZendeskAttachment,
  type ZendeskComment,
  type ZendeskTicket,
  type ZendeskWorld,
} from './zendesk-world.js';

export interface Budgets {
  /** Updates of one ticket in ten minutes. */
  perTicket: number;
  /** Updates in the account a minute. */
  perAccount: number;
  /** The clock that they are counted by, in milliseconds since 1970. */
  now: () => number;
}

export const notFound: FakeAnswer = {
  status: 404,
  body: { error: 'RecordNotFound', description: 'Not found' },
};

const invalid = (field: string, description: string): FakeAnswer => ({
  status: 422,
  body: {
    error: 'RecordInvalid',
    description: 'Record validation errors',
    details: { [field]: [{ description }] },
  },
});

const MOST_COMMENTS = 5_000;

type Input = Record<string, unknown>;
const textIn = (input: Input, name: string): string => {
  const value = input[name];
  return typeof value === 'string' ? value : '';
};

/** Told of everything that happens in a ticket by the API. */
export interface TicketObserver {
  commented(ticket: ZendeskTicket, comment: ZendeskComment): void;
  changed(ticket: ZendeskTicket, name: string): void;
}

/** Making and changing tickets, with Zendesk's refusals. */
export function createTicketDesk(
  world: ZendeskWorld,
  shapes: Shapes,
  budgets: Budgets,
  observe: TicketObserver,
) {
  function overBudget(ticketId: number): FakeAnswer | undefined {
    const now = budgets.now();
    const taken = world.updates.filter((one) => one.taken);
    const minute = taken.filter(({ at }) => at > now - 60_000);
    const same = taken.filter((one) => one.ticketId === ticketId && one.at > now - 600_000);
    const [oldest] = same;
    const wait = same.length >= budgets.perTicket ? (oldest?.at ?? now) + 600_000 - now : undefined;
    const most = minute.length >= budgets.perAccount ? 60_000 : undefined;
    const milliseconds = wait ?? most;
    world.updates.push({ at: now, ticketId, taken: milliseconds === undefined });
    if (milliseconds === undefined) return undefined;
    return {
      status: 429,
      headers: { 'retry-after': String(Math.ceil(milliseconds / 1_000)) },
      body: { error: 'TooManyUpdates', description: 'Ticket update limit exceeded' },
    };
  }

  /** An upload that no comment takes is gone after an hour. */
  const unlessEnded = (file: ZendeskAttachment | undefined): ZendeskAttachment | undefined =>
    (file?.uploadedAt ?? budgets.now()) < budgets.now() - 3_600_000 ? undefined : file;

  function filesOf(uploads: unknown): ZendeskAttachment[] | undefined {
    if (uploads === undefined) return [];
    const tokens = Array.isArray(uploads) ? uploads.map(String) : [];
    const files = tokens.map((token) => world.uploads.get(token)).map(unlessEnded);
    if (files.some((file) => file === undefined)) return undefined;
    for (const token of tokens) world.uploads.delete(token);
    return files as ZendeskAttachment[];
  }

  function say(ticket: ZendeskTicket, input: Input, authorId: number): ZendeskComment | FakeAnswer {
    const files = filesOf(input['uploads']);
    if (files === undefined) return invalid('base', 'Invalid upload token');
    if (ticket.comments.length >= MOST_COMMENTS) return invalid('base', 'Ticket has too many comments');
    const html = typeof input['html_body'] === 'string' ? input['html_body'] : textIn(input, 'body');
    if (html.trim() === '') return invalid('comment', 'Comment: cannot be blank');
    // Zendesk cuts silently.
    const cut = Buffer.from(html).subarray(0, 65_536).toString('utf8');
    const comment: ZendeskComment = {
      id: world.nextId(),
      author_id: authorId,
      public: input['public'] ?? true,
      html_body: cut,
      created_at: seconds(new Date()),
      attachments: files,
      via: { channel: 'api', source: { from: {}, to: {}, rel: null } },
    };
    ticket.comments.push(comment);
    return comment;
  }

  function setFields(ticket: ZendeskTicket, input: Input): FakeAnswer | undefined {
    const status = input['status'];
    if (status !== undefined) {
      if (!['new', 'open', 'pending', 'hold', 'solved', 'closed'].includes(textIn(input, 'status')))
        return invalid('status', 'Status: is not valid');
      if (status === 'new' && ticket.status !== 'new') return invalid('status', 'Status: cannot be new');
    }
    const own = world.customStatuses.find(({ id }) => id === input['custom_status_id']);
    if (input['custom_status_id'] !== undefined && own === undefined)
      return invalid('custom_status_id', 'Custom status: is invalid');
    const { assignee_id: assignee, group_id: group, priority } = input;
    if (typeof assignee === 'number') {
      const agent = world.users.find(({ id }) => id === assignee);
      if (agent === undefined || agent.role === 'end-user')
        return invalid('assignee_id', 'Assignee: is invalid');
    }
    if (group !== undefined && !world.groups.some(({ id }) => id === group))
      return invalid('group_id', 'Group: is invalid');
    if (own !== undefined)
      change(ticket, 'status_changed', () =>
        Object.assign(ticket, { status: own.category, custom_status_id: own.id }),
      );
    if (typeof status === 'string' && status !== ticket.status)
      change(ticket, 'status_changed', () => {
        ticket.status = status;
        delete ticket.custom_status_id;
      });
    if (assignee !== undefined)
      change(ticket, 'agent_assignment_changed', () => (ticket.assignee_id = assignee as number | null));
    if (typeof group === 'number')
      change(ticket, 'group_assignment_changed', () => (ticket.group_id = group));
    if (typeof priority === 'string') change(ticket, 'priority_changed', () => (ticket.priority = priority));
    return undefined;
  }

  function change(ticket: ZendeskTicket, name: string, run: () => unknown): void {
    run();
    observe.changed(ticket, name);
  }

  function audit(ticket: ZendeskTicket, input: Input, comment: ZendeskComment | undefined) {
    const metadata = (input['metadata'] as { custom?: Record<string, unknown> } | undefined)?.custom ?? {};
    ticket.updated_at = seconds(new Date());
    ticket.audits.push({
      id: world.nextId(),
      created_at: ticket.updated_at,
      author_id: world.apiUser.id,
      custom: metadata,
      ...(comment === undefined ? {} : { commentId: comment.id }),
    });
    return shapes.audits(ticket).at(-1);
  }

  const write = (ticket: ZendeskTicket, kind: string): void =>
    void world.writes.push({ at: Date.now(), ticketId: String(ticket.id), kind });

  function create(request: FakeRequest): FakeAnswer {
    const input = (request.json['ticket'] ?? {}) as Input;
    const key = request.headers['idempotency-key'];
    const body = createHash('sha256').update(request.bytes).digest('hex');
    const before = key === undefined ? undefined : world.keys.get(key);
    if (before !== undefined && before.body !== body) {
      const description =
        'Request parameters are different from those of the first request with this idempotency key';
      return { status: 400, body: { error: 'IdempotentRequestError', description } };
    }
    if (before !== undefined)
      return { status: 201, headers: { 'x-idempotency-lookup': 'hit' }, body: before.answer };
    const requester = world.users.find(({ id }) => id === input['requester_id']) ?? world.apiUser;
    const source = world.tickets.get(Number(input['via_followup_source_id']));
    if (input['via_followup_source_id'] !== undefined && source?.status !== 'closed')
      return invalid('via_followup_source_id', 'Follow-up: the ticket is not closed');
    const now = seconds(new Date());
    const ticket: ZendeskTicket = {
      id: 5_000 + world.tickets.size + 1,
      external_id: typeof input['external_id'] === 'string' ? input['external_id'] : null,
      subject: textIn(input, 'subject'),
      status: 'new',
      priority: null,
      assignee_id: null,
      group_id: null,
      requester_id: requester.id,
      tags: Array.isArray(input['tags']) ? input['tags'].map(String) : [],
      ...(source === undefined ? {} : { follows: source.id }),
      created_at: now,
      updated_at: now,
      comments: [],
      audits: [],
    };
    const refusal = setFields(ticket, input);
    if (refusal !== undefined) return refusal;
    const comment = say(
      ticket,
      (input['comment'] ?? {}) as Input,
      Number(input['submitter_id'] ?? world.apiUser.id),
    );
    if ('status' in comment) return comment;
    world.tickets.set(ticket.id, ticket);
    write(ticket, 'create');
    const answer = { audit: audit(ticket, input, comment), ticket: shapes.ticket(ticket) };
    if (key !== undefined) world.keys.set(key, { body, answer });
    observe.commented(ticket, comment);
    return { status: 201, headers: { 'x-idempotency-lookup': 'miss' }, body: answer };
  }

  function update(ticket: ZendeskTicket, request: FakeRequest): FakeAnswer {
    const limited = overBudget(ticket.id);
    if (limited !== undefined) return limited;
    if (ticket.status === 'closed') return invalid('status', 'Status: closed prevents ticket update');
    const input = (request.json['ticket'] ?? {}) as Input;
    let comment: ZendeskComment | undefined;
    if (input['comment'] !== undefined) {
      const given = input['comment'] as Input;
      const author = Number(given['author_id'] ?? world.apiUser.id);
      if (!world.users.some(({ id, active }) => id === author && active))
        return invalid('author_id', 'Author: is invalid');
      const said = say(ticket, given, author);
      if ('status' in said) return said;
      comment = said;
      write(ticket, said.public === true ? 'message' : 'note');
    }
    const refusal = setFields(ticket, input);
    if (refusal !== undefined) return refusal;
    for (const name of ['status', 'custom_status_id', 'priority', 'assignee_id', 'group_id']) {
      if (input[name] !== undefined) write(ticket, name.replace(/^custom_|_id$/gu, ''));
    }
    const answer = { ticket: shapes.ticket(ticket), audit: audit(ticket, input, comment) };
    if (comment !== undefined) observe.commented(ticket, comment);
    return { status: 200, body: answer };
  }

  function tag(ticket: ZendeskTicket, request: FakeRequest): FakeAnswer {
    const limited = overBudget(ticket.id);
    if (limited !== undefined) return limited;
    if (ticket.status === 'closed') return invalid('status', 'Status: closed prevents ticket update');
    const given = Array.isArray(request.json['tags']) ? request.json['tags'].map(String) : [];
    ticket.tags = [...new Set([...ticket.tags, ...given])];
    write(ticket, 'tags');
    audit(ticket, {}, undefined);
    observe.changed(ticket, 'tags_changed');
    return { status: 200, body: { tags: ticket.tags } };
  }

  return { create, update, tag };
}
