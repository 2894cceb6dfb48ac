import { z } from 'zod';
import type { DeskFact, TicketFile } from '../../domain/desk-fact.js';
import type { TicketAuthor } from '../../domain/desk-order.js';
import type { TicketState } from '../../domain/ticket.js';
import type { RecordedEvent } from '../connector.js';
import { membersOf, userShape, zendeskId } from './calling/shapes.js';
import { reduceHtml } from './reading/reduce-html.js';
import { readPriority, readStatus } from './reading/statuses.js';

type Reading = { outcome: 'facts'; facts: DeskFact[] } | { outcome: 'unrecognised'; reason: string };

/** Makes facts of what a fetch has recorded. Pure and total. */
export function read({ kind, payload }: RecordedEvent, settings: Readonly<Record<string, unknown>>): Reading {
  switch (kind) {
    case 'comment':
      return readComment(payload);
    case 'ticket-state':
      return readState(payload, settings);
    case 'ticket-gone':
      return readGone(payload);
    default:
      return { outcome: 'unrecognised', reason: 'an event of a kind that is not known' };
  }
}

const text = z.string().nullish().catch(null);
const attachmentShape = z.object({
  id: zendeskId,
  file_name: z.string().catch('file'),
  content_url: z.string().nullish().catch(null),
  content_type: z.string().nullish().catch(null),
  size: z.int().nonnegative().nullish().catch(null),
  deleted: z.boolean().catch(false),
});
const commentShape = z.object({
  comment: z.object({
    id: zendeskId,
    author_id: zendeskId.nullish().catch(null),
    /** Whatever is not true is not public. */
    public: z.unknown(),
    html_body: text,
    plain_body: text,
    body: text,
    created_at: text,
    attachments: z.unknown(),
    via: z
      .object({ channel: text, source: z.object({ rel: text }).nullish().catch(null) })
      .nullish()
      .catch(null),
  }),
  author: userShape.nullish().catch(null),
  requesterId: zendeskId.nullish().catch(null),
  /** Our own user's id there. */
  apiUserId: zendeskId.nullish().catch(null),
});
type Recorded = z.infer<typeof commentShape>;

function readComment(payload: Record<string, unknown>): Reading {
  const parsed = commentShape.safeParse(payload);
  if (!parsed.success) return { outcome: 'unrecognised', reason: 'a comment of unknown shape' };
  const recorded = parsed.data;
  const type = classify(recorded);
  if (type === undefined) return { outcome: 'facts', facts: [] };
  const { comment } = recorded;
  const said = {
    externalId: comment.id,
    author: authorOf(recorded),
    text: comment.html_body ? reduceHtml(comment.html_body) : (comment.plain_body ?? comment.body ?? ''),
    files: filesOf(comment.attachments),
    ...occurred(comment.created_at),
  };
  return { outcome: 'facts', facts: [{ type, ...said }] };
}

/**
 * Public, by a person on the staff, and not by the bridge: a reply. The bridge never speaks publicly as its
 * own user; the person whose user it is may, in Zendesk's own pages, and then the channel is not `api`.
 * Where any of it is unknown it is a note.
 */
function classify({
  comment,
  author,
  requesterId,
  apiUserId,
}: Recorded): 'agent-replied' | 'note-added' | undefined {
  const isApiUser = comment.author_id !== null && comment.author_id === apiUserId;
  if (isApiUser && (comment.via?.channel ?? 'api') === 'api') return undefined;
  if (comment.author_id !== null && comment.author_id === requesterId) {
    // What the contact's own words are is known to the chat; an agent can be a requester as well.
    if (author?.role !== 'agent' && author?.role !== 'admin') return undefined;
  }
  const isStaff = author?.role === 'agent' || author?.role === 'admin';
  const knows = author?.id === comment.author_id && apiUserId !== null && apiUserId !== undefined;
  // Zendesk itself speaks of a merge in an agent's name.
  const isMerge = comment.via?.source?.rel === 'merge';
  return comment.public === true && isStaff && knows && !isMerge ? 'agent-replied' : 'note-added';
}

function authorOf({ author }: Recorded): TicketAuthor {
  if (!author) return { type: 'bridge', name: 'Zendesk' };
  const named = {
    ...(author.name === '' ? {} : { name: author.name }),
    ...(author.email ? { email: author.email } : {}),
  };
  return { type: author.role === 'end-user' ? 'contact' : 'agent', ...named };
}

function filesOf(attachments: unknown): TicketFile[] {
  return membersOf(attachmentShape, attachments)
    .filter(({ deleted }) => !deleted)
    .map((file) => ({
      externalFileId: file.id,
      name: file.file_name === '' ? 'file' : file.file_name,
      ...(file.content_url ? { url: file.content_url } : {}),
      ...(file.content_type ? { contentType: file.content_type } : {}),
      ...(typeof file.size === 'number' ? { sizeBytes: file.size } : {}),
    }));
}

const stateShape = z.object({
  status: z.string(),
  customStatusId: zendeskId.nullish().catch(null),
  priority: z.string().nullish(),
  assignee: userShape.nullish(),
  assigneeId: zendeskId.nullish(),
  group: z.object({ id: zendeskId, name: z.string() }).nullish(),
  updatedAt: text,
});

function readState(payload: Record<string, unknown>, settings: Readonly<Record<string, unknown>>): Reading {
  const parsed = stateShape.safeParse(payload);
  if (!parsed.success) return { outcome: 'unrecognised', reason: 'a state of unknown shape' };
  const { status, customStatusId, priority, updatedAt } = parsed.data;
  const known = {
    status: readStatus({ status, custom_status_id: customStatusId }, settings),
    priority: priority ? readPriority(priority) : undefined,
  };
  const state: TicketState = {
    assignee: assigneeOf(parsed.data),
    ...(known.status === undefined ? {} : { status: known.status }),
    ...(known.priority === undefined ? {} : { priority: known.priority }),
  };
  return { outcome: 'facts', facts: [{ type: 'ticket-state', state, ...occurred(updatedAt) }] };
}

function assigneeOf({
  assignee,
  assigneeId,
  group,
}: z.infer<typeof stateShape>): NonNullable<TicketState['assignee']> | null {
  if (assignee) {
    const { id: externalId, name, email } = assignee;
    return { agent: { externalId, ...(name === '' ? {} : { name }), ...(email ? { email } : {}) } };
  }
  if (assigneeId) return { agent: { externalId: assigneeId } };
  // Zendesk puts every ticket into a group; that alone gives it to nobody where no agent has taken it.
  return group ? { team: { name: group.name, externalId: group.id } } : null;
}

const goneShape = z.union([
  z.object({ how: z.literal('merged'), into: zendeskId }),
  z.object({ how: z.literal('deleted') }),
]);

function readGone(payload: Record<string, unknown>): Reading {
  const parsed = goneShape.safeParse(payload);
  if (!parsed.success) return { outcome: 'unrecognised', reason: 'an end of unknown shape' };
  return { outcome: 'facts', facts: [{ type: 'ticket-gone', ...parsed.data }] };
}

function occurred(at: string | null | undefined): { occurredAt?: string } {
  const time = Date.parse(at ?? '');
  return Number.isFinite(time) ? { occurredAt: new Date(time).toISOString() } : {};
}
