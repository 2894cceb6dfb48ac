import type { Command } from 'commander';
import { minute, show, table } from '../show.js';
import { withBridge } from '../with-bridge.js';
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
        disabled: ({ disabledAt }: (typeof all)[number]) => minute(disabledAt),
      };
      show(world, options, all, () =>
        table(all, columns, 'No workspace yet: desk-bridge workspace create <name>'),
      );
    });
}
