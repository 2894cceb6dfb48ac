import type { DeskOrder } from '../../domain/desk-order.js';
import type { Account, FindContext, FindOutcome, TicketTarget } from '../connector.js';
import { composeStems, settleCall } from '../desk-kit/index.js';
import { type ChatwootMessage, messagePage, profile } from './calling/answers.js';
import type { ChatwootClient, OpenClient } from './calling/open-client.js';
import { isMissing, ticketPath } from './calling/ticket-path.js';
import { findWritten, nameTicket, wordingOf } from './sending/create-ticket.js';
import { findContact } from './sending/find-contact.js';
import { findConversation } from './sending/find-conversation.js';
import { isOfSide, isSamePiece, limits, type Side, sortById } from './sending/write-messages.js';

type CreateOrder = Extract<DeskOrder, { kind: 'create-ticket' }>;

/** The server's clock may be so far off; what other orders have written is told by its ids. */
const clockSeconds = 120;
const mostPages = 10;

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
        return findWords(client, target, 'incoming', { lines: order.lines, alwaysNamed: false }, context);
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
async function findTicket(client: ChatwootClient, order: CreateOrder): Promise<FindOutcome> {
  const contact = await findContact(client, order.contact);
  if (contact === undefined) return { outcome: 'absent' };
  const made = await findConversation(client, contact, order.reference);
  if (made === undefined) return { outcome: 'absent' };
  const pieces = composeStems(wordingOf(order), limits);
  const writtenIds = await findWritten(client, ticketPath(String(made.id)), pieces);
  if (writtenIds.length < pieces.length) return { outcome: 'absent' };
  return { outcome: 'delivered', writtenIds, ticket: nameTicket(client, made.id) };
}

async function findWords(
  client: ChatwootClient,
  { externalTicketId }: TicketTarget,
  side: Side,
  wording: Parameters<typeof composeStems>[0],
  context: FindContext,
): Promise<FindOutcome> {
  const path = ticketPath(externalTicketId);
  const pieces = composeStems(wording, limits);
  let young: ChatwootMessage[];
  try {
    young = await fetchSince(client, path, context.since.getTime() / 1_000 - clockSeconds);
  } catch (error) {
    if (isMissing(error)) return { outcome: 'absent' };
    throw error;
  }
  const me = side === 'note' ? (await client.askProfile(profile)).id : undefined;
  const written = young.filter((one) => isOfSide(one, side) && (me === undefined || senderOf(one) === me));
  const known = await context.knownIds(written.map(({ id }) => String(id)));
  const ours = written.filter(({ id }) => !known.has(String(id)));
  for (let from = 0; from + pieces.length <= ours.length; from += 1) {
    const run = ours.slice(from, from + pieces.length);
    if (run.every((one, at) => isSamePiece(pieces[at], one))) {
      return { outcome: 'delivered', writtenIds: run.map(({ id }) => String(id)) };
    }
  }
  return { outcome: 'absent' };
}

/** The last messages, back to that time, in seconds since 1970; oldest first. */
async function fetchSince(client: ChatwootClient, path: string, since: number): Promise<ChatwootMessage[]> {
  const found = new Map<number, ChatwootMessage>();
  let before = '';
  for (let page = 0; page < mostPages; page += 1) {
    const call = { method: 'GET' as const, path: `${path}/messages${before}` };
    const { payload } = await client.ask(messagePage, call);
    for (const one of payload) found.set(one.id, one);
    const [oldest] = sortById(payload);
    if (oldest === undefined || timeOf(oldest) < since) break;
    before = `?before=${oldest.id}`;
  }
  return sortById([...found.values()]).filter((one) => timeOf(one) >= since);
}

const timeOf = ({ created_at: at }: ChatwootMessage): number =>
  typeof at === 'number' ? at : Number.POSITIVE_INFINITY;

function senderOf({ sender }: ChatwootMessage): unknown {
  return typeof sender === 'object' && sender !== null && 'id' in sender ? sender.id : undefined;
}
