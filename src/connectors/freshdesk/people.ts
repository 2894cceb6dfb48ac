import type { Account, AccountPeople, FailedSend } from '../connector.js';
import { settleCall } from '../desk-kit/index.js';
import { agentList } from './calling/answers.js';
import type { FreshdeskClient, OpenClient } from './calling/open-client.js';
import { listGroups } from './calling/people-of.js';

const deadline = (): AbortSignal => AbortSignal.timeout(30_000);
const fullPage = 100;
const mostPages = 20;

export async function listAgents(
  open: OpenClient,
  account: Account,
): Promise<({ outcome: 'listed' } & AccountPeople) | FailedSend> {
  return settleCall(async () => {
    const found = await listAll(open(account, { signal: deadline() }));
    const agents = found.map(({ contact, type }) => ({
      email: contact.email,
      name: contact.name ?? contact.email,
      role: type ?? 'agent',
    }));
    const roles = [...new Set(agents.map(({ role }) => role))].map((role) => ({ id: role, name: role }));
    return { outcome: 'listed' as const, agents, roles };
  });
}

async function listAll(client: FreshdeskClient) {
  const found = [];
  for (let page = 1; page <= mostPages; page += 1) {
    const path = `/agents?per_page=${fullPage}&page=${page}`;
    const listed = await client.ask(agentList, { method: 'GET', path });
    found.push(...listed);
    if (listed.length < fullPage) break;
  }
  return found;
}

export async function listTeams(
  open: OpenClient,
  account: Account,
): Promise<{ outcome: 'listed'; teams: { name: string; externalId: string }[] } | FailedSend> {
  return settleCall(async () => {
    const found = await listGroups(open(account, { signal: deadline() }));
    const teams = found.map(({ id, name }) => ({ name, externalId: String(id) }));
    return { outcome: 'listed' as const, teams };
  });
}
