import { type Command, Option } from 'commander';
import { CommandError } from '../command-error.js';
import type { UncertainPolicy } from '../ports.js';
import { minute, show, table } from '../show.js';
import { withBridge, withWorkspace } from '../with-bridge.js';
import type { World } from '../world.js';

interface Options {
  json?: boolean;
}

export function addWorkspaceCommands(program: Command, world: World): void {
  const workspace = program
    .command('workspace')
    .description('the organisations that this installation serves');

  workspace
    .command('create <name>')
    .description('make a workspace')
    .option('--json', 'print JSON')
    .action(async (name: string, options: Options) => {
      const made = await withBridge(world, (bridge) => bridge.installation.createWorkspace(name));
      show(
        world,
        options,
        made,
        () => `${made.id}  ${made.name}\nNext: desk-bridge connection create wotnot --help`,
      );
    });

  workspace
    .command('list')
    .description('list the workspaces')
    .option('--json', 'print JSON')
    .action(async (options: Options) => {
      const all = await withBridge(world, (bridge) => bridge.installation.listWorkspaces());
      const columns = {
        id: ({ id }: (typeof all)[number]) => id,
        name: ({ name }: (typeof all)[number]) => name,
        created: ({ createdAt }: (typeof all)[number]) => minute(createdAt),
        uncertain: ({ uncertainPolicy }: (typeof all)[number]) => uncertainPolicy,
        disabled: ({ disabledAt }: (typeof all)[number]) => minute(disabledAt),
      };
      show(world, options, all, () =>
        table(all, columns, 'No workspace yet: desk-bridge workspace create <name>'),
      );
    });

  workspace
    .command('change <workspace>')
    .description('what a workspace is called, and what it wants of messages that may not have arrived')
    .option('--name <name>', 'call it something else')
    .addOption(
      new Option(
        '--uncertain <policy>',
        'by_echo: sent again where WotNot has echoed before, else an agent is asked · ask: an agent is asked · ' +
          'resend: sent again, flagged',
      ).choices(['by_echo', 'ask', 'resend']),
    )
    .option('--json', 'print JSON')
    .action(async (named: string, options: Options & { name?: string; uncertain?: UncertainPolicy }) => {
      const { name, uncertain } = options;
      if (name === undefined && uncertain === undefined)
        throw new CommandError('Say what to change: --name or --uncertain.', 2);
      await withWorkspace(world, named, async ({ directory }, actor) => {
        const changed = await directory.changeWorkspace(actor, {
          ...(name === undefined ? {} : { name }),
          ...(uncertain === undefined ? {} : { uncertainPolicy: uncertain }),
        });
        show(world, options, changed, () => `${changed.id}  ${changed.name}, ${changed.uncertainPolicy}`);
      });
    });

  workspace
    .command('disable <workspace>')
    .description('let none of its agents and keys in; what comes in for it is still kept')
    .option('--json', 'print JSON')
    .action(async (named: string, options: Options) => {
      await withWorkspace(world, named, async ({ installation }, actor) => {
        const disabled = await installation.disableWorkspace(actor);
        show(world, options, disabled, () => `${disabled?.name ?? named} is disabled.`);
      });
    });

  workspace
    .command('enable <workspace>')
    .description('let its agents and keys in again')
    .option('--json', 'print JSON')
    .action(async (named: string, options: Options) => {
      await withWorkspace(world, named, async ({ installation }, actor) => {
        const enabled = await installation.enableWorkspace(actor);
        show(world, options, enabled, () => `${enabled?.name ?? named} is enabled.`);
      });
    });
}
