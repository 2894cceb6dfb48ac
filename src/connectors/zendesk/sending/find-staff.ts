import type { z } from 'zod';
import type { FailedSend } from '../../connector.js';
import type { Failed } from '../calling/judge-answer.js';
import type { Desk } from '../calling/open-desk.js';
import { sentences } from '../calling/sentences.js';
import { groupShape, membersOf, pageOf, userShape } from '../calling/shapes.js';
import { unreadable } from '../calling/tickets.js';

const REMEMBERED_SECONDS = 600;

export type FoundStaff = { outcome: 'found'; id: string } | Failed;

const unknown = (code: 'agent_unknown' | 'team_unknown'): Failed => ({
  outcome: 'failed',
  failure: { outcome: 'refused', code, message: sentences[code] } satisfies FailedSend,
  fields: [],
});

/** Whether it failed only because nobody has that name: a new ticket is made all the same. */
export const isUnknown = ({ failure }: Failed): boolean =>
  failure.code === 'agent_unknown' || failure.code === 'team_unknown';

export async function findAgent(desk: Desk, email: string): Promise<FoundStaff> {
  const address = email.toLowerCase();
  const known = desk.shelf.get(`agent ${address}`);
  if (known !== undefined) return { outcome: 'found', id: known };
  const query = encodeURIComponent(`email:"${address.replaceAll('"', '')}"`);
  const asked = await desk.ask({ method: 'GET', path: `/api/v2/users/search?query=${query}`, changes: 'no' });
  if (asked.outcome === 'failed') return asked;
  if (!Array.isArray(asked.body['users'])) return unreadable;
  const agent = membersOf(userShape, asked.body['users']).find(
    (user) => user.email === address && (user.role === 'agent' || user.role === 'admin') && user.active,
  );
  if (agent === undefined) return unknown('agent_unknown');
  desk.shelf.put(`agent ${address}`, agent.id, REMEMBERED_SECONDS);
  return { outcome: 'found', id: agent.id };
}

export async function findGroup(desk: Desk, name: string): Promise<FoundStaff> {
  const wanted = name.trim().toLowerCase();
  const known = desk.shelf.get(`group ${wanted}`);
  if (known !== undefined) return { outcome: 'found', id: known };
  const listed = await listGroups(desk);
  if (listed.outcome === 'failed') return listed;
  for (const group of listed.groups)
    desk.shelf.put(`group ${group.name.trim().toLowerCase()}`, group.id, REMEMBERED_SECONDS);
  const group = listed.groups.find((one) => one.name.trim().toLowerCase() === wanted);
  return group === undefined ? unknown('team_unknown') : { outcome: 'found', id: group.id };
}

const MOST_PAGES = 20;

/** The groups that a ticket can be given to. */
export async function listGroups(
  desk: Desk,
): Promise<{ outcome: 'listed'; groups: z.infer<typeof groupShape>[] } | Failed> {
  const listed = await listPages(desk, '/api/v2/groups/assignable?', 'groups');
  return listed.outcome === 'failed'
    ? listed
    : { outcome: 'listed', groups: membersOf(groupShape, listed.members) };
}

/** Every page of a list, of two thousand members at most. */
export async function listPages(
  desk: Desk,
  path: string,
  member: string,
): Promise<{ outcome: 'listed'; members: unknown[] } | Failed> {
  const members: unknown[] = [];
  let after: string | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const query = new URLSearchParams({
      'page[size]': '100',
      ...(after === undefined ? {} : { 'page[after]': after }),
    });
    const asked = await desk.ask({ method: 'GET', path: `${path}${query.toString()}`, changes: 'no' });
    if (asked.outcome === 'failed') return asked;
    const list = asked.body[member];
    if (!Array.isArray(list)) return unreadable;
    members.push(...(list as unknown[]));
    const next = pageOf(asked.body);
    if (!next.more || next.after === undefined) break;
    after = next.after;
  }
  return { outcome: 'listed', members };
}
