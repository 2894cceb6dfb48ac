import { createHash } from 'node:crypto';
import type { DeskOrder } from '../../../domain/desk-order.js';
import type { DeskSendContext, DeskSendOutcome } from '../../connector.js';
import type { Failed } from '../calling/judge-answer.js';
import type { Desk } from '../calling/open-desk.js';
import { findByReference, ticketId, type TicketId } from '../calling/tickets.js';
import type { Ticket } from '../calling/shapes.js';
import { readStatus } from '../reading/statuses.js';
import { commentHtml } from './comment-html.js';
import { findContact, isAnotherNow } from './find-contact.js';
import { findByKeys } from './find-written.js';
import { keyOf, piecesOf } from './pieces.js';
import { stateOf, tagsOf, ticketFields } from './ticket-fields.js';
import { uploadFiles } from './upload-files.js';
import { wellFormed } from './well-formed.js';
import { commentBody, KEY_FIELD, readWritten, writeComment, type Written } from './write-ticket.js';

export type CreateOrder = Extract<DeskOrder, { kind: 'create-ticket' }>;

/** Makes the ticket, in the contact's name. An order that was carried out before finds what it has made. */
export async function createTicket(
  desk: Desk,
  order: CreateOrder,
  context: DeskSendContext,
): Promise<DeskSendOutcome> {
  const key = context.idempotencyKey;
  const before = await findMade(desk, order.reference, key);
  if (before.outcome === 'failed') return before.failure;
  const requester = await findContact(desk, order.contact);
  if (requester.outcome === 'failed') return requester.failure;
  const carried = await uploadFiles(desk, order.lines, context);
  if (carried.outcome === 'failed') return carried.failure;
  const [first = '', ...rest] = piecesOf(order, carried.remarks);
  let made: Made | Failed = before;
  if (made.ticket === undefined) {
    const prepared = await ticketFields(desk, order.change, { lenient: true });
    if (prepared.outcome === 'failed') return prepared.failure;
    // Uploads go where the order's last words go.
    const uploads = rest.length === 0 ? carried.uploads : [];
    made = await make(desk, order, {
      userId: requester.userId,
      first,
      uploads,
      fields: prepared.fields,
      key,
    });
    if (made.outcome === 'failed') {
      const again = made.problem === 'invalid' && (await isAnotherNow(desk, order.contact, requester));
      return again ? { ...made.failure, outcome: 'retry' } : made.failure;
    }
  }
  const uploads = rest.length === 0 ? [] : carried.uploads;
  return sayRest(desk, order, made, { rest, uploads, authorId: requester.userId, key });
}

interface Made {
  outcome: 'made';
  ticket: Ticket | undefined;
  commentIds: string[];
}

/** The ticket that an earlier attempt has made: Zendesk forgets its idempotency keys after two hours. */
export async function findMade(desk: Desk, reference: string, key: string): Promise<Made | Failed> {
  const found = await findByReference(desk, reference);
  if (found.outcome === 'failed') return found;
  for (const ticket of found.tickets.reverse()) {
    const id = ticketId(ticket.id);
    if (id === undefined) continue;
    const written = await findByKeys(desk, id, [key]);
    if (written.outcome === 'failed') return written;
    const commentIds = written.byKey.get(key);
    if (commentIds !== undefined) return { outcome: 'made', ticket, commentIds };
  }
  return { outcome: 'made', ticket: undefined, commentIds: [] };
}

async function make(
  desk: Desk,
  order: CreateOrder,
  given: { userId: string; first: string; uploads: string[]; fields: Record<string, unknown>; key: string },
): Promise<Made | Failed> {
  const { brandId, formId } = desk.settings;
  const json = {
    ticket: {
      ...given.fields,
      subject: wellFormed(order.subject.slice(0, 250)),
      external_id: order.reference,
      requester_id: Number(given.userId),
      // Whose the first comment is.
      submitter_id: Number(given.userId),
      comment: commentBody({ html: commentHtml(given.first), public: true, uploads: given.uploads }),
      tags: tagsOf(order.change.addTags ?? []),
      metadata: { custom: { [KEY_FIELD]: given.key } },
      ...(order.follows === undefined ? {} : { via_followup_source_id: Number(order.follows) }),
      ...(brandId === undefined ? {} : { brand_id: Number(brandId) }),
      ...(formId === undefined ? {} : { ticket_form_id: Number(formId) }),
    },
  };
  const written = await post(desk, json, given.key, given.uploads.length === 0);
  return written.outcome === 'failed'
    ? written
    : { outcome: 'made', ticket: written.ticket, commentIds: written.commentIds };
}

/**
 * Zendesk refuses a key that comes again with other words, and every upload has a new token: the words are
 * part of the key. `repeatable`: the next attempt's words will be the same, so that the key covers it.
 */
async function post(desk: Desk, json: object, key: string, repeatable: boolean): Promise<Written | Failed> {
  const words = createHash('sha256').update(JSON.stringify(json)).digest('hex').slice(0, 16);
  const asked = await desk.ask({
    method: 'POST',
    path: '/api/v2/tickets',
    changes: repeatable ? 'again' : 'once',
    json,
    headers: { 'idempotency-key': `${key}-${words}` },
  });
  return readWritten(asked, { comment: false });
}

async function sayRest(
  desk: Desk,
  order: CreateOrder,
  made: Made,
  { rest, uploads, authorId, key }: { rest: string[]; uploads: string[]; authorId: string; key: string },
): Promise<DeskSendOutcome> {
  const id = ticketId(made.ticket?.id);
  if (made.ticket === undefined || id === undefined) throw new Error('a ticket that was made has an id');
  const writtenIds = [...made.commentIds];
  const failure = await writeRest(desk, id, { rest, uploads, authorId, key, writtenIds });
  // The ticket exists: nothing of it may be made again, and the next attempt finds where it stopped.
  if (failure !== undefined) return failure.failure;
  const status = readStatus(made.ticket, desk.settings);
  const state = { ...stateOf(desk, order.change), ...(status === undefined ? {} : { status }) };
  const ticket = { externalTicketId: id, url: `${desk.settings.baseUrl}/agent/tickets/${id}` };
  return { outcome: 'delivered', writtenIds, ticket, state };
}

async function writeRest(
  desk: Desk,
  id: TicketId,
  given: { rest: string[]; uploads: string[]; authorId: string; key: string; writtenIds: string[] },
): Promise<Failed | undefined> {
  const { rest, uploads, authorId, key, writtenIds } = given;
  if (rest.length === 0) return undefined;
  const keys = rest.map((_, at) => keyOf(key, at + 1));
  const before = await findByKeys(desk, id, keys);
  if (before.outcome === 'failed') return before;
  for (const [at, piece] of rest.entries()) {
    const pieceKey = keyOf(key, at + 1);
    const known = before.byKey.get(pieceKey);
    writtenIds.push(...(known ?? []));
    if (known !== undefined) continue;
    const comment = {
      html: commentHtml(piece),
      public: true,
      authorId,
      uploads: at === rest.length - 1 ? uploads : [],
    };
    const written = await writeComment(desk, id, comment, {}, pieceKey);
    if (written.outcome === 'failed') return written;
    writtenIds.push(...written.commentIds);
  }
  return undefined;
}
