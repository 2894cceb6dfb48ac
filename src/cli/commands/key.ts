import { type Command, Option } from 'commander';
import type { ApiKey } from '../ports.js';
import { minute, show, table } from '../show.js';
import { valueOf, withWorkspace } from '../with-bridge.js';
import type { World } from '../world.js';

interface Options {
  workspace?: string;
  json?: boolean;
}

export function addKeyCommands(program: Command, world: World): void {
  const key = program.command('key').description('API keys of programs');
  const command = (words: string, what: string): Command =>
    key
      .command(words)
      .description(what)
      .option('-w, --workspace <id or name>', 'needed when there are several')
      .option('--json', 'print JSON');

  command('create <name>', 'make an API key; it is shown this once')
    .addOption(
      new Option('--scope <scope>', "desk: the agents' work · admin: that, and connections, agents and keys")
        .choices(['desk', 'admin'])
        .default('desk'),
    )
    .action(async (name: string, options: Options & { scope: 'desk' | 'admin' }) => {
      await withWorkspace(world, options.workspace, async ({ directory }, actor) => {
        const made = valueOf(await directory.createApiKey(actor, { name, scopes: [options.scope] }));
        const words = `${made.token}\nKeep it now: it is not shown again. Its id is ${made.key.id}.`;
        show(world, options, { ...made.key, token: made.token }, () => words);
      });
    });

  command('list', 'list the API keys, without their secrets').action(async (options: Options) => {
    await withWorkspace(world, options.workspace, async ({ directory }, actor) => {
      const all = await directory.listApiKeys(actor);
      show(world, options, all, () => table(all, COLUMNS, 'No key yet: desk-bridge key create <name>'));
    });
  });

  command('revoke <id>', 'end an API key at once').action(async (id: string, options: Options) => {
    await withWorkspace(world, options.workspace, async ({ directory }, actor) => {
      const revoked = valueOf(await directory.revokeApiKey(actor, id));
      show(world, options, revoked, () => `${revoked.name} (…${revoked.lastFour}) is revoked.`);
    });
  });
}

const COLUMNS = {
  id: ({ id }: ApiKey) => id,
  name: ({ name }: ApiKey) => name,
  ends: ({ lastFour }: ApiKey) => `…${lastFour}`,
  scopes: ({ scopes }: ApiKey) => scopes.join(','),
  used: ({ lastUsedAt }: ApiKey) => minute(lastUsedAt),
  revoked: ({ revokedAt }: ApiKey) => minute(revokedAt),
};
