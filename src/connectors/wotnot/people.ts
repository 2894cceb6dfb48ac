import type { Account, AccountPeople, FailedSend } from '../connector.js';
import { ask } from './ask.js';
import type { ClientShelf } from './open-client.js';
import { present } from './pick.js';

/** WotNot's users, each with the role that it lists them under. */
export async function listAgents(
  clients: ClientShelf,
  account: Account,
): Promise<({ outcome: 'listed' } & AccountPeople) | FailedSend> {
  return ask(clients, account, async ({ client }) => {
    const { roles } = await client.listRoles({});
    return {
      outcome: 'listed' as const,
      roles: roles.map(({ id, role_name }) => ({ id, name: role_name })),
      agents: roles.flatMap((role) =>
        role.users_in_role.map(({ email, first_name, last_name }) => ({
          email: email.toLowerCase(),
          name: [first_name, last_name].filter(Boolean).join(' ') || email,
          role: role.role_name,
        })),
      ),
    };
  });
}

/** Invites somebody into the account; WotNot writes to them. */
export async function inviteAgent(
  clients: ClientShelf,
  account: Account,
  agent: { email: string; name: string; roleId: string },
): Promise<{ outcome: 'invited'; invitationLink?: string } | FailedSend> {
  const [first_name, ...rest] = agent.name.trim().split(/\s+/);
  const last_name = rest.join(' ') || undefined;
  const user = { email: agent.email, role_id: agent.roleId, ...present({ first_name, last_name }) };
  return ask(clients, account, async ({ client }) => {
    const answer = await client.inviteUser({ user, notify_user: true });
    const invitationLink = answer.invitation_link ?? undefined;
    return { outcome: 'invited' as const, ...(invitationLink === undefined ? {} : { invitationLink }) };
  });
}
