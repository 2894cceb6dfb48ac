import type { ChatFact, ContactFacts } from '../../../domain/chat-fact.js';
import { ownFacts } from '../../../domain/contact-variables.js';
import { asText, cutText, firstPresent, firstText, pick, present } from '../pick.js';
import { readEmail, readName } from './read-author.js';
import { type ReadVariables, readVariables } from './read-variables.js';

/**
 * What one event says of who asks. Beside the visitor's key, contact data come as `visitor_*` variables, and
 * as variables of the contact: those that are called as its own fields are its own facts.
 */
export function readContact(
  event: Record<string, unknown>,
  { variables, ofContact }: ReadVariables = { variables: {}, ofContact: {} },
): ContactFacts {
  const payload = pick(event, 'event', 'payload');
  const visitor = firstPresent(
    pick(event, 'visitor'),
    pick(event, 'event', 'visitor'),
    pick(payload, 'visitor'),
  );
  const custom = readVariables(pick(visitor, 'custom_variables'));
  const own = ownFacts({ ...custom.variables, ...custom.ofContact, ...ofContact });
  const variable = (name: string) => (Object.hasOwn(variables, name) ? asText(variables[name]) : undefined);
  const id = firstText(
    pick(visitor, 'key'),
    pick(visitor, 'id'),
    visitor,
    pick(payload, 'visitor_key'),
    variable('contact_id'),
  );
  const name = own.facts.name ?? readName(visitor) ?? variable('visitor_name');
  const phone = firstText(own.facts.phone, pick(visitor, 'phone'), variable('visitor_phone'));
  return present<ContactFacts>({
    externalContactId: id && cutText(id, 128),
    name: name && cutText(name, 200),
    email: own.facts.email ?? readEmail(pick(visitor, 'email')) ?? readEmail(variable('visitor_email')),
    phone: phone && cutText(phone, 64),
    variables: Object.keys(own.variables).length === 0 ? undefined : own.variables,
  });
}

export type FactOf<Type extends ChatFact['type']> = Extract<ChatFact, { type: Type }>;
