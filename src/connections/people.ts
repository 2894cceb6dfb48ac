import type { Account, AccountPeople, ChatConnector } from '../connectors/connector.js';
import type { AgentView } from '../domain/views.js';
import type { WorkspaceScope } from '../store/scope.js';
import type { ConnectionPeople, Invitation, OperatorAnswer, Refusal } from './operator.js';
import type { OperatorDeps } from './operator-deps.js';
import { disconnected, notFound, notSupported, refuseFailure } from './refuse.js';

interface OpenedPeople {
  outcome: 'opened';
  account: Account;
  people: AccountPeople;
  deskAgents: AgentView[];
  invite: NonNullable<ChatConnector['inviteAgent']> | undefined;
}

/** Who is an agent here, who works in the outside account, and who does both: the e-mail tells. */
export async function listAgents(
  deps: OperatorDeps,
  scope: WorkspaceScope,
  connectionId: string,
): Promise<OperatorAnswer<ConnectionPeople>> {
  const opened = await openPeople(deps, scope, connectionId);
  if (opened.outcome === 'refused') return opened;
  const { people, deskAgents } = opened;
  const here = deskAgents.filter(({ disabledAt }) => disabledAt === undefined);
  const byEmail = new Map(
    here.map(({ email, name }) => [email, { email, name, inDesk: true, inAccount: false }]),
  );
  const agents: ConnectionPeople['agents'] = [];
  for (const { email, name, role } of people.agents) {
    const known = byEmail.get(email);
    agents.push({ email, name: known?.name ?? name, role, inDesk: known !== undefined, inAccount: true });
    byEmail.delete(email);
  }
  agents.push(...byEmail.values());
  agents.sort((one, other) => (one.email < other.email ? -1 : 1));
  return { outcome: 'done', value: { agents, roles: people.roles } };
}

/** Invites an agent of the desk, whom the outside does not know yet, into the account. */
export async function inviteAgent(
  deps: OperatorDeps,
  scope: WorkspaceScope,
  connectionId: string,
  invited: { email: string; roleId: string },
): Promise<OperatorAnswer<Invitation>> {
  const opened = await openPeople(deps, scope, connectionId);
  if (opened.outcome === 'refused') return opened;
  const email = invited.email.toLowerCase();
  const agent = opened.deskAgents.find((one) => one.email === email && one.disabledAt === undefined);
  if (agent === undefined)
    return { outcome: 'refused', code: 'not_found', message: 'No agent of this workspace has that e-mail.' };
  if (opened.people.agents.some((one) => one.email === email))
    return { outcome: 'refused', code: 'already_exists', message: 'The account has this agent already.' };
  if (opened.invite === undefined) return notSupported;
  const answer = await opened.invite(opened.account, { email, name: agent.name, roleId: invited.roleId });
  if (answer.outcome !== 'invited') return refuseFailure(answer);
  const { invitationLink } = answer;
  return { outcome: 'done', value: { email, ...(invitationLink === undefined ? {} : { invitationLink }) } };
}

async function openPeople(
  deps: OperatorDeps,
  scope: WorkspaceScope,
  connectionId: string,
): Promise<OpenedPeople | Refusal> {
  const stored = await deps.store.find(scope, connectionId);
  if (stored === undefined) return notFound;
  const connector = deps.connectors.find(stored.view.connector);
  const opened = await deps.openAccount(scope, connectionId);
  if (opened === undefined || connector === undefined) return disconnected;
  if (connector.listAgents === undefined) return notSupported;
  const [people, deskAgents] = await Promise.all([
    connector.listAgents(opened.account),
    deps.listDeskAgents(scope),
  ]);
  if (people.outcome !== 'listed') return refuseFailure(people);
  return {
    outcome: 'opened',
    account: opened.account,
    people,
    deskAgents,
    invite: connector.side === 'chat' ? connector.inviteAgent : undefined,
  };
}
