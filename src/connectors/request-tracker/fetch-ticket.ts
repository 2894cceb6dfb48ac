import { createHash } from 'node:crypto';
import type { FetchCursor, SplitEvent, TicketFetch } from '../connector.js';
import { FailedCall, makeStorable } from '../desk-kit/index.js';
import type { Tracker } from './calling/open-tracker.js';
import { type Part, readParts } from './calling/read-attachments.js';
import { readNews } from './calling/read-news.js';
import { readOwnName, readPerson } from './calling/read-person.js';
import { readQueue } from './calling/read-queue.js';
import { readTicket, type Ticket } from './calling/read-ticket.js';
import type { Transaction } from './calling/read-transactions.js';
import { advance, readTicketCursor } from './fetch-cursor.js';
import { isOurMessageId } from './message-mark.js';
import { collectMessage } from './reading/collect-message.js';
import type {
  ContactEvent,
  GoneEvent,
  MessageEvent,
  RequestorKnown,
  StateEvent,
} from './reading/recorded-events.js';
import { correctionOf, requestorOf } from './reading/requestor-of.js';

/** So many messages at once; the rest comes with the next look. */
const atOnce = 20;
/** RT writes a message's parts right after its transaction: for so long one without any is not whole. */
const incompleteSeconds = 30;

/** What has happened in a ticket since the cursor. @throws FailedCall */
export async function fetchTicket(
  tracker: Tracker,
  ticketId: string,
  cursor: FetchCursor | null,
): Promise<TicketFetch> {
  const from = readTicketCursor(cursor);
  const reading = await readTicket(tracker, ticketId);
  if (reading.outcome !== 'there') {
    const into = reading.outcome === 'merged' ? reading.into : null;
    const events = from.gone ? [] : [goneOf(ticketId, { into })];
    return { outcome: 'fetched', events, cursor: { ...from, gone: true }, more: false };
  }
  const { ticket } = reading;
  const query = `TicketId = ${ticket.id} AND id > ${from.after} AND (Type = 'Correspond' OR Type = 'Comment')`;
  const found = await readNews(tracker, query, from.told);
  const news = found.news.slice(0, atOnce);
  const { events, read, cutShort } = await readMessages(tracker, ticket, news, found.readAt);
  const known = found.seen.filter((one) => from.told.includes(one.id) || read.includes(one));
  const isMore = found.more || found.news.length > news.length;
  const more = cutShort || (isMore && read.length > 0);
  const state = describeState(ticket);
  const told = state !== from.state && !more;
  const again = cursor !== null && from.state === '' ? `${found.readAt.getTime()}:` : '';
  if (told) events.push(await stateOf(tracker, ticket, state, again));
  // Unclear for a while, it is compared with whom it was last.
  const requestor = (await requestorOf(tracker, ticket)) ?? from.requestor;
  if (requestor !== undefined) events.push(...correctionsOf(ticket, from.requestor, requestor));
  const place = advance(from, known, found.readAt);
  const reached = { ...place, state: told ? state : from.state, gone: false };
  return {
    outcome: 'fetched',
    events,
    cursor: requestor === undefined ? reached : { ...reached, requestor },
    more,
  };
}

/**
 * In their order, up to the first that is not whole yet. What was read before RT failed, or the time was up,
 * counts: a slow RT is read piece by piece.
 */
async function readMessages(
  tracker: Tracker,
  ticket: Ticket,
  transactions: readonly Transaction[],
  readAt: Date,
): Promise<{ events: SplitEvent[]; read: Transaction[]; cutShort: boolean }> {
  const events: SplitEvent[] = [];
  const read: Transaction[] = [];
  if (transactions.length === 0) return { events, read, cutShort: false };
  const parts = await readParts(
    tracker,
    transactions.map(({ id }) => id),
  );
  for (const transaction of transactions) {
    const own = parts.filter((part) => part.transaction === transaction.id);
    const isYoung = Date.parse(transaction.created) > readAt.getTime() - incompleteSeconds * 1_000;
    if (own.length === 0 && isYoung) break;
    try {
      events.push(await readMessage(tracker, ticket, transaction, own));
    } catch (error) {
      if (!(error instanceof FailedCall) || read.length === 0) throw error;
      return { events, read, cutShort: true };
    }
    read.push(transaction);
  }
  return { events, read, cutShort: false };
}

