import type { DeskOrder } from '../../domain/desk-order.js';
import type { Account, FindContext, FindOutcome, TicketTarget } from '../connector.js';
import { composeStems, settleCall, type Wording } from '../desk-kit/index.js';
import { ticket } from './calling/answers.js';
import type { FreshdeskClient, OpenClient } from './calling/open-client.js';
import { ownStaff } from './calling/people-of.js';
import { isMissing, ticketPath } from './calling/ticket-path.js';
import { findRest, nameTicket, wordingOf } from './sending/create-ticket.js';
import { findByReference } from './sending/find-by-reference.js';
import { isOfSide, isSamePiece, limits, listConversations, type Side } from './sending/write-notes.js';

type CreateOrder = Extract<DeskOrder, { kind: 'create-ticket' }>;

/** Freshdesk's clock may be so far off; what other orders have written is told by its ids. */
const clockSeconds = 120;

/** Whether an order whose answer was lost has arrived. */
export async function find(
  open: OpenClient,
  order: DeskOrder,
  target: TicketTarget,
  account: Account,
  context: FindContext,
): Promise<FindOutcome> {
  const found = await settleCall(async (): Promise<FindOutcome> => {
    const client = open(account, { signal: context.signal });
    switch (order.kind) {
      case 'create-ticket':
        return findTicket(client, order);
      case 'add-ticket-message':
        return findWords(client, target, 'contact', { lines: order.lines, alwaysNamed: false }, context);
      case 'add-ticket-note':
        return findWords(client, target, 'note', { lines: order.lines, alwaysNamed: true }, context);
      case 'update-ticket':
        // Made again, it is the same.
        return { outcome: 'absent' };
    }
  });
  return found.outcome === 'refused' || found.outcome === 'uncertain' ? { outcome: 'unknown' } : found;
}

/** There only with all its words; an attempt goes on where the one before has ended. */
async function findTicket(client: FreshdeskClient, order: CreateOrder): Promise<FindOutcome> {
  const made = await findByReference(client, order);
  if (made === undefined) return { outcome: 'absent' };
  const rest = composeStems(wordingOf(order), limits).slice(1);
  const writtenIds = rest.length > 0 ? await findRest(client, made, rest) : [];
  if (writtenIds.length < rest.length) return { outcome: 'absent' };
  return { outcome: 'delivered', writtenIds, ticket: nameTicket(client, made.id) };
}

async function findWords(
  client: FreshdeskClient,
  { externalTicketId }: TicketTarget,
  side: Side,
  wording: Wording,
  context: FindContext,
): Promise<FindOutcome> {
  const path = ticketPath(externalTicketId);
  try {
    const made = await client.ask(ticket, { method: 'GET', path });
    const me = side === 'note' ? (await ownStaff(client)).id : undefined;
    const since = context.since.getTime() - clockSeconds * 1_000;
    const written = (await listConversations(client, made.id)).filter(
      (one) =>
        isOfSide(one, side, made) &&
        (me === undefined || one.user_id === me) &&
        !(Date.parse(one.created_at ?? '') < since),
    );
    const known = await context.knownIds(written.map(({ id }) => String(id)));
    const ours = written.filter(({ id }) => !known.has(String(id)));
    const pieces = composeStems(wording, limits);
    for (let from = 0; from + pieces.length <= ours.length; from += 1) {
      const run = ours.slice(from, from + pieces.length);
      if (run.every((one, at) => isSamePiece(pieces[at], one))) {
        return { outcome: 'delivered', writtenIds: run.map(({ id }) => String(id)) };
      }
    }
    return { outcome: 'absent' };
  } catch (error) {
    if (isMissing(error)) return { outcome: 'absent' };
    throw error;
  }
}
