import type { TicketContact } from '../../../domain/desk-order.js';
import { FailedCall } from '../../desk-kit/index.js';
import { type ChatwootContact, contactSearch, newContact, newContactInbox } from '../calling/answers.js';
import { inboxOf } from '../calling/inbox-of.js';
import type { ChatwootClient } from '../calling/open-client.js';

/** Our contact's id in Chatwoot: it names nobody else. */
const identifierOf = (contact: TicketContact): string => `${prefix}${contact.id}`;
const prefix = 'wotnot:';

/** The contact, however Chatwoot may know them: by our id, by their address, by their phone. */
export async function findContact(
  client: ChatwootClient,
  contact: TicketContact,
): Promise<ChatwootContact | undefined> {
  const { email, phone } = contact;
  const identifier = identifierOf(contact);
  const byIdentifier = await search(client, identifier, (found) => found.identifier === identifier);
  if (byIdentifier !== undefined) return byIdentifier;
  if (email !== undefined) {
    const same = (found: ChatwootContact): boolean => found.email?.toLowerCase() === email.toLowerCase();
    const byEmail = await search(client, email, same);
    if (byEmail !== undefined) return byEmail;
  }
  if (phone === undefined) return undefined;
  // A phone may be a household's: whoever is another contact of ours, or has another address, is not this one.
  const isFree = ({ identifier: held, email: other }: ChatwootContact): boolean =>
    !held?.startsWith(prefix) && (!other || email === undefined);
  return search(client, phone, (found) => found.phone_number === phone && isFree(found));
}

async function search(
  client: ChatwootClient,
  words: string,
  isSame: (found: ChatwootContact) => boolean,
): Promise<ChatwootContact | undefined> {
  const path = `/contacts/search?q=${encodeURIComponent(words)}`;
  return (await client.ask(contactSearch, { method: 'GET', path })).payload.find(isSame);
}

/** Chatwoot takes phones with a plus and digits alone, and refuses the whole contact otherwise. */
const isPhone = /^\+[1-9]\d{1,14}$/u;

/** Creates the contact. Twice is once: an identifier belongs to one contact. */
export async function createContact(
  client: ChatwootClient,
  contact: TicketContact,
): Promise<ChatwootContact> {
  const { email, phone } = contact;
  const named = {
    inbox_id: inboxOf(client),
    name: (contact.name ?? email ?? phone ?? 'Visitor').slice(0, 255),
    identifier: identifierOf(contact),
  };
  const told = [email, phone].filter((word) => word !== undefined).join(', ');
  const reachable = { ...named, ...(email === undefined ? {} : { email }) };
  // Their phone, or their address, may be one that Chatwoot does not take, or somebody else's: they are
  // somebody all the same.
  const ways = [
    ...(phone !== undefined && isPhone.test(phone) ? [{ ...reachable, phone_number: phone }] : []),
    reachable,
    { ...named, ...(told === '' ? {} : { custom_attributes: { told } }) },
  ];
  let refused: unknown;
  for (const json of ways) {
    try {
      return await client.ask(newContact, { method: 'POST', path: '/contacts', json, repeatable: true });
    } catch (error) {
      if (!isRefused(error)) throw error;
      refused = error;
      // Another conversation of theirs may have made them meanwhile.
      const made = await findContact(client, contact);
      if (made !== undefined) return made;
    }
  }
  throw refused;
}

const isRefused = (error: unknown): boolean => error instanceof FailedCall && error.failed.code === 'refused';

/** By what the inbox knows the contact; made when it does not know them. */
export async function sourceIdOf(client: ChatwootClient, contact: ChatwootContact): Promise<string> {
  const inboxId = inboxOf(client);
  const known = contact.contact_inboxes?.find(({ inbox }) => inbox?.id === inboxId);
  if (known !== undefined) return known.source_id;
  const call = {
    method: 'POST' as const,
    path: `/contacts/${contact.id}/contact_inboxes`,
    json: { inbox_id: inboxId },
    repeatable: true,
  };
  return (await client.ask(newContactInbox, call)).source_id;
}
