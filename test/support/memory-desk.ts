import { createHash } from 'node:crypto';
import { z } from 'zod';
import type {
  DeskConnector,
  DeskSendOutcome,
  FindOutcome,
  SplitEvent,
} from '../../src/connectors/connector.js';
import { deskPolicy } from '../../src/connectors/desk-kit/index.js';
import type { KnownContact } from '../../src/domain/contact-variables.js';
import type { DeskOrder, TicketContact } from '../../src/domain/desk-order.js';
import type { TicketState } from '../../src/domain/ticket.js';

export interface MemoryComment {
  id: string;
  /** contact: as the contact · note: for agents only · agent: public, by somebody on the staff. */
  as: 'contact' | 'note' | 'agent';
  by: string;
  text: string;
  files: { name: string; bytes: string }[];
}

export interface MemoryTicket {
  id: string;
  reference: string;
  subject: string;
  contact: TicketContact;
  /** What agents have corrected of the contact. */
  corrections: { contact: KnownContact; before: KnownContact }[];
  comments: MemoryComment[];
  state: TicketState;
  tags: string[];
  follows?: string;
  writes: number[];
}

/** A desk in this process: what it was told, what its agents do, and how it can fail. */
export interface MemoryDesk {
  connector: DeskConnector;
  tickets: MemoryTicket[];
  /** Decides about an order before it is carried out; undefined lets it pass. */
  before?: ((order: DeskOrder) => DeskSendOutcome | undefined) | undefined;
  /** Decides about the answer after it was carried out. */
  after?: ((order: DeskOrder) => DeskSendOutcome | undefined) | undefined;
  /** Awaited when a ticket has been looked at, before what was seen is told. */
  afterLook?: ((ticketId: string) => Promise<void>) | undefined;
  /** Whether a doubtful order can be looked for. */
  finds: boolean;
  agentReplies(
    ticketId: string,
    reply: { email: string; text: string; files?: { name: string; bytes: string }[] },
  ): void;
  agentNotes(ticketId: string, email: string, text: string): void;
  change(ticketId: string, state: TicketState): void;
  correct(ticketId: string, contact: KnownContact, before?: KnownContact): void;
  remove(ticketId: string): void;
  merge(ticketId: string, into: string): void;
  /** Everything said in a ticket by the contact, as it was told. */
  heard(ticketId: string): string[];
  notes(ticketId: string): string[];
  /** A file that is there only from the so many-th look on. */
  filesAfterLooks: number;
  /** Why none of its files can be asked for just now. */
  filesAway?: string | undefined;
  /** How often one was asked for meanwhile. */
  awayLooks: number;
  /** Why none of its files can be had. */
  filesUnavailable?: string | undefined;
}

const settingsSchema = z.strictObject({
  policy: deskPolicy,
  budget: z.strictObject({ most: z.number(), seconds: z.number() }).optional(),
});

