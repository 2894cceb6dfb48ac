import { type Command, InvalidArgumentError } from 'commander';
import { CommandError } from '../command-error.js';
import type { Actor, Agent, Bridge } from '../ports.js';
import { minute, show, table } from '../show.js';
import { signInUrl } from '../sign-in-url.js';
import { valueOf, withWorkspace } from '../with-bridge.js';
import type { World } from '../world.js';

interface Options {
  workspace?: string;
  json?: boolean;
}

export function addAgentCommands(program: Command, world: World): void {
  const agent = program.command('agent').description('the humans who answer');
  const command = (words: string, what: string): Command =>
    agent
      .command(words)
      .description(what)
      .option('-w, --workspace <id or name>', 'needed when there are several')
      .option('--json', 'print JSON');

  command('create <email> <name>', 'add an agent; the e-mail is the one by which WotNot knows them').action(
    async (email: string, name: string, options: Options) => {
      if (!/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(email))
        throw new CommandError(`${email} is not an e-mail address.`, 2);
      await withWorkspace(world, options.workspace, async ({ directory }, actor) => {
        const made = valueOf(await directory.createAgent(actor, { email, name }));
        show(
          world,
          options,
          made,
          () => `${made.id}  ${made.email}\nNext: desk-bridge agent sign-in-link ${made.email}`,
        );
      });
    },
  );

  command('list', 'list the agents').action(async (options: Options) => {
    await withWorkspace(world, options.workspace, async ({ directory }, actor) => {
      const all = await directory.listAgents(actor);
      show(world, options, all, () =>
        table(all, COLUMNS, 'No agent yet: desk-bridge agent create <email> <name>'),
      );
    });
  });

  command('disable <email>', "end an agent's sessions and let them in no more").action(
    async (email: string, options: Options) => {
      await withWorkspace(world, options.workspace, async (bridge, actor) => {
        const { id } = await findAgent(bridge, actor, email);
        const disabled = valueOf(await bridge.directory.disableAgent(actor, id));
        show(world, options, disabled, () => `${disabled.email} is disabled.`);
      });
    },
  );

  command('sign-in-link <email>', 'make a link that signs the agent in, once')
    .option('--minutes <n>', 'how long it works (default: SIGN_IN_CODE_SECONDS)', minutes)
    .action(async (email: string, options: Options & { minutes?: number }) => {
      await withWorkspace(world, options.workspace, async (bridge, actor, _workspace, config) => {
        const { id, disabledAt } = await findAgent(bridge, actor, email);
        if (disabledAt !== undefined) throw new CommandError(`${email} is disabled.`);
        const lifetimeSeconds =
          options.minutes === undefined ? config.access.signInCodeSeconds : options.minutes * 60;
        const code = await bridge.access.createSignInCode(actor, id, { lifetimeSeconds });
        const url = signInUrl(config.http.publicUrl, code);
        show(
          world,
          options,
          { url, lifetimeSeconds },
          () => `${url}\nIt works once, for ${lifetimeSeconds} seconds.`,
        );
      });
    });
}

const COLUMNS = {
  id: ({ id }: Agent) => id,
  email: ({ email }: Agent) => email,
  name: ({ name }: Agent) => name,
  created: ({ createdAt }: Agent) => minute(createdAt),
  disabled: ({ disabledAt }: Agent) => minute(disabledAt),
};

async function findAgent({ directory }: Bridge, actor: Actor, email: string): Promise<Agent> {
  const wanted = email.toLowerCase();
  const found = (await directory.listAgents(actor)).find(
    (agent) => agent.email === wanted || agent.id === email,
  );
  if (found === undefined) throw new CommandError(`There is no agent ${email}: desk-bridge agent list`);
  return found;
}

function minutes(text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= 10_080) return value;
  throw new InvalidArgumentError('a whole number from 1 to 10080');
}