async function readMessage(
  tracker: Tracker,
  ticket: Ticket,
  transaction: Transaction,
  parts: readonly Part[],
): Promise<SplitEvent> {
  const { ours, text, files } = await collectMessage(tracker, parts, isOurMessageId);
  const { by, author } = await judgeAuthor(tracker, ticket, transaction, ours);
  const payload: MessageEvent = {
    transaction: transaction.id,
    // Exactly this type is public; whatever else there may be is not.
    visibility: transaction.type === 'Correspond' ? 'public' : 'private',
    by,
    author,
    text,
    files,
    createdAt: transaction.created,
  };
  return eventOf(ticket.id, 'message', `transaction:${transaction.id}`, payload);
}

async function judgeAuthor(
  tracker: Tracker,
  ticket: Ticket,
  { creator }: Transaction,
  ours: boolean,
): Promise<Pick<MessageEvent, 'by' | 'author'>> {
  if (ours || creator === (await readOwnName(tracker))) return { by: 'bridge', author: {} };
  const person = creator === '' ? undefined : await readPerson(tracker, creator);
  const author = {
    ...(person?.realName === undefined ? { name: creator } : { name: person.realName }),
    ...(person?.email === undefined ? {} : { email: person.email }),
  };
  const isRequestor = ticket.requestors.includes(creator);
  if (person?.privileged === true && creator !== 'RT_System')
    // Somebody of the staff who asks in this ticket is not who answers in it.
    return { by: isRequestor ? 'other' : 'staff', author };
  return { by: isRequestor ? 'contact' : 'other', author };
}

/** Everything that `ticket-state` tells. */
function describeState({ status, owner = '', queueId, priority }: Ticket): string {
  return JSON.stringify([status, owner, queueId, Number.isFinite(priority) ? priority : null]);
}

async function stateOf(tracker: Tracker, ticket: Ticket, state: string, again: string): Promise<SplitEvent> {
  const { settings } = tracker;
  const person = ticket.owner === undefined ? undefined : await readPerson(tracker, ticket.owner);
  const home = await readQueue(tracker, settings.queue);
  const queue = home?.id === ticket.queueId ? undefined : await readQueue(tracker, ticket.queueId);
  const payload: StateEvent = {
    status: ticket.status,
    owner:
      ticket.owner === undefined
        ? null
        : {
            name: ticket.owner,
            ...(person?.email === undefined ? {} : { email: person.email }),
            ...(person?.realName === undefined ? {} : { realName: person.realName }),
          },
    team: queue === undefined ? null : { id: queue.id, name: queue.name },
    priority: Number.isFinite(ticket.priority) ? ticket.priority : null,
    changedAt: ticket.lastUpdated,
  };
  // The last transaction's number: the same state is told again when it has come again.
  const identity = `state:${again}${ticket.lastTransaction}:${ticket.lastUpdated}:${state}`.slice(0, 250);
  return eventOf(ticket.id, 'ticket-state', identity, payload);
}

function correctionsOf(
  ticket: Ticket,
  before: RequestorKnown | undefined,
  now: RequestorKnown,
): SplitEvent[] {
  const correction = before === undefined ? undefined : correctionOf(before, now);
  if (correction === undefined) return [];
  const words = createHash('sha256').update(JSON.stringify(correction)).digest('hex').slice(0, 32);
  // A user's page is none of the ticket's: only with the time is the same correction another one.
  const identity = `contact:${ticket.lastTransaction}:${ticket.readAt.getTime()}:${words}`;
  return [eventOf(ticket.id, 'contact', identity, correction)];
}

const goneOf = (ticketId: string, payload: GoneEvent): SplitEvent =>
  eventOf(ticketId, 'ticket-gone', `gone:${payload.into ?? ''}`, payload);

function eventOf(
  laneKey: string,
  kind: string,
  identity: string,
  payload: MessageEvent | StateEvent | ContactEvent | GoneEvent,
): SplitEvent {
  const { value, cleaned } = makeStorable(payload);
  return { kind, laneKey, identity, identityBy: 'id', payload: value, flags: cleaned ? ['cleaned'] : [] };
}
