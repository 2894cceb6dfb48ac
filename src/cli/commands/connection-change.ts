import type { Command } from 'commander';
import { CommandError } from '../command-error.js';
import { findConnection } from '../find-connection.js';
import { readCredentials } from '../read-credentials.js';
import { readSettings } from '../read-settings.js';
import { show } from '../show.js';
import { valueOf, withWorkspace } from '../with-bridge.js';
import type { World } from '../world.js';

interface Options {
  workspace?: string;
  json?: boolean;
}

interface ChangeOptions extends Options {
  name?: string;
  setting?: string[];
  unset?: string[];
}

/** What may change of a connection once it is there: its name, its settings, its credentials. */
export function addConnectionChangeCommands(
  command: (words: string, what: string) => Command,
  world: World,
): void {
  command('change <connection>', 'change its name or its settings')
    .option('--name <name>', 'what people call it from now on')
    .option('--setting <key=value...>', 'key=value, or key:=json; the other settings stay')
    .option('--unset <key...>', 'settings to take away, so that the default holds')
    .action(async (named: string, options: ChangeOptions) => {
      const change = readChange(options);
      await withWorkspace(world, options.workspace, async (bridge, actor) => {
        const { id, settings } = await findConnection(bridge, actor, named);
        const changed = valueOf(await bridge.operator.changeConnection(actor, id, change));
        const isElsewhere =
          settings['accountId'] !== changed.settings['accountId'] ||
          settings['baseUrl'] !== changed.settings['baseUrl'];
        const words = [
          `${changed.id}  ${changed.name}`,
          ...Object.entries(changed.settings).map(([key, value]) => `${key}  ${JSON.stringify(value)}`),
          ...(isElsewhere
            ? [`The account is another: desk-bridge connection rotate-token ${changed.id}`]
            : []),
        ];
        show(world, options, changed, () => words.join('\n'));
      });
    });

  command('replace-credentials <connection>', 'give it new credentials; what waited for them goes on')
    .option('--credentials <file>', 'a JSON file, or - for standard input; without it the token is asked for')
    .action(async (named: string, options: Options & { credentials?: string }) => {
      const credentials = await readCredentials(world, options.credentials);
      await withWorkspace(world, options.workspace, async (bridge, actor) => {
        const { id } = await findConnection(bridge, actor, named);
        const replaced = valueOf(await bridge.operator.replaceCredentials(actor, id, credentials));
        show(
          world,
          options,
          replaced,
          () => `${replaced.name} has new credentials and is ${replaced.status}.`,
        );
      });
    });
}

function readChange({ name, setting = [], unset = [] }: ChangeOptions): {
  name?: string;
  settings?: Record<string, unknown>;
} {
  const settings = { ...readSettings(setting), ...Object.fromEntries(unset.map((key) => [key, null])) };
  const isEmpty = Object.keys(settings).length === 0;
  if (name === undefined && isEmpty)
    throw new CommandError('Say what changes: --name, --setting or --unset.', 2);
  return { ...(name === undefined ? {} : { name }), ...(isEmpty ? {} : { settings }) };
}
