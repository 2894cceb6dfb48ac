import { createHash } from 'node:crypto';
import type { SplitEvent } from '../../connector.js';
import { makeStorable } from '../../desk-kit/index.js';
import type { Failed } from '../calling/judge-answer.js';
import type { Desk } from '../calling/open-desk.js';
import { type User, zendeskId } from '../calling/shapes.js';
import {
  compareIds,
  type CommentPage,
  type FoundTicket,
  readComments,
  type TicketId,
} from '../calling/tickets.js';
import type { Cursor } from './cursor.js';

const MOST_PAGES = 4;
/** A comment may appear late, before one that was there already: the page is read again until then. */
const LATE_SECONDS = 60;

export interface FetchedComments {
  events: SplitEvent[];
  cursor: Cursor;
  more: boolean;
}

/**
 * The comments that were not told yet, oldest first. The cursor stays at the beginning of the last page, and
 * remembers what it has seen there: an id or a time alone would pass over what is written a moment late.
 */
export async function fetchComments(
  desk: Desk,
  found: FoundTicket,
  apiUserId: string,
  cursor: Cursor,
): Promise<FetchedComments | Failed> {
  const events: SplitEvent[] = [];
  const seen = new Set(cursor.seen);
  let { page } = cursor;
  let after = page;
  for (let at = 1; ; at += 1) {
    const read = await readComments(desk, found.ticket.id as TicketId, after);
    if (read.outcome === 'failed') return read;
    for (const comment of inOrder(read)) {
      const event = toEvent(comment, read.users, found, apiUserId);
      if (seen.has(event.identity)) continue;
      seen.add(event.identity);
      events.push(event);
    }
    if (!read.more || read.after === undefined)
      return { events, cursor: withPage(cursor, page, seen), more: false };
    after = read.after;
    const enough = at >= MOST_PAGES;
    if (enough || isPast(read, found)) {
      page = after;
      seen.clear();
    }
    if (enough) return { events, cursor: withPage(cursor, page, seen), more: true };
  }
}

function withPage(cursor: Cursor, page: string | undefined, seen: ReadonlySet<string>): Cursor {
  return { ...cursor, seen: [...seen], ...(page === undefined ? {} : { page }) };
}

function isPast({ comments }: CommentPage, { serverTime }: FoundTicket): boolean {
  const last = timeOf(comments.at(-1) ?? {});
  return serverTime.getTime() - last > LATE_SECONDS * 1_000;
}

function timeOf(comment: Record<string, unknown>): number {
  const at = comment['created_at'];
  return typeof at === 'string' ? Date.parse(at) : Number.NaN;
}

/** By time, and within a second by id. */
function inOrder({ comments }: CommentPage): Record<string, unknown>[] {
  return [...comments].sort((one, other) => {
    const [first, second] = [timeOf(one), timeOf(other)];
    if (Number.isFinite(first) && Number.isFinite(second) && first !== second) return first - second;
    return compareIds(idOf(one), idOf(other));
  });
}

function idOf(comment: Record<string, unknown>): string {
  const parsed = zendeskId.safeParse(comment['id']);
  return parsed.success ? parsed.data : '';
}

function toEvent(
  comment: Record<string, unknown>,
  users: readonly User[],
  { ticket }: FoundTicket,
  apiUserId: string,
): SplitEvent {
  const id = idOf(comment);
  // What tells about the writer's machine is nobody's business; the words are kept once.
  const { metadata: _, html_body: html, body, plain_body: plain, ...rest } = comment;
  const words = typeof html === 'string' ? { html_body: html } : { plain_body: plain, body };
  const author = zendeskId.safeParse(comment['author_id']);
  const { value: payload, cleaned } = makeStorable({
    comment: { ...rest, ...words },
    author: users.find((user) => author.success && user.id === author.data) ?? null,
    requesterId: ticket.requester_id ?? null,
    apiUserId,
  });
  const odd = (): string => createHash('sha256').update(JSON.stringify(comment)).digest('base64url');
  return {
    kind: 'comment',
    laneKey: ticket.id,
    identity: id === '' ? `comment:odd:${odd()}` : `comment:${id}`,
    identityBy: 'id',
    payload,
    flags: cleaned ? ['cleaned'] : [],
  };
}
