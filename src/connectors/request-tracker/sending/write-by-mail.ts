import type { TicketContact } from '../../../domain/desk-order.js';
import type { FailedSend } from '../../connector.js';
import { FailedCall, type Piece } from '../../desk-kit/index.js';
import { notUnderstood } from '../calling/not-understood.js';
import type { Tracker } from '../calling/open-tracker.js';
import { readParts } from '../calling/read-attachments.js';
import { readTicket, type Ticket } from '../calling/read-ticket.js';
import { readTransactions } from '../calling/read-transactions.js';
import { plainName } from './contact-address.js';
import { mailMessage } from './mail-message.js';

export interface Letter {
  contact: TicketContact;
  address: string;
  piece: Piece;
  messageId: string;
}

/** One piece as the contact's own correspondence. @returns the transaction's number, if it could be read */
export async function writeByMail(
  tracker: Tracker,
  ticket: Ticket,
  letter: Letter,
): Promise<string | undefined> {
  const { contact, address, piece, messageId } = letter;
  const form = new FormData();
  form.set('queue', tracker.settings.queue);
  form.set('action', 'correspond');
  form.set('ticket', ticket.id);
  form.set(
    'message',
    mailMessage({
      from: { name: plainName(contact.name), address },
      subject: 'Chat message',
      messageId,
      date: new Date(),
      piece,
    }),
  );
  const answer = await tracker.mail(form);
  const told = answer.bytes.subarray(0, 100).toString('utf8').trim().toLowerCase();
  // 200 in every case: only the first words tell.
  if (/^ok\b/u.test(told)) return confirm(tracker, ticket, messageId);
  if (told.startsWith('temporary failure')) throw new FailedCall(notNow);
  if (!told.startsWith('not ok')) throw notUnderstood('write');
  throw new FailedCall(await explainRefusal(tracker, ticket.id, messageId));
}

/** RT's gateway says ok even when the ticket has refused the words: what counts is that they are there. */
async function confirm(tracker: Tracker, ticket: Ticket, messageId: string): Promise<string | undefined> {
  const query = `TicketId = ${ticket.id} AND id > ${ticket.lastTransaction} AND Type = 'Correspond'`;
  let found: string | undefined;
  try {
    const { transactions } = await readTransactions(tracker, query, { perPage: 100, newestFirst: true });
    const parts = await readParts(
      tracker,
      transactions.map(({ id }) => id),
    );
    found = parts.find((part) => part.messageId === messageId)?.transaction.toString();
  } catch (error) {
    // It has said ok, and its number is learnt with the next look: no reason to write it again.
    if (error instanceof FailedCall) return undefined;
    throw error;
  }
  if (found === undefined) throw new FailedCall(notRecorded);
  return found;
}

async function explainRefusal(tracker: Tracker, ticketId: string, messageId: string): Promise<FailedSend> {
  const reading = await readTicket(tracker, ticketId);
  if (reading.outcome !== 'there') return vanished;
  return { ...mailRefused, outcome: tracker.mayPass(`mail:${messageId}`) ? 'retry' : 'refused' };
}

const notNow = {
  outcome: 'retry' as const,
  code: 'mail_not_now',
  message: 'Request Tracker’s mail gateway asks to come again later. Its log says why.',
};

const notRecorded = {
  outcome: 'uncertain' as const,
  code: 'mail_not_recorded',
  message:
    'Request Tracker’s mail gateway has said ok, but the words are not in the ticket. Its log says why.',
};

const mailRefused = {
  code: 'mail_refused',
  message:
    'Request Tracker’s mail gateway refuses the contact’s words. Grant the role Requestor the right ReplyToTicket on the ticket’s queue, or set writeAs to bridge; then send it again.',
};

const vanished = {
  outcome: 'refused' as const,
  code: 'ticket_vanished',
  message: 'The ticket was deleted or merged just now.',
};
