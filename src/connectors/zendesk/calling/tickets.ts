import { z } from 'zod';
import type { Desk } from './open-desk.js';
import type { Failed } from './judge-answer.js';
import { sentences } from './sentences.js';
import { groupShape, membersOf, pageOf, type Ticket, ticketShape, type User, userShape } from './shapes.js';

export type TicketId = string & { readonly brand: 'ticket id' };

/** Only a number can be part of a path: nothing else can change where a call goes. */
export function ticketId(text: string | undefined): TicketId | undefined {
  return text !== undefined && /^\d{1,20}$/u.test(text) ? (text as TicketId) : undefined;
}

export const notATicketId = {
  outcome: 'refused',
  code: 'ticket_id_invalid',
  message: sentences.ticket_id_invalid,
} as const;

export interface FoundTicket {
  outcome: 'found';
  ticket: Ticket;
  users: User[];
  groups: { id: string; name: string }[];
  /** By their clock, where they say it. */
  serverTime: Date;
}

const oneTicket = z.object({ ticket: ticketShape });

/** An answer of a shape that nobody knows: nothing is concluded from it. */
export const unreadable: Failed = {
  outcome: 'failed',
  failure: { outcome: 'retry', code: 'unreadable_answer', message: sentences.unreadable_answer },
  fields: [],
};

export async function readTicket(desk: Desk, id: TicketId): Promise<FoundTicket | Failed> {
  const path = `/api/v2/tickets/${id}?include=users,groups`;
  const asked = await desk.ask({ method: 'GET', path, changes: 'no' });
  if (asked.outcome === 'failed') return asked;
  const told = oneTicket.safeParse(asked.body);
  if (!told.success || told.data.ticket.id !== id) return unreadable;
  return {
    outcome: 'found',
    ticket: told.data.ticket,
    users: membersOf(userShape, asked.body['users']),
    groups: membersOf(groupShape, asked.body['groups']),
    serverTime: asked.serverTime ?? new Date(),
  };
}

/** Our tickets of a reference, oldest first: external ids are not unique there. */
export async function findByReference(
  desk: Desk,
  reference: string,
): Promise<{ outcome: 'found'; tickets: Ticket[]; serverTime: Date } | Failed> {
  const path = `/api/v2/tickets?external_id=${encodeURIComponent(reference)}`;
  const asked = await desk.ask({ method: 'GET', path, changes: 'no' });
  if (asked.outcome === 'failed') return asked;
  if (!Array.isArray(asked.body['tickets'])) return unreadable;
  const tickets = membersOf(ticketShape, asked.body['tickets'])
    // Whatever the search thinks of as equal: only what is.
    .filter((ticket) => ticket.external_id === reference && ticket.status !== 'deleted')
    .sort((one, other) => compareIds(one.id, other.id));
  return { outcome: 'found', tickets, serverTime: asked.serverTime ?? new Date() };
}

/** Ids grow: by length, then by digits. */
export const compareIds = (one: string, other: string): number =>
  one.length - other.length || (one < other ? -1 : one > other ? 1 : 0);

export interface CommentPage {
  outcome: 'page';
  comments: Record<string, unknown>[];
  users: User[];
  more: boolean;
  after?: string;
}

/** A page of a ticket's comments, oldest first. */
export async function readComments(
  desk: Desk,
  id: TicketId,
  after: string | undefined,
): Promise<CommentPage | Failed> {
  const query = new URLSearchParams({
    sort: 'created_at',
    include: 'users',
    include_inline_images: 'true',
    'page[size]': '100',
    ...(after === undefined ? {} : { 'page[after]': after }),
  });
  const path = `/api/v2/tickets/${id}/comments?${query.toString()}`;
  const asked = await desk.ask({ method: 'GET', path, changes: 'no', deadlineSeconds: 20 });
  if (asked.outcome === 'failed') return asked;
  const list = asked.body['comments'];
  if (!Array.isArray(list)) return unreadable;
  const comments = list.filter(
    (comment): comment is Record<string, unknown> => typeof comment === 'object' && comment !== null,
  );
  return {
    outcome: 'page',
    comments,
    users: membersOf(userShape, asked.body['users']),
    ...pageOf(asked.body),
  };
}

const auditShape = z.object({
  author_id: z.unknown(),
  created_at: z.string().catch(''),
  metadata: z.object({ custom: z.record(z.string(), z.unknown()).catch({}) }).catch({ custom: {} }),
  events: z.array(z.unknown()).catch([]),
});
export type Audit = z.infer<typeof auditShape>;

/** The newest hundred of a ticket's changes, newest first. */
export async function readAudits(
  desk: Desk,
  id: TicketId,
): Promise<{ outcome: 'audits'; audits: Audit[]; serverTime: Date } | Failed> {
  const path = `/api/v2/tickets/${id}/audits?sort=-created_at&page%5Bsize%5D=100`;
  const asked = await desk.ask({ method: 'GET', path, changes: 'no', deadlineSeconds: 20 });
  if (asked.outcome === 'failed') return asked;
  if (!Array.isArray(asked.body['audits'])) return unreadable;
  const audits = membersOf(auditShape, asked.body['audits']);
  return { outcome: 'audits', audits, serverTime: asked.serverTime ?? new Date() };
}
