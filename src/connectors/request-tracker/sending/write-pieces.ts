import type { DeskOrder, TicketLine } from '../../../domain/desk-order.js';
import type { DeskSendContext } from '../../connector.js';
import { composePieces, composeStems, type Piece, type Wording, writeOrLink } from '../../desk-kit/index.js';
import type { Tracker } from '../calling/open-tracker.js';
import type { Ticket } from '../calling/read-ticket.js';
import { pieceLimits } from '../capabilities.js';
import { messageIdOf } from '../message-mark.js';
import { addressOf } from './contact-address.js';
import { addRequestor } from './add-requestor.js';
import { findPieces, type Sought } from './find-pieces.js';
import { writeByMail } from './write-by-mail.js';
import { writeByRest } from './write-by-rest.js';

export type WordsOrder = Extract<DeskOrder, { kind: 'add-ticket-message' | 'add-ticket-note' }>;

/** How an order's words are written, and so how they are recognised. */
export function mannerOf(
  order: WordsOrder,
  tracker: Tracker,
): Pick<Sought, 'by' | 'type'> & { wording: Wording } {
  const { lines } = order;
  if (order.kind === 'add-ticket-note')
    return { by: 'rest', type: 'Comment', wording: { lines, alwaysNamed: true } };
  const asContact = tracker.settings.writeAs === 'contact';
  return {
    by: asContact ? 'mail' : 'rest',
    type: 'Correspond',
    wording: { lines, alwaysNamed: !asContact || lines.some(isNotOfContact) },
  };
}

const isNotOfContact = ({ author }: TicketLine): boolean => author.type !== 'contact';

/** The pieces without their files: enough to recognise them. */
export function stemsOf(order: WordsOrder, tracker: Tracker): Piece[] {
  return composeStems(mannerOf(order, tracker).wording, pieceLimits);
}

/**
 * Writes what is not there yet, in order. Where it takes more than one request, what an earlier
 * attempt has written is looked for first, so that nothing is said twice. @throws FailedCall
 */
export async function writePieces(
  tracker: Tracker,
  ticket: Ticket,
  order: WordsOrder,
  context: DeskSendContext,
): Promise<string[]> {
  const { wording, by, type } = mannerOf(order, tracker);
  const { idempotencyKey } = context;
  const pieces = await composePieces(wording, pieceLimits, context);
  const severalRequests =
    pieces.length > 1 || (order.kind === 'add-ticket-message' && order.change !== undefined);
  const there = severalRequests
    ? await findPieces(tracker, { ticketId: ticket.id, pieces, by, type, idempotencyKey })
    : [];
  const written: string[] = [];
  for (const [at, piece] of pieces.entries()) {
    const id =
      there[at] ??
      (await writeOrLink(piece, (given) =>
        writePiece(tracker, ticket, order, given, { by, type, idempotencyKey, at }),
      ));
    if (id !== undefined) written.push(id);
  }
  return written;
}

async function writePiece(
  tracker: Tracker,
  ticket: Ticket,
  order: WordsOrder,
  piece: Piece,
  how: Pick<Sought, 'by' | 'type' | 'idempotencyKey'> & { at: number },
): Promise<string | undefined> {
  if (how.by === 'rest' || order.kind === 'add-ticket-note')
    return writeByRest(tracker, ticket.id, how.type === 'Comment' ? 'comment' : 'correspond', piece);
  const { contact } = order;
  const address = await addressOf(tracker, contact);
  await addRequestor(tracker, ticket, contact, address);
  const messageId = messageIdOf(how.idempotencyKey, how.at, tracker.settings.contactDomain);
  return writeByMail(tracker, ticket, { contact, address, piece, messageId });
}
