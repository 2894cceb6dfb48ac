import type { TicketContact } from '../../../domain/desk-order.js';
import type { Tracker } from '../calling/open-tracker.js';
import { findNamesByEmail } from '../calling/read-person.js';
import type { Ticket } from '../calling/read-ticket.js';
import { requestorOf } from './contact-address.js';

/** Who is a requestor may reply. A ticket that was linked by hand does not know the contact yet. @throws FailedCall */
export async function addRequestor(
  tracker: Tracker,
  ticket: Ticket,
  contact: TicketContact,
  address: string,
): Promise<void> {
  const requestors = ticket.requestors.map((name) => name.toLowerCase());
  if (requestors.includes(address)) return;
  const names = await findNamesByEmail(tracker, address);
  if (names.some((name) => requestors.includes(name.toLowerCase()))) return;
  await tracker.rest('PUT', `/ticket/${ticket.id}`, {
    json: { Requestor: [...ticket.requestors, requestorOf(contact, address)] },
    repeatable: true,
  });
  ticket.requestors.push(address);
}
