import { FailedCall } from '../../desk-kit/index.js';
import { agent, agentList, groupList } from './answers.js';
import type { FreshdeskClient } from './open-client.js';
import { isMissing } from './ticket-path.js';

export interface Staff {
  id: number;
  email: string;
  name?: string;
}

const keptMilliseconds = 10 * 60_000;
const mostKept = 5_000;
const kept = new Map<string, { until: number; staff: Staff | undefined }>();

/** The agent of that id; undefined for whoever is none. */
export const staffOf = (client: FreshdeskClient, id: number): Promise<Staff | undefined> =>
  remember(`${client.accountKey} ${id}`, () => lookUp(client, id));

/** The agent whose key it is. */
export const ownStaff = (client: FreshdeskClient): Promise<Staff> =>
  remember(`${client.accountKey} me`, async () =>
    toStaff(await client.ask(agent, { method: 'GET', path: '/agents/me' })),
  );

/** People seldom change, and calls are few: what was found is good for ten minutes. */
async function remember<T extends Staff | undefined>(key: string, find: () => Promise<T>): Promise<T> {
  const known = kept.get(key);
  if (known !== undefined && known.until > Date.now()) return known.staff as T;
  const staff = await find();
  if (kept.size >= mostKept) kept.clear();
  kept.set(key, { until: Date.now() + keptMilliseconds, staff });
  return staff;
}

async function lookUp(client: FreshdeskClient, id: number): Promise<Staff | undefined> {
  try {
    return toStaff(await client.ask(agent, { method: 'GET', path: `/agents/${id}` }));
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

export async function findAgent(client: FreshdeskClient, email: string): Promise<Staff> {
  const path = `/agents?email=${encodeURIComponent(email)}`;
  const all = await client.ask(agentList, { method: 'GET', path });
  const found = all.find(({ contact }) => contact.email === email.toLowerCase());
  if (found !== undefined) return toStaff(found);
  const message = `Freshdesk has no agent ${email}. Add them there, or name another in policy.agents.`;
  throw new FailedCall({ outcome: 'refused', code: 'agent_unknown', message });
}

export async function findGroup(
  client: FreshdeskClient,
  name: string,
): Promise<{ id: number; name: string }> {
  const found = (await listGroups(client)).find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (found !== undefined) return found;
  const message = `Freshdesk has no group “${name}”. Create it under Admin → Groups, or name another.`;
  throw new FailedCall({ outcome: 'refused', code: 'team_unknown', message });
}

export async function listGroups(client: FreshdeskClient): Promise<{ id: number; name: string }[]> {
  const all = await client.ask(groupList, { method: 'GET', path: '/groups?per_page=100' });
  return all.map(({ id, name }) => ({ id, name }));
}

function toStaff({
  id,
  contact,
}: {
  id: number;
  contact: { email: string; name?: string | null | undefined };
}): Staff {
  return { id, email: contact.email, ...(contact.name ? { name: contact.name } : {}) };
}
