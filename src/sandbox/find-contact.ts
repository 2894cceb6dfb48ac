import { newKey } from './new-key.js';
import { nextNumber } from './records.js';
import type { Contact } from './rows.js';
import type { World } from './world.js';

export interface ContactFacts {
  key?: string;
  externalKey?: string;
  name?: string;
  email?: string;
  phone?: string;
  customVariables?: Record<string, unknown>;
}

const digits = (phone: string): string => phone.replace(/\D/g, '');

export function findContact(world: World, facts: ContactFacts): Contact | undefined {
  if (facts.key !== undefined) return world.records.contacts.get(facts.key);
  const same = (contact: Contact): boolean =>
    (facts.externalKey !== undefined && contact.externalKey === facts.externalKey) ||
    (facts.email !== undefined && contact.email === facts.email.toLowerCase()) ||
    (facts.phone !== undefined &&
      contact.phone !== undefined &&
      digits(contact.phone) === digits(facts.phone));
  return world.records.contacts.all().find(same);
}

/** The contact these facts belong to, made or brought up to date. */
export function saveContact(world: World, facts: ContactFacts): { contact: Contact; isNew: boolean } {
  const known = findContact(world, facts);
  const id = known?.id ?? nextNumber(world.records, 'contact', 24_135_493);
  const key = known?.key ?? newKey();
  const externalKey =
    known?.externalKey ?? facts.externalKey ?? `${facts.phone ? digits(facts.phone) : id}_13361`;
  const contact: Contact = {
    isBlocked: false,
    ...known,
    id,
    key,
    externalKey,
    name: facts.name || known?.name || `Visitor - A${id % 100_000}`,
    ...(facts.email ? { email: facts.email.toLowerCase() } : {}),
    ...(facts.phone ? { phone: facts.phone } : {}),
    customVariables: { ...known?.customVariables, ...facts.customVariables },
  };
  world.records.contacts.put(key, contact);
  return { contact, isNew: known === undefined };
}
