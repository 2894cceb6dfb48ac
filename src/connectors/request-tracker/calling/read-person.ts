import { z } from 'zod';
import { notUnderstood } from './not-understood.js';
import { withQuery } from './query.js';
import type { Tracker } from './open-tracker.js';

/** Somebody whom RT knows. RT is its own system, Nobody its own nobody. */
export interface Person {
  /** RT's name of the user. */
  name: string;
  email?: string;
  realName?: string;
  /** On the staff: RT's word is privileged. */
  privileged: boolean;
}

const text = z.string().nullish();
const personSchema = z.object({
  Name: z.string().min(1),
  EmailAddress: text,
  RealName: text,
  // Exactly 1: what is odd is nobody of the staff.
  Privileged: z.unknown().transform((value) => value === 1 || value === '1'),
});

/** By RT's name of the user, or its number. undefined: there is none. @throws FailedCall */
export function readPerson(tracker: Tracker, name: string): Promise<Person | undefined> {
  const ask = async (): Promise<Person | undefined> => {
    const answer = await tracker.rest('GET', `/user/${encodeURIComponent(name)}`, { expected: [404] });
    if (answer.status === 404) return undefined;
    const parsed = personSchema.safeParse(answer.json);
    if (!parsed.success) throw notUnderstood('read');
    const { Name, EmailAddress, RealName, Privileged } = parsed.data;
    return {
      name: Name,
      privileged: Privileged,
      ...(EmailAddress ? { email: EmailAddress.toLowerCase() } : {}),
      ...(RealName ? { realName: RealName } : {}),
    };
  };
  return tracker.people.recall(`person:${name}`, ask, (person) => person !== undefined);
}

const listSchema = z.object({ items: z.array(z.object({ id: z.string().min(1) })) });

/** RT's names of those who have this address. @throws FailedCall */
export function findNamesByEmail(tracker: Tracker, email: string): Promise<string[]> {
  const ask = async (): Promise<string[]> => {
    const query = JSON.stringify([{ field: 'EmailAddress', operator: '=', value: email }]);
    const answer = await tracker.rest('GET', withQuery('/users', { query, fields: 'Name' }));
    const parsed = listSchema.safeParse(answer.json);
    if (!parsed.success) throw notUnderstood('read');
    return parsed.data.items.map(({ id }) => id);
  };
  return tracker.people.recall(`email:${email}`, ask, (names) => names.length > 0);
}

/** The member of the staff with this address. @throws FailedCall */
export async function findAgent(tracker: Tracker, email: string): Promise<Person | undefined> {
  for (const name of await findNamesByEmail(tracker, email)) {
    const person = await readPerson(tracker, name);
    if (person?.privileged === true) return person;
  }
  return undefined;
}

/** Who the bridge is. @throws FailedCall */
export function readOwnName(tracker: Tracker): Promise<string> {
  const ask = async (): Promise<string> => {
    const person = await readPerson(tracker, tracker.ownUserId);
    if (person === undefined) throw notUnderstood('read');
    return person.name;
  };
  return tracker.people.recall('self', ask, () => true);
}
