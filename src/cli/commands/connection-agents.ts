import type { Command } from 'commander';
import { CommandError } from '../command-error.js';
import { findConnection } from '../find-connection.js';
import type { Actor, Bridge, ConnectionPeople } from '../ports.js';
import { show, table } from '../show.js';
import { valueOf, withWorkspace } from '../with-bridge.js';
import type { World } from '../world.js';

interface Options {
  workspace?: string;
  json?: boolean;
  import?: boolean;
  invite?: string;
  role?: string;
}

/** Who works here and who works in the account, and how the two become one. */
export function addConnectionAgentsCommand(connection: Command, world: World): void {
  connection
    .command('agents <connection>')
    .description('list who is an agent here and who works in the account')
    .option('-w, --workspace <id or name>', 'needed when there are several')
    .option('--json', 'print JSON')
    .option('--import', "make agents of the account's people who are none yet")
    .option('--invite <email>', 'invite an agent of ours into the account')
    .option('--role <id>', 'what the invited one is to be there')
    .action(async (named: string, options: Options) => {
      if (options.invite !== undefined && options.role === undefined)
        throw new CommandError('--invite needs --role <id>: without --invite the roles are listed.', 2);
      await withWorkspace(world, options.workspace, async (bridge, actor) => {
        const { id } = await findConnection(bridge, actor, named);
        if (options.invite !== undefined) {
          const invited = { email: options.invite, roleId: options.role ?? '' };
          const invitation = valueOf(await bridge.operator.inviteAgent(actor, id, invited));
          const link = invitation.invitationLink === undefined ? '' : `\n${invitation.invitationLink}`;
          show(world, options, invitation, () => `${invitation.email} is invited.${link}`);
          return;
        }
        const people = valueOf(await bridge.operator.listAgents(actor, id));
        if (options.import === true) {
          const imported = await importAgents(bridge, actor, people);
          const words = imported.length === 0 ? 'Everybody is here already.' : imported.join('\n');
          show(world, options, { imported }, () => words);
          return;
        }
        const roles = people.roles.map((role) => `${role.id} (${role.name})`).join(', ');
        show(world, options, people, () => `${table(people.agents, COLUMNS, 'Nobody.')}\nroles: ${roles}`);
      });
    });
}

/** @returns the e-mails of the new agents; somebody who was disabled here stays so */
async function importAgents(
  { directory }: Bridge,
  actor: Actor,
  { agents }: ConnectionPeople,
): Promise<string[]> {
  const known = new Set((await directory.listAgents(actor)).map(({ email }) => email));
  const missing = agents.filter(({ email, inAccount }) => inAccount && !known.has(email));
  for (const { email, name } of missing) valueOf(await directory.createAgent(actor, { email, name }));
  return missing.map(({ email }) => email);
}

type Listed = ConnectionPeople['agents'][number];

const COLUMNS = {
  email: ({ email }: Listed) => email,
  name: ({ name }: Listed) => name,
  role: ({ role }: Listed) => role,
  'in desk': ({ inDesk }: Listed) => (inDesk ? 'yes' : 'no'),
  'in account': ({ inAccount }: Listed) => (inAccount ? 'yes' : 'no'),
};
