import type { Account, AccountPeople, FailedSend } from '../connector.js';
import { settleCall } from '../desk-kit/index.js';
import { agents, teams } from './calling/answers.js';
import type { OpenClient } from './calling/open-client.js';

const deadline = (): AbortSignal => AbortSignal.timeout(30_000);

export async function listAgents(
  open: OpenClient,
  account: Account,
): Promise<({ outcome: 'listed' } & AccountPeople) | FailedSend> {
  return settleCall(async () => {
    const found = await open(account, { signal: deadline() }).ask(agents, { method: 'GET', path: '/agents' });
    const listed = found.map(({ email, name, role }) => ({
      email,
      name: name ?? email,
      role: role ?? 'agent',
    }));
    const roles = [...new Set(listed.map(({ role }) => role))].map((role) => ({ id: role, name: role }));
    return { outcome: 'listed' as const, agents: listed, roles };
  });
}

export async function listTeams(
  open: OpenClient,
  account: Account,
): Promise<{ outcome: 'listed'; teams: { name: string; externalId: string }[] } | FailedSend> {
  return settleCall(async () => {
    const found = await open(account, { signal: deadline() }).ask(teams, { method: 'GET', path: '/teams' });
    const listed = found.map(({ id, name }) => ({ name, externalId: String(id) }));
    return { outcome: 'listed' as const, teams: listed };
  });
}
