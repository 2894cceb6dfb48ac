import type { ChatFact, ContactFacts } from '../../../domain/chat-fact.js';
import type { Variables } from '../../../domain/conversation.js';
import { asText, cutText, firstPresent, firstText, pick, present } from '../pick.js';
import { readEmail, readName } from './read-author.js';

/** What one event says of who asks. Beside the visitor's key, contact data come as `visitor_*` variables. */
export function readContact(event: Record<string, unknown>, variables: Variables = {}): ContactFacts {
  const payload = pick(event, 'event', 'payload');
  const visitor = firstPresent(
    pick(event, 'visitor'),
    pick(event, 'event', 'visitor'),
    pick(payload, 'visitor'),
  );
  const variable = (name: string) => (Object.hasOwn(variables, name) ? asText(variables[name]) : undefined);
  const id = firstText(
    pick(visitor, 'key'),
    pick(visitor, 'id'),
    visitor,
    pick(payload, 'visitor_key'),
    variable('contact_id'),
  );
  const name = readName(visitor) ?? variable('visitor_name');
  const phone = firstText(pick(visitor, 'phone'), variable('visitor_phone'));
  return present<ContactFacts>({
    externalContactId: id && cutText(id, 128),
    name: name && cutText(name, 200),
    email: readEmail(pick(visitor, 'email')) ?? readEmail(variable('visitor_email')),
    phone: phone && cutText(phone, 64),
  });
}

export type FactOf<Type extends ChatFact['type']> = Extract<ChatFact, { type: Type }>;
