import { z } from 'zod';
import type { DeskSendOutcome } from '../../connector.js';
import type { Asked, Failed } from '../calling/judge-answer.js';
import type { Desk } from '../calling/open-desk.js';
import { sentences } from '../calling/sentences.js';
import { type Ticket, ticketShape, zendeskId } from '../calling/shapes.js';
import type { TicketId } from '../calling/tickets.js';

/** What each of our writes carries in its audit, where nobody sees it: by it the write is found again. */
export const KEY_FIELD = 'desk_bridge';

export interface Written {
  outcome: 'written';
  ticket: Ticket;
  /** Of the comment, which is the echo's id as well. */
  commentIds: string[];
}

const eventShape = z.object({ id: zendeskId, type: z.string() });
const answerShape = z.object({
  ticket: ticketShape,
  audit: z.object({ events: z.array(z.unknown()) }).nullish(),
});

/** A success is one by its body: the ticket, and the comment where there should be one. */
export function readWritten(asked: Asked, expected: { comment: boolean; id?: TicketId }): Written | Failed {
  if (asked.outcome === 'failed') return asked;
  const told = answerShape.safeParse(asked.body);
  if (!told.success || (expected.id !== undefined && told.data.ticket.id !== expected.id)) return lostAnswer;
  const commentIds = commentIdsOf(told.data.audit?.events ?? []);
  if (expected.comment && commentIds.length === 0) return lostAnswer;
  return { outcome: 'written', ticket: told.data.ticket, commentIds };
}

export function commentIdsOf(events: readonly unknown[]): string[] {
  return events.flatMap((event) => {
    const parsed = eventShape.safeParse(event);
    return parsed.success && parsed.data.type === 'Comment' ? [parsed.data.id] : [];
  });
}

const lostAnswer: Failed = {
  outcome: 'failed',
  failure: { outcome: 'uncertain', code: 'unreadable_answer', message: sentences.unreadable_answer },
  fields: [],
};

export interface CommentToWrite {
  html: string;
  public: boolean;
  /** In whose name; the API user when missing. */
  authorId?: string;
  uploads: string[];
}

/** A comment, with fields that change at the same moment. */
export async function writeComment(
  desk: Desk,
  id: TicketId,
  comment: CommentToWrite,
  fields: Record<string, unknown>,
  key: string,
): Promise<Written | Failed> {
  const ticket = { ...fields, comment: commentBody(comment), metadata: { custom: { [KEY_FIELD]: key } } };
  const asked = await desk.ask({
    method: 'PUT',
    path: `/api/v2/tickets/${id}`,
    changes: 'once',
    json: { ticket },
  });
  return readWritten(asked, { comment: true, id });
}

export function commentBody({ html, public: isPublic, authorId, uploads }: CommentToWrite) {
  return {
    html_body: html,
    public: isPublic,
    ...(authorId === undefined ? {} : { author_id: Number(authorId) }),
    ...(uploads.length === 0 ? {} : { uploads }),
  };
}

/** Fields alone: setting them twice is setting them once. */
export async function writeFields(
  desk: Desk,
  id: TicketId,
  fields: Record<string, unknown>,
  { isPatient = false }: { isPatient?: boolean } = {},
): Promise<Written | Failed> {
  const path = `/api/v2/tickets/${id}`;
  const asked = await desk.ask({
    method: 'PUT',
    path,
    changes: 'again',
    json: { ticket: fields },
    isPatient,
  });
  const written = readWritten(asked, { comment: false, id });
  return written.outcome === 'failed' && written.failure.outcome === 'uncertain' ? again(written) : written;
}

/** Adds to those that are there. */
export async function addTags(
  desk: Desk,
  id: TicketId,
  tags: readonly string[],
): Promise<{ outcome: 'tagged' } | Failed> {
  if (tags.length === 0) return { outcome: 'tagged' };
  const path = `/api/v2/tickets/${id}/tags`;
  const asked = await desk.ask({ method: 'PUT', path, changes: 'again', json: { tags } });
  if (asked.outcome === 'failed') return asked;
  return Array.isArray(asked.body['tags']) ? { outcome: 'tagged' } : again(lostAnswer);
}

const again = (failed: Failed): Failed => ({
  ...failed,
  failure: { outcome: 'retry', code: failed.failure.code, message: failed.failure.message },
});

/** What a failed write means for the order. */
export function failureOutcome({ failure, problem }: Failed): DeskSendOutcome {
  if (problem !== 'not_found') return failure;
  return { outcome: 'ticket_gone', code: 'ticket_gone', message: sentences.ticket_gone };
}
