import type { Account, AccountPeople, FailedSend } from '../connector.js';
import type { DeskDoor } from './calling/open-desk.js';
import { membersOf, userShape } from './calling/shapes.js';
import { listGroups, listPages } from './sending/find-staff.js';

const DEADLINE_MILLISECONDS = 30_000;

/** Who works in the account: agents and admins, by their e-mail addresses. */
export async function listAgents(
  door: DeskDoor,
  account: Account,
): Promise<({ outcome: 'listed' } & AccountPeople) | FailedSend> {
  const opened = door.open(account, { signal: AbortSignal.timeout(DEADLINE_MILLISECONDS) });
  if (opened.outcome === 'failed') return opened.failure;
  const listed = await listPages(opened.desk, '/api/v2/users?role%5B%5D=agent&role%5B%5D=admin&', 'users');
  if (listed.outcome === 'failed') return listed.failure;
  const agents = membersOf(userShape, listed.members).flatMap(({ email, name, role, active }) =>
    email && active && (role === 'agent' || role === 'admin') ? [{ email, name, role }] : [],
  );
  return { outcome: 'listed', agents, roles: [] };
}

export async function listTeams(
  door: DeskDoor,
  account: Account,
): Promise<{ outcome: 'listed'; teams: { name: string; externalId: string }[] } | FailedSend> {
  const opened = door.open(account, { signal: AbortSignal.timeout(DEADLINE_MILLISECONDS) });
  if (opened.outcome === 'failed') return opened.failure;
  const listed = await listGroups(opened.desk);
  if (listed.outcome === 'failed') return listed.failure;
  return {
    outcome: 'listed',
    teams: listed.groups.map(({ id: externalId, name }) => ({ name, externalId })),
  };
}
