import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { TicketContact } from '../../../domain/desk-order.js';
import type { Failed } from '../calling/judge-answer.js';
import type { Desk } from '../calling/open-desk.js';
import { membersOf, type User, userShape } from '../calling/shapes.js';
import { unreadable } from '../calling/tickets.js';
import { wellFormed } from './well-formed.js';

const userAnswer = z.object({ user: userShape });
const REMEMBERED_SECONDS = 86_400;

export interface FoundContact {
  outcome: 'found';
  userId: string;
  /** From memory: Zendesk may have lost it meanwhile. */
  remembered: boolean;
}

/**
 * The end user who is the contact. Our id finds the same one for ever. An address that the contact has typed
 * proves nothing: the end user of that address is used as it is and never changed, and one of the staff is
 * never used, or the contact would speak in an agent's name.
 */
export async function findContact(desk: Desk, contact: TicketContact): Promise<FoundContact | Failed> {
  const name = shelfName(contact);
  const known = desk.shelf.get(name);
  if (known !== undefined) return { outcome: 'found', userId: known, remembered: true };
  const found = await lookUp(desk, contact);
  if (found.outcome === 'found') desk.shelf.put(name, found.userId, REMEMBERED_SECONDS);
  return found;
}

/** Zendesk may have deleted or merged the one that was remembered: whether another is the contact now. */
export async function isAnotherNow(
  desk: Desk,
  contact: TicketContact,
  before: FoundContact,
): Promise<boolean> {
  if (!before.remembered) return false;
  desk.shelf.forget(shelfName(contact));
  const now = await findContact(desk, contact);
  return now.outcome === 'found' && now.userId !== before.userId;
}

async function lookUp(desk: Desk, contact: TicketContact): Promise<FoundContact | Failed> {
  const ours = await search(desk, `external_id=${encodeURIComponent(externalIdOf(contact))}`);
  if (ours.outcome === 'failed') return ours;
  const [own] = ours.users.filter(
    (user) => user.external_id === externalIdOf(contact) && isEndUser(user) && user.active,
  );
  if (own !== undefined) return found(own);
  const address = contact.email?.toLowerCase();
  if (address === undefined) return create(desk, contact, false);
  const same = await search(desk, `query=${encodeURIComponent(`email:"${address}"`)}`);
  if (same.outcome === 'failed') return same;
  const holder = same.users.find((user) => user.email === address && user.active);
  if (holder === undefined) return create(desk, contact, true);
  return isEndUser(holder) ? found(holder) : create(desk, contact, false);
}

async function search(desk: Desk, query: string): Promise<{ outcome: 'listed'; users: User[] } | Failed> {
  const asked = await desk.ask({ method: 'GET', path: `/api/v2/users/search?${query}`, changes: 'no' });
  if (asked.outcome === 'failed') return asked;
  if (!Array.isArray(asked.body['users'])) return unreadable;
  return { outcome: 'listed', users: membersOf(userShape, asked.body['users']) };
}

/** Without a role: new users are end users, and one that exists keeps what it is. */
async function create(
  desk: Desk,
  contact: TicketContact,
  reachable: boolean,
): Promise<FoundContact | Failed> {
  const user = {
    external_id: externalIdOf(contact),
    name: nameFor(contact),
    skip_verify_email: true,
    ...(reachable && contact.email !== undefined ? { email: contact.email } : {}),
    ...(reachable && contact.phone !== undefined ? { phone: contact.phone } : {}),
  };
  const asked = await desk.ask({
    method: 'POST',
    path: '/api/v2/users/create_or_update',
    changes: 'again',
    json: { user },
    takes: [
      { name: `person ${user.external_id}`, most: 5, seconds: 60 },
      { name: 'people', most: 1, seconds: 1 },
    ],
  });
  // An address that Zendesk does not take must not keep the contact's words away.
  if (asked.outcome === 'failed' && asked.problem === 'invalid' && reachable)
    return create(desk, contact, false);
  if (asked.outcome === 'failed') return asked;
  const told = userAnswer.safeParse(asked.body);
  if (!told.success) return unreadable;
  if (!isEndUser(told.data.user)) return reachable ? create(desk, contact, false) : unreadable;
  return found(told.data.user);
}

const found = (user: User): FoundContact => ({ outcome: 'found', userId: user.id, remembered: false });
const isEndUser = (user: User): boolean => user.role === 'end-user';
const externalIdOf = (contact: TicketContact): string => `wotnot:${contact.id}`;

function nameFor({ name, email, phone, id }: TicketContact): string {
  return wellFormed((name?.trim() || email || phone || `Visitor ${id.slice(-6)}`).slice(0, 200));
}

function shelfName(contact: TicketContact): string {
  const told = JSON.stringify([contact.id, contact.email]);
  return `contact ${createHash('sha256').update(told).digest('base64url')}`;
}
