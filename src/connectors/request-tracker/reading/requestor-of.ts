import type { Tracker } from '../calling/open-tracker.js';
import { type Person, readPerson } from '../calling/read-person.js';
import type { Ticket } from '../calling/read-ticket.js';
import type { ContactEvent, RequestorKnown } from './recorded-events.js';

/** A ticket of many requestors has no contact that could be told from the others. */
const mostRequestors = 5;

/**
 * The one who asks in the ticket, as RT knows them: nobody of the staff, and a generated address only where
 * there is no other. undefined: it is not clear who that is. @throws FailedCall
 */
export async function requestorOf(
  tracker: Tracker,
  { requestors }: Ticket,
): Promise<RequestorKnown | undefined> {
  if (requestors.length > mostRequestors) return undefined;
  const people: Person[] = [];
  for (const name of requestors) {
    const person = await readPerson(tracker, name);
    if (person?.privileged === false) people.push(person);
  }
  const generated = `@${tracker.settings.contactDomain}`;
  const reachable = people.filter(({ email }) => email?.endsWith(generated) !== true);
  const [only, ...others] = reachable.length > 0 ? reachable : people;
  if (only === undefined || others.length > 0) return undefined;
  const { name, realName, email } = only;
  return {
    user: name,
    ...(realName === undefined ? {} : { name: realName }),
    ...(email === undefined || email.endsWith(generated) ? {} : { email }),
  };
}

/**
 * What somebody has corrected between two looks. Of another requestor it is the address alone: what RT knows
 * of whoever has that address may be none of the contact's business.
 */
export function correctionOf(before: RequestorKnown, now: RequestorKnown): ContactEvent | undefined {
  const facts = before.user === now.user ? (['name', 'email'] as const) : (['email'] as const);
  const changed = facts.filter((fact) => now[fact] !== undefined && now[fact] !== before[fact]);
  if (changed.length === 0) return undefined;
  const pick = (known: RequestorKnown) =>
    Object.fromEntries(changed.flatMap((fact) => (known[fact] === undefined ? [] : [[fact, known[fact]]])));
  return { contact: pick(now), before: pick(before) };
}
