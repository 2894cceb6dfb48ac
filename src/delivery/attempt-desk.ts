import type { Account, DeskConnector, TicketTarget } from '../connectors/connector.js';
import type { DeskOrder } from '../domain/desk-order.js';
import type { DeskPolicy } from '../domain/desk-policy.js';
import type { LaneHead, Outbox } from '../store/outbox.js';
import type { TicketRecord } from '../store/ticket-record.js';
import type { WorkspaceScope } from '../store/scope.js';
import { isPaced } from '../domain/pause-asked.js';
import { AFTER_A_TICKET, continuesTicket } from '../domain/ticket.js';
import type { Attempted } from './attempt-outcome.js';
import { type FileSource, gatherFiles } from './gather-files.js';
import { type Pace, paceOf } from './ticket-pace.js';

export interface DeskAttemptOptions {
  outbox: Pick<Outbox, 'keepOrder'>;
  tickets: Pick<TicketRecord, 'former'>;
  keepFile: FileSource;
  readFile: (scope: WorkspaceScope, fileId: string) => Promise<Buffer>;
  fileUrl: (scope: WorkspaceScope, fileId: string, name: string) => string;
}

/** One attempt at an order for a desk: within the ticket's limit, with its files at hand. */
export async function attemptDesk(
  head: LaneHead,
  connector: DeskConnector,
  account: Account,
  options: DeskAttemptOptions,
  signal: AbortSignal,
  leaving: () => boolean,
): Promise<Attempted> {
  const given = await orderNow(head, options);
  if (head.externalTicketId === undefined && given.kind !== 'create-ticket')
    return { outcome: await renew(head, given, account, options, missing) };
  // Whatever the desk's limits are: where the files lie now they may not lie later.
  const gathered = await gatherFiles(head, given, options);
  if (gathered.outcome === 'wait') return { outcome: gathered };
  const pace = paceOf(head, connector.capabilities.ticketBudget);
  if (pace.waitSeconds > 0) {
    return {
      outcome: {
        outcome: 'wait',
        seconds: pace.waitSeconds,
        code: 'paced',
        message: 'The desk takes no more changes to this ticket now.',
      },
    };
  }
  const calling = { ...account, calls: 'order' as const };
  const outcome = await connector.send(gathered.order, targetOf(head), calling, {
    idempotencyKey: head.idempotencyKey,
    signal,
    leaving,
    readFile: (fileId) => options.readFile(head.scope, fileId),
    fileLink: (fileId, name) => options.fileUrl(head.scope, fileId, name),
  });
  if (isPaced(outcome)) {
    const { code, message, retryAfterSeconds = 1, ticketWrites = 0 } = outcome;
    const wait = { outcome: 'wait' as const, seconds: retryAfterSeconds, code, message };
    return { outcome: wait, ...levelAfter(pace, ticketWrites) };
  }
  const seen =
    outcome.outcome === 'ticket_gone' && outcome.mergedInto === undefined
      ? await renew(head, gathered.order, account, options, outcome)
      : outcome;
  return { outcome: seen, ...levelAfter(pace, Math.max(1, outcome.ticketWrites ?? 1)) };
}

/** The bucket's level, which has one write in it already, after so many. */
const levelAfter = ({ level }: Pace, writes: number): { pace?: number } =>
  level === undefined || writes === 0 ? {} : { pace: level + writes - 1 };

/** What was to open a ticket is said in the one that the conversation has got meanwhile. */
async function orderNow(head: LaneHead, { outbox }: Pick<DeskAttemptOptions, 'outbox'>): Promise<DeskOrder> {
  // The lane of a desk holds orders for desks only.
  const given = head.order as DeskOrder;
  if (given.kind !== 'create-ticket' || given.opens !== true || head.externalTicketId === undefined)
    return given;
  const { contact, lines } = given;
  const isContactsAlone = lines.every(({ author }) => author.type === 'contact');
  const order: DeskOrder = isContactsAlone
    ? { kind: 'add-ticket-message', contact, lines }
    : { kind: 'add-ticket-note', lines };
  await outbox.keepOrder(head, order);
  return order;
}

const missing = {
  outcome: 'refused',
  code: 'ticket_missing',
  message: `The conversation has no ticket at this desk any more. ${AFTER_A_TICKET} Then send this again.`,
} as const;

/** The contact's words get a new ticket, unless the workspace makes them by hand; the rest has no place. */
async function renew<T extends Attempted['outcome']>(
  head: LaneHead,
  order: DeskOrder,
  account: Account,
  options: Pick<DeskAttemptOptions, 'outbox' | 'tickets'>,
  otherwise: T,
): Promise<T | { outcome: 'ticket_renewed' }> {
  const policy = account.settings['policy'] as DeskPolicy | undefined;
  if (order.kind !== 'add-ticket-message' || policy === undefined || policy.create === 'never')
    return otherwise;
  // A desk that told of the end by itself has ended the link before this order's turn came.
  const former = head.externalTicketId ?? (await options.tickets.former(head));
  await options.outbox.keepOrder(head, {
    kind: 'create-ticket',
    reference: head.conversationId,
    subject: `Chat with ${order.contact.name ?? order.contact.email ?? order.contact.phone ?? 'a visitor'}`,
    contact: order.contact,
    introduction: former === undefined ? '' : continuesTicket(former),
    lines: order.lines,
    opens: true,
    change: { addTags: policy.tags, ...(policy.team === '' ? {} : { assignee: { team: policy.team } }) },
  });
  return { outcome: 'ticket_renewed' };
}

export const targetOf = (head: LaneHead): TicketTarget => ({
  conversationId: head.conversationId,
  ...(head.externalTicketId === undefined ? {} : { externalTicketId: head.externalTicketId }),
});
