import type { TicketChange } from '../../../domain/desk-order.js';
import type { DeskSendContext, DeskSendOutcome, TicketTarget } from '../../connector.js';
import type { Failed } from '../calling/judge-answer.js';
import type { Desk } from '../calling/open-desk.js';
import type { TicketId } from '../calling/tickets.js';
import { readStatus } from '../reading/statuses.js';
import { commentHtml } from './comment-html.js';
import { findContact, isAnotherNow } from './find-contact.js';
import { findByKeys } from './find-written.js';
import { followUp } from './follow-up.js';
import { type CommentOrder, keyOf, piecesOf } from './pieces.js';
import { stateOf, statusFieldOf, tagsOf, ticketFields } from './ticket-fields.js';
import { uploadFiles } from './upload-files.js';
import { addTags, failureOutcome, writeComment, writeFields, type Written } from './write-ticket.js';

/** Says something in a ticket: the contact's words in public as the contact, a note as ourselves. */
export async function addComment(
  desk: Desk,
  order: CommentOrder,
  target: TicketTarget,
  id: TicketId,
  context: DeskSendContext,
): Promise<DeskSendOutcome> {
  const author = order.kind === 'add-ticket-message' ? await findContact(desk, order.contact) : undefined;
  if (author?.outcome === 'failed') return author.failure;
  const change = order.kind === 'add-ticket-message' ? (order.change ?? {}) : {};
  // Tags first: adding them twice does nothing, saying something twice does.
  const tagged = await addTags(desk, id, tagsOf(change.addTags ?? []));
  if (tagged.outcome === 'failed' && tagged.problem !== 'closed') return failureOutcome(tagged);
  const prepared = await ticketFields(desk, change, { lenient: true });
  if (prepared.outcome === 'failed') return prepared.failure;
  const carried = await uploadFiles(desk, order.lines, context);
  if (carried.outcome === 'failed') return asRepeatable(carried);
  const said = await say(desk, id, {
    pieces: piecesOf(order, carried.remarks),
    uploads: carried.uploads,
    ...(author === undefined ? {} : { authorId: author.userId }),
    fields: prepared.fields,
    key: context.idempotencyKey,
  });
  if (said.outcome === 'failed') {
    if (said.problem === 'closed') {
      const sayIn = (next: TicketId): Promise<DeskSendOutcome> =>
        addComment(desk, order, target, next, context);
      return followUp(desk, order, target, id, context, sayIn);
    }
    if (said.problem === 'invalid' && author !== undefined && order.kind === 'add-ticket-message') {
      const again = await isAnotherNow(desk, order.contact, author);
      if (again) return { ...said.failure, outcome: 'retry' };
    }
    return failureOutcome(said);
  }
  if (order.kind === 'add-ticket-note') return { outcome: 'delivered', writtenIds: said.commentIds };
  return wake(desk, id, said, change);
}

interface Saying {
  pieces: string[];
  uploads: string[];
  authorId?: string;
  fields: Record<string, unknown>;
  key: string;
}

/** Piece by piece; what an earlier attempt has said is not said again. Files go with the last. */
async function say(desk: Desk, id: TicketId, saying: Saying): Promise<Written | Failed> {
  const { pieces, uploads, authorId, key } = saying;
  const keys = pieces.map((_, at) => keyOf(key, at));
  const before = pieces.length > 1 ? await findByKeys(desk, id, keys) : undefined;
  if (before?.outcome === 'failed') return before;
  const commentIds: string[] = [];
  let last: Written | undefined;
  for (const [at, piece] of pieces.entries()) {
    const pieceKey = keyOf(key, at);
    const isLast = at === pieces.length - 1;
    const known = before?.byKey.get(pieceKey);
    commentIds.push(...(known ?? []));
    if (known !== undefined && !isLast) continue;
    const fields = isLast ? saying.fields : {};
    const comment = {
      html: commentHtml(piece),
      public: authorId !== undefined,
      ...(authorId === undefined ? {} : { authorId }),
      uploads: isLast ? uploads : [],
    };
    const written: Written | Failed =
      known === undefined
        ? await writeComment(desk, id, comment, fields, pieceKey)
        : await writeFields(desk, id, fields);
    if (written.outcome === 'failed') return written;
    commentIds.push(...written.commentIds);
    last = written;
  }
  if (last === undefined) throw new Error('a comment has at least one piece');
  return { ...last, commentIds };
}

/**
 * Zendesk wakes a ticket that waits for its requester when the requester writes; not when we write in the
 * requester's name. What is solved stays so: that is the order's to say.
 */
async function wake(desk: Desk, id: TicketId, said: Written, change: TicketChange): Promise<DeskSendOutcome> {
  const waits = readStatus(said.ticket, desk.settings) === 'pending';
  // Whatever becomes of it: the words are there and must not go again.
  const fields = waits && change.status === undefined ? statusFieldOf(desk, 'open') : {};
  const woken =
    Object.keys(fields).length > 0 ? await writeFields(desk, id, fields, { isPatient: true }) : said;
  const status = readStatus((woken.outcome === 'written' ? woken : said).ticket, desk.settings);
  const state = { ...stateOf(desk, change), ...(status === undefined ? {} : { status }) };
  return { outcome: 'delivered', writtenIds: said.commentIds, state };
}

/** Nothing has been said yet: a lost answer to an upload costs nothing but the upload. */
function asRepeatable({ failure }: Failed): DeskSendOutcome {
  return failure.outcome === 'uncertain' ? { ...failure, outcome: 'retry' } : failure;
}
