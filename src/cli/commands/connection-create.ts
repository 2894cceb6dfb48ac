import type { Command } from 'commander';
import type { CommandOutcome } from '../command-outcome.js';
import { describeFindings, describeRegistered } from '../describe-connection.js';
import type { Actor, Bridge, Connection, Finding } from '../ports.js';
import { readCredentials } from '../read-credentials.js';
import { readSettings } from '../read-settings.js';
import { show } from '../show.js';
import { valueOf, withWorkspace } from '../with-bridge.js';
import { waitForEvent } from '../wait-for-event.js';
import type { World } from '../world.js';

interface Options {
  workspace?: string;
  json?: boolean;
  name: string;
  setting?: string[];
  credentials?: string;
  waitForEvent?: boolean;
  waitSeconds: string;
}

export function addConnectionCreateCommand(
  command: (words: string, what: string) => Command,
  world: World,
  outcome: CommandOutcome,
): void {
  command('create <connector>', 'link an account, and tell it where to send its webhooks')
    .requiredOption('--name <name>', 'what people call it')
    .option('--setting <key=value...>', 'key=value, or key:=json; docs/connectors says which there are')
    .option('--credentials <file>', 'a JSON file, or - for standard input; without it the token is asked for')
    .option('--wait-for-event', 'until the first event has come in; a bridge must run on the same database')
    .option('--wait-seconds <n>', 'how long to wait', '300')
    .action(async (connector: string, options: Options) => {
      const settings = readSettings(options.setting ?? []);
      const credentials = await readCredentials(world, options.credentials);
      await withWorkspace(world, options.workspace, async (bridge, actor) => {
        const { operator } = bridge;
        const input = { connector, name: options.name, settings, credentials };
        const made = valueOf(await operator.createConnection(actor, input));
        const findings = await checkDesk(bridge, actor, made.connection);
        const missing = findings.filter(({ ok }) => !ok);
        if (made.registered.outcome === 'not_registered' || missing.length > 0) outcome.exitCode = 1;
        const words = [
          `${made.connection.id}  ${made.connection.name}`,
          `webhook URL    ${made.webhookUrl}`,
          `webhook token  ${made.webhookToken}   (shown this once)`,
          describeRegistered(made.registered, made.connection.side),
          ...(missing.length === 0 ? [] : [describeMissing(missing, made.connection)]),
        ];
        show(world, options, { ...made, findings }, () => words.join('\n'));
        if (options.waitForEvent !== true || made.registered.outcome === 'not_registered') return;
        world.complain('Waiting for the first event: write something in a chat of the account.');
        const seconds = Number(options.waitSeconds);
        const at = await waitForEvent(bridge, actor, made.connection.id, seconds);
        if (at === undefined) outcome.exitCode = 1;
        world.complain(
          at === undefined ? `first event    none within ${seconds} s` : `first event    ${at.toISOString()}`,
        );
      });
    });
}

/** A desk takes more to set up than a token: what is missing is said at once. */
async function checkDesk({ operator }: Bridge, actor: Actor, { id, side }: Connection): Promise<Finding[]> {
  return side === 'desk' ? valueOf(await operator.checkConnection(actor, id)) : [];
}

const describeMissing = (missing: readonly Finding[], { name }: Connection): string =>
  [
    describeFindings(missing),
    `The connection is kept. Mend it and look again: desk-bridge connection check "${name}"`,
  ].join('\n');
