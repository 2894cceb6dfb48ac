import type { TicketChange } from '../../../domain/desk-order.js';
import type { DeskSendOutcome } from '../../connector.js';
import type { Desk } from '../calling/open-desk.js';
import type { TicketId } from '../calling/tickets.js';
import { readStatus } from '../reading/statuses.js';
import { addTags, failureOutcome, writeFields } from './write-ticket.js';
import { stateOf, tagsOf, ticketFields } from './ticket-fields.js';

/** Changes a ticket's fields; doing so twice is doing it once. */
export async function updateTicket(desk: Desk, change: TicketChange, id: TicketId): Promise<DeskSendOutcome> {
  const prepared = await ticketFields(desk, change, { lenient: false });
  if (prepared.outcome === 'failed') return prepared.failure;
  let state = stateOf(desk, change);
  if (Object.keys(prepared.fields).length > 0) {
    const written = await writeFields(desk, id, prepared.fields);
    // What is closed for good is solved.
    if (written.outcome === 'failed' && written.problem === 'closed' && isSolving(change))
      return { outcome: 'delivered', writtenIds: [], state: { status: 'closed' } };
    if (written.outcome === 'failed') return failureOutcome(written);
    const status = readStatus(written.ticket, desk.settings);
    if (status !== undefined) state = { ...state, status };
  }
  const tagged = await addTags(desk, id, tagsOf(change.addTags ?? []));
  if (tagged.outcome === 'failed') return failureOutcome(tagged);
  return { outcome: 'delivered', writtenIds: [], state };
}

const isSolving = ({ status }: TicketChange): boolean => status === 'solved' || status === 'closed';
