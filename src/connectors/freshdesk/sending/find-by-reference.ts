import type { DeskOrder, TicketContact } from '../../../domain/desk-order.js';
import { FailedCall } from '../../desk-kit/index.js';
import { type FreshdeskTicket, ticketList } from '../calling/answers.js';
import type { FreshdeskClient } from '../calling/open-client.js';

/** How Freshdesk is told who asks: it makes a contact of whom it does not know. */
export type Requester =
  | { email: string; name?: string }
  | { unique_external_id: string; name?: string; phone?: string };

/** The best way first. */
export function requestersOf({ id, name, email, phone }: TicketContact): Requester[] {
  const named = name === undefined ? {} : { name: name.slice(0, 255) };
  const byId = {
    unique_external_id: `wotnot:${id}`,
    ...named,
    name: (name ?? phone ?? 'Visitor').slice(0, 255),
  };
  return [
    ...(email === undefined ? [] : [{ email, ...named }]),
    phone === undefined ? byId : { ...byId, phone },
    ...(phone === undefined ? [] : [byId]),
  ];
}

/**
 * The ticket that was made for our conversation, among those of its contact: the search for a field's value
 * knows a new ticket only after minutes, the list at once. It holds what is at most 30 days old.
 */
export async function findByReference(
  client: FreshdeskClient,
  { contact, reference }: Extract<DeskOrder, { kind: 'create-ticket' }>,
): Promise<FreshdeskTicket | undefined> {
  const filters = [
    ...(contact.email === undefined ? [] : [`email=${encodeURIComponent(contact.email)}`]),
    `unique_external_id=${encodeURIComponent(`wotnot:${contact.id}`)}`,
  ];
  for (const filter of filters) {
    const listed = await listTickets(
      client,
      `/tickets?${filter}&order_by=created_at&order_type=desc&per_page=100`,
    );
    const found = listed.find((one) => one.custom_fields?.[client.settings.referenceField] === reference);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** For somebody whom it does not know, Freshdesk refuses the filter. */
async function listTickets(client: FreshdeskClient, path: string): Promise<FreshdeskTicket[]> {
  try {
    return await client.ask(ticketList, { method: 'GET', path });
  } catch (error) {
    if (error instanceof FailedCall && (error.failed.code === 'refused' || error.failed.code === 'not_found'))
      return [];
    throw error;
  }
}
