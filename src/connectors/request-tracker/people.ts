import { z } from 'zod';
import type { AccountAgent, AccountPeople } from '../connector.js';
import { notUnderstood } from './calling/not-understood.js';
import type { Tracker } from './calling/open-tracker.js';
import { withQuery } from './calling/query.js';
import { readPerson } from './calling/read-person.js';
import { listQueues } from './calling/read-queue.js';

const listSchema = z.object({ items: z.array(z.object({ id: z.string().min(1) })) });

/** RT lists all users, customers included, and tells of each one alone whether it is on the staff. */
const perPage = 100;
const mostPages = 5;
const atOnce = 4;

/** The privileged users among the first 500 of RT. @throws FailedCall */
export async function listAgents(tracker: Tracker): Promise<{ outcome: 'listed' } & AccountPeople> {
  const names: string[] = [];
  for (let page = 1; page <= mostPages; page += 1) {
    const query = JSON.stringify([{ field: 'id', operator: '>', value: '0' }]);
    const path = withQuery('/users', { query, orderby: 'id', per_page: String(perPage), page: String(page) });
    const parsed = listSchema.safeParse((await tracker.rest('GET', path)).json);
    if (!parsed.success) throw notUnderstood('read');
    names.push(...parsed.data.items.map(({ id }) => id));
    if (parsed.data.items.length < perPage) break;
  }
  const agents: AccountAgent[] = [];
  for (let from = 0; from < names.length; from += atOnce) {
    const people = await Promise.all(
      names.slice(from, from + atOnce).map((name) => readPerson(tracker, name)),
    );
    for (const person of people) {
      if (person?.privileged !== true || person.email === undefined) continue;
      agents.push({ email: person.email, name: person.realName ?? person.name, role: 'privileged' });
    }
  }
  return { outcome: 'listed', agents, roles: [] };
}

/** A team is a queue. @throws FailedCall */
export async function listTeams(
  tracker: Tracker,
): Promise<{ outcome: 'listed'; teams: { name: string; externalId: string }[] }> {
  const queues = await listQueues(tracker);
  return { outcome: 'listed', teams: queues.map(({ id, name }) => ({ name, externalId: id })) };
}