export function createMemoryDesk(options: { budget?: { most: number; seconds: number } } = {}): MemoryDesk {
  const tickets: MemoryTicket[] = [];
  const gone = new Map<string, string | undefined>();
  let nextId = 1;
  let looks = 0;
  const find = (id: string | undefined): MemoryTicket | undefined => tickets.find((one) => one.id === id);
  const must = (id: string): MemoryTicket => {
    const ticket = find(id);
    if (ticket === undefined) throw new Error(`there is no ticket ${id}`);
    return ticket;
  };

  const carryOut = async (
    order: DeskOrder,
    ticketId: string | undefined,
    readFile: (id: string) => Promise<Buffer>,
  ): Promise<DeskSendOutcome> => {
    if (ticketId !== undefined && gone.has(ticketId)) {
      const into = gone.get(ticketId);
      return {
        outcome: 'ticket_gone',
        code: 'ticket_gone',
        message: 'There is no such ticket any more.',
        ...(into === undefined ? {} : { mergedInto: into }),
      };
    }
    const ticket: MemoryTicket =
      order.kind === 'create-ticket'
        ? {
            id: String(nextId++),
            reference: order.reference,
            subject: order.subject,
            contact: order.contact,
            comments: [],
            corrections: [],
            state: { status: 'new' },
            tags: [],
            writes: [],
            ...(order.follows === undefined ? {} : { follows: order.follows }),
          }
        : must(ticketId ?? '');
    if (order.kind === 'create-ticket') tickets.push(ticket);
    ticket.writes.push(Date.now());
    const writtenIds: string[] = [];
    if (order.kind !== 'update-ticket') {
      for (const line of order.lines) {
        const files = [];
        for (const file of line.files)
          files.push({ name: file.name, bytes: (await readFile(file.fileId ?? '')).toString('utf8') });
        const id = `c${nextId++}`;
        writtenIds.push(id);
        ticket.comments.push({
          id,
          as: order.kind === 'add-ticket-note' || line.author.type !== 'contact' ? 'note' : 'contact',
          by: line.author.name ?? line.author.email ?? line.author.type,
          text: line.text,
          files,
        });
      }
    }
    const change = order.kind === 'add-ticket-note' ? undefined : order.change;
    if (change !== undefined) {
      const { status, assignee, priority, addTags } = change;
      ticket.tags = [...new Set([...ticket.tags, ...(addTags ?? [])])];
      ticket.state = {
        ...ticket.state,
        ...(status === undefined ? {} : { status }),
        ...(priority === undefined ? {} : { priority }),
        ...(assignee === undefined || assignee === null
          ? {}
          : {
              assignee:
                'team' in assignee
                  ? { team: { name: assignee.team } }
                  : { agent: { email: assignee.agentEmail } },
            }),
      };
    }
    return {
      outcome: 'delivered',
      writtenIds,
      state: structuredClone(ticket.state),
      ...(order.kind === 'create-ticket'
        ? { ticket: { externalTicketId: ticket.id, url: `https://desk.example/tickets/${ticket.id}` } }
        : {}),
    };
  };

  const desk: MemoryDesk = {
    tickets,
    finds: true,
    filesAfterLooks: 0,
    awayLooks: 0,
    agentReplies(ticketId, { email, text, files = [] }) {
      must(ticketId).comments.push({ id: `c${nextId++}`, as: 'agent', by: email, text, files });
    },
    agentNotes(ticketId, email, text) {
      must(ticketId).comments.push({ id: `c${nextId++}`, as: 'note', by: email, text, files: [] });
    },
    change(ticketId, state) {
      const ticket = must(ticketId);
      ticket.state = { ...ticket.state, ...state };
    },
    correct: (ticketId, contact, before = {}) => void must(ticketId).corrections.push({ contact, before }),
    remove: (ticketId) => void gone.set(ticketId, undefined),
    merge: (ticketId, into) => void gone.set(ticketId, into),
    heard: (ticketId) =>
      must(ticketId)
        .comments.filter((comment) => comment.as === 'contact')
        .map(({ text }) => text),
    notes: (ticketId) =>
      must(ticketId)
        .comments.filter((comment) => comment.as === 'note')
        .map(({ text }) => text),
    connector: {
      name: 'memory',
      side: 'desk',
      capabilities: {
        repeats: 'find',
        writesAsContact: true,
        mostFileBytes: 1_000_000,
        mostFilesPerMessage: 5,
        mostTextCharacters: 10_000,
        statuses: ['new', 'open', 'pending', 'solved'],
        priorities: true,
        tags: true,
        teams: true,
        listsPeople: false,
        fetches: true,
        pollSeconds: { lively: 0.1, quiet: 0.3 },
        ...(options.budget === undefined ? {} : { ticketBudget: options.budget }),
      },
      parseSettings: (settings) => settingsSchema.parse(settings),
      parseCredentials: (credentials) => z.strictObject({}).parse(credentials),
      receive: (request, { signingSecrets }) => {
        if (!signingSecrets.includes(request.headers['x-desk-secret'] ?? ''))
          return { outcome: 'not_authentic' };
        const { tickets: ids } = JSON.parse(request.body.toString('utf8')) as { tickets: string[] };
        return { outcome: 'hint', externalTicketIds: ids, answer: { status: 200, body: {} } };
      },
      async send(order, target, _account, context) {
        const refused = desk.before?.(order);
        if (refused !== undefined) return refused;
        const outcome = await carryOut(order, target.externalTicketId, (id) => context.readFile(id));
        return desk.after?.(order) ?? outcome;
      },
      async find(order, target, _account, { knownIds }): Promise<FindOutcome> {
        if (!desk.finds) return { outcome: 'unknown' };
        if (order.kind === 'create-ticket') {
          const made = tickets.find(({ reference }) => reference === order.reference);
          return made === undefined
            ? { outcome: 'absent' }
            : {
                outcome: 'delivered',
                writtenIds: made.comments.map(({ id }) => id),
                ticket: { externalTicketId: made.id },
                state: structuredClone(made.state),
              };
        }
        if (order.kind === 'update-ticket') return { outcome: 'absent' };
        const comments = find(target.externalTicketId)?.comments ?? [];
        const known = await knownIds(comments.map(({ id }) => id));
        const texts = order.lines.map(({ text }) => text);
        const found = comments.filter(
          ({ id, text, as }) => as !== 'agent' && !known.has(id) && texts.includes(text),
        );
        return found.length < texts.length
          ? { outcome: 'absent' }
          : { outcome: 'delivered', writtenIds: found.map(({ id }) => id) };
      },
      async fetchTicket(_account, externalTicketId, cursor) {
        const event = (kind: string, identity: string, payload: Record<string, unknown>): SplitEvent => ({
          kind,
          laneKey: externalTicketId,
          identity,
          identityBy: 'id',
          payload,
          flags: [],
        });
        const into = gone.get(externalTicketId);
        if (gone.has(externalTicketId))
          return { outcome: 'fetched', events: [event('gone', 'gone', { into })], cursor: {}, more: false };
        const ticket = find(externalTicketId);
        if (ticket === undefined)
          return { outcome: 'refused', code: 'not_found', message: 'There is no such ticket.' };
        const from = Number(cursor?.['comments'] ?? 0);
        const comments = ticket.comments.slice(from);
        const events = comments.map((comment) => event('comment', comment.id, { ...comment }));
        const state = JSON.stringify(ticket.state);
        if (state !== cursor?.['state'])
          events.push(
            event('state', `${ticket.comments.length} ${Date.now()} ${hash(state)}`, {
              state: structuredClone(ticket.state),
            }),
          );
        const corrected = Number(cursor?.['corrections'] ?? 0);
        for (const [at, correction] of ticket.corrections.entries())
          if (at >= corrected) events.push(event('contact', `contact ${at}`, { ...correction }));
        await desk.afterLook?.(externalTicketId);
        return {
          outcome: 'fetched',
          events,
          cursor: { comments: from + comments.length, corrections: ticket.corrections.length, state },
          more: false,
        };
      },
      async listChanged(_account, cursor) {
        return { outcome: 'fetched', externalTicketIds: [], cursor: cursor ?? {}, more: false };
      },
      async fetchFile(file) {
        if (desk.filesAway !== undefined) {
          desk.awayLooks += 1;
          return { outcome: 'not_now', message: desk.filesAway };
        }
        looks += 1;
        if (desk.filesUnavailable !== undefined)
          return { outcome: 'unavailable', message: desk.filesUnavailable };
        if (looks <= desk.filesAfterLooks) return { outcome: 'later', message: 'Not there yet.' };
        return { outcome: 'fetched', bytes: Buffer.from(file.externalFileId ?? '') };
      },
      async register() {
        return { outcome: 'delivered' };
      },
      async check() {
        return [{ ok: true, what: 'It is in this process.' }];
      },
      read(event) {
        const { payload } = event;
        if (event.kind === 'gone') {
          const into = payload['into'];
          return {
            outcome: 'facts',
            facts: [
              typeof into === 'string'
                ? { type: 'ticket-gone', how: 'merged', into }
                : { type: 'ticket-gone', how: 'deleted' },
            ],
          };
        }
        if (event.kind === 'contact') {
          const { contact, before } = payload as unknown as MemoryTicket['corrections'][number];
          return { outcome: 'facts', facts: [{ type: 'contact-changed', contact, before }] };
        }
        if (event.kind === 'state')
          return {
            outcome: 'facts',
            facts: [{ type: 'ticket-state', state: payload['state'] as TicketState }],
          };
        const comment = payload as unknown as MemoryComment;
        if (comment.as === 'contact') return { outcome: 'facts', facts: [] };
        return {
          outcome: 'facts',
          facts: [
            {
              type: comment.as === 'agent' ? 'agent-replied' : 'note-added',
              externalId: comment.id,
              author: { type: 'agent', email: comment.by },
              text: comment.text,
              files: comment.files.map(({ name, bytes }) => ({ name, externalFileId: bytes })),
            },
          ],
        };
      },
    },
  };
  return desk;
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);
