import { Webhook } from 'standardwebhooks';
import type { TicketStatus } from '../../../src/domain/ticket.js';
import type { FakeEntry, FakeTicket, FakeWrite } from '../fake-desk.js';
import type { FakeAnswer, FakeRequest } from '../serve-fake.js';

export interface BackEndTicket extends FakeTicket {
  goneInto?: string;
  gone: boolean;
}

export interface BackEnd {
  tickets: Map<string, BackEndTicket>;
  writes: FakeWrite[];
  agents: { email: string; name: string }[];
  teams: string[];
  nextId(prefix: string): string;
  answer(request: FakeRequest): FakeAnswer;
}

interface Line {
  author: { type: string; name?: string; email?: string };
  text: string;
  at: string;
  files: { name: string; url: string }[];
}

interface Change {
  status?: TicketStatus;
  priority?: string;
  assignee?: { agentEmail: string } | { team: string } | null;
  addTags?: string[];
}

interface Told {
  conversationId: string;
  ticketId?: string;
  subject?: string;
  contact?: FakeTicket['contact'];
  introduction?: string;
  messages?: Line[];
  notes?: Line[];
  change?: Change;
  follows?: string;
}

const refused: FakeAnswer = { status: 422, body: { error: 'unknown' } };

/** A desk with a back end of its own, as docs/connectors/webhook.md asks for it: each webhook id is done once. */
export function createBackEnd(secret: string): BackEnd {
  const tickets = new Map<string, BackEndTicket>();
  const writes: FakeWrite[] = [];
  const done = new Map<string, FakeAnswer>();
  const agents = ['Ada', 'Ben'].map((name) => ({ name, email: `${name.toLowerCase()}@desk.example` }));
  const teams = ['Support', 'Second line'];
  let last = 0;
  const nextId = (prefix: string): string => `${prefix}${(last += 1)}`;

  function answer(request: FakeRequest): FakeAnswer {
    const {
      'webhook-id': id = '',
      'webhook-timestamp': at = '',
      'webhook-signature': given = '',
    } = request.headers;
    try {
      const proof = { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': given };
      new Webhook(secret, { format: 'raw' }).verify(request.bytes, proof, { jsonParse: false });
    } catch {
      return { status: 401, body: { error: 'not_signed' } };
    }
    const before = done.get(id);
    if (before !== undefined) return before;
    const answered = carryOut(String(request.json['type']), request.json['data'] as Told);
    if (answered.status < 300) done.set(id, answered);
    return answered;
  }

  function carryOut(type: string, told: Told): FakeAnswer {
    if (type === 'ping') return { status: 200, body: {} };
    if (type === 'ticket.create') return create(told);
    const ticket = tickets.get(told.ticketId ?? '');
    if (ticket === undefined) return { status: 404, body: { error: 'no_such_ticket' } };
    const { goneInto } = ticket;
    if (ticket.gone) return { status: 410, body: goneInto === undefined ? {} : { mergedInto: goneInto } };
    if (type === 'ticket.update' && !change(ticket, told.change ?? {})) return refused;
    if (type === 'ticket.message') change(ticket, told.change ?? {});
    const messageIds = [
      ...(told.messages ?? []).map((line) => say(ticket, line, 'public')),
      ...(told.notes ?? []).map((line) => say(ticket, line, 'private')),
    ];
    writes.push({ at: Date.now(), ticketId: ticket.id, kind: type.replace('ticket.', '') });
    return { status: 200, body: { messageIds } };
  }

  function create(told: Told): FakeAnswer {
    const ticket: BackEndTicket = {
      id: nextId('t'),
      reference: told.conversationId,
      subject: told.subject ?? '',
      status: 'new',
      vendorStatus: 'new',
      tags: [],
      contact: told.contact ?? {},
      entries: [],
      gone: false,
      ...(told.follows === undefined ? {} : { follows: told.follows }),
    };
    tickets.set(ticket.id, ticket);
    // Whom nobody knows is no reason to have no ticket.
    change(ticket, told.change ?? {});
    const bridge = { author: { type: 'bridge' }, at: new Date().toISOString(), files: [] };
    if (told.introduction) say(ticket, { ...bridge, text: told.introduction }, 'public');
    const messageIds = (told.messages ?? []).map((line) => say(ticket, line, 'public'));
    writes.push({ at: Date.now(), ticketId: ticket.id, kind: 'create' });
    return { status: 200, body: { ticketId: ticket.id, messageIds } };
  }

  function say(ticket: BackEndTicket, line: Line, visibility: FakeEntry['visibility']): string {
    const isContact = line.author.type === 'contact' && visibility === 'public';
    const links = line.files.map(({ name, url }) => `${name}: ${url}`);
    const words = isContact ? line.text : `${line.author.name ?? line.author.type}: ${line.text}`;
    const entry: FakeEntry = {
      externalId: nextId('m'),
      author: { kind: isContact ? 'contact' : 'api-user' },
      visibility,
      text: [words, ...links].filter((part) => part !== '').join('\n'),
      at: line.at,
      files: [],
    };
    ticket.entries.push(entry);
    return entry.externalId;
  }

  function change(ticket: BackEndTicket, { status, priority, assignee, addTags = [] }: Change): boolean {
    if (assignee !== undefined && assignee !== null && !isKnown(assignee)) return false;
    if (status !== undefined) Object.assign(ticket, { status, vendorStatus: status });
    if (priority !== undefined) ticket.priority = priority;
    ticket.tags = [...new Set([...ticket.tags, ...addTags])];
    if (assignee === undefined) return true;
    delete ticket.assigneeEmail;
    if (assignee !== null && 'agentEmail' in assignee) ticket.assigneeEmail = assignee.agentEmail;
    if (assignee !== null && 'team' in assignee) ticket.team = assignee.team;
    return true;
  }

  const isKnown = (assignee: { agentEmail: string } | { team: string }): boolean =>
    'team' in assignee
      ? teams.includes(assignee.team)
      : agents.some(({ email }) => email === assignee.agentEmail);

  return { tickets, writes, agents, teams, nextId, answer };
}
