import type { TicketContact } from '../../../domain/desk-order.js';
import type { Tracker } from '../calling/open-tracker.js';
import { findAgent, readPerson } from '../calling/read-person.js';

/**
 * The address by which RT knows the contact. RT believes whatever stands in `From`, so what a contact calls
 * an own address is used only when it belongs to nobody on RT's staff: nobody speaks as an agent by
 * typing an agent's address into a chat. @throws FailedCall
 */
export async function addressOf(tracker: Tracker, contact: TicketContact): Promise<string> {
  const { contactAddress, contactDomain } = tracker.settings;
  const own = contact.email?.trim().toLowerCase() ?? '';
  if (contactAddress === 'own' && isPlain(own) && !(await isOfStaff(tracker, own))) return own;
  const local = contact.id
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/gu, '-')
    .slice(0, 60);
  return `${local.replace(/^[.-]+|[.-]+$/gu, '') || 'contact'}@${contactDomain}`;
}

/** Nothing that could end a header, begin a second address or need quotes. */
const isPlain = (address: string): boolean =>
  address.length <= 120 &&
  /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[a-z0-9-]+(\.[a-z0-9-]+)+$/u.test(address);

async function isOfStaff(tracker: Tracker, address: string): Promise<boolean> {
  // RT finds the sender by address and then by name, so both are asked.
  const named = await readPerson(tracker, address);
  if (named?.privileged === true) return true;
  return (await findAgent(tracker, address)) !== undefined;
}

/** A name as it may stand between quotes in a mail's header. */
export function plainName(name: string | undefined): string {
  return (name ?? '')
    .replaceAll(/[\p{Cc}\p{Cs}"\\<>]+/gu, ' ')
    .replaceAll(/\s+/gu, ' ')
    .trim()
    .slice(0, 100);
}

/** The contact as RT takes it for a requestor. */
export function requestorOf(contact: TicketContact, address: string): string {
  const name = plainName(contact.name);
  return name === '' ? address : `"${name}" <${address}>`;
}
