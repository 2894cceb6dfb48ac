import type { Command } from 'commander';
import type { CommandOutcome } from '../command-outcome.js';
import { findConnection } from '../find-connection.js';
import type { Connection } from '../ports.js';
import { readCredentials } from '../read-credentials.js';
import { readSettings } from '../read-settings.js';
import { minute, show, table } from '../show.js';
import { addConnectionAgentsCommand } from './connection-agents.js';
import { describeFindings, describeRegistered } from '../describe-connection.js';
import { valueOf, withWorkspace } from '../with-bridge.js';
import { waitForEvent } from '../wait-for-event.js';
import type { World } from '../world.js';

interface Options {
  workspace?: string;
  json?: boolean;
}

export function addConnectionCommands(program: Command, world: World, outcome: CommandOutcome): void {
  const connection = program.command('connection').description("a workspace's links to outside accounts");
  const command = (words: string, what: string): Command =>
    connection
      .command(words)
      .description(what)
      .option('-w, --workspace <id or name>', 'needed when there are several')
      .option('--json', 'print JSON');

  command('create <connector>', 'link an account, and tell it where to send its webhooks')
    .requiredOption('--name <name>', 'what people call it')
    .option('--setting <key=value...>', 'for wotnot: accountId, and actingAgentEmail, baseUrl when needed')
    .option('--credentials <file>', 'a JSON file, or - for standard input; without it the token is asked for')
    .option('--wait-for-event', 'until the first event has come in; a bridge must run on the same database')
    .option('--wait-seconds <n>', 'how long to wait', '300')
    .action(
      async (
        connector: string,
        options: Options & {
          name: string;
          setting?: string[];
          credentials?: string;
          waitForEvent?: boolean;
          waitSeconds: string;
        },
      ) => {
        const settings = readSettings(options.setting ?? []);
        const credentials = await readCredentials(world, options.credentials);
        await withWorkspace(world, options.workspace, async (bridge, actor) => {
          const { operator } = bridge;
          const input = { connector, name: options.name, settings, credentials };
          const made = valueOf(await operator.createConnection(actor, input));
          if (made.registered.outcome === 'not_registered') outcome.exitCode = 1;
          const words = [
            `${made.connection.id}  ${made.connection.name}`,
            `webhook URL    ${made.webhookUrl}`,
            `webhook token  ${made.webhookToken}   (shown this once)`,
            describeRegistered(made.registered),
          ];
          show(world, options, made, () => words.join('\n'));
          if (options.waitForEvent !== true || made.registered.outcome === 'not_registered') return;
          world.complain('Waiting for the first event: write something in a chat of the account.');
          const seconds = Number(options.waitSeconds);
          const at = await waitForEvent(bridge, actor, made.connection.id, seconds);
          if (at === undefined) outcome.exitCode = 1;
          world.complain(
            at === undefined
              ? `first event    none within ${seconds} s`
              : `first event    ${at.toISOString()}`,
          );
        });
      },
    );

  addConnectionAgentsCommand(connection, world);

  command('list', 'list the connections').action(async (options: Options) => {
    await withWorkspace(world, options.workspace, async ({ operator }, actor) => {
      const all = valueOf(await operator.listConnections(actor));
      const nothing = 'No connection yet: desk-bridge connection create wotnot --help';
      show(world, options, all, () => table(all, COLUMNS, nothing));
    });
  });

  command('check <connection>', 'look whether the account can be used').action(
    async (named: string, options: Options) => {
      await withWorkspace(world, options.workspace, async (bridge, actor) => {
        const { id } = await findConnection(bridge, actor, named);
        const findings = valueOf(await bridge.operator.checkConnection(actor, id));
        if (findings.some(({ ok }) => !ok)) outcome.exitCode = 1;
        show(world, options, findings, () => describeFindings(findings));
      });
    },
  );

  command('pause <connection>', 'send it nothing for now; what is owed waits')
    .option('--reason <words>', 'agents see it', 'paused by the operator')
    .action(async (named: string, options: Options & { reason: string }) => {
      await withWorkspace(world, options.workspace, async (bridge, actor) => {
        const { id } = await findConnection(bridge, actor, named);
        const paused = valueOf(await bridge.operator.pauseConnection(actor, id, options.reason));
        show(world, options, paused, () => `${paused.name} is paused.`);
      });
    });

  command('resume <connection>', 'go on, with what is owed first').action(
    async (named: string, options: Options) => {
      await withWorkspace(world, options.workspace, async (bridge, actor) => {
        const { id } = await findConnection(bridge, actor, named);
        const resumed = valueOf(await bridge.operator.resumeConnection(actor, id));
        show(world, options, resumed, () => `${resumed.name} goes on.`);
      });
    },
  );

  command(
    'rotate-token <connection>',
    'make a new webhook token and tell the account; the old one works until the next',
  ).action(async (named: string, options: Options) => {
    await withWorkspace(world, options.workspace, async (bridge, actor) => {
      const { id } = await findConnection(bridge, actor, named);
      const rotated = valueOf(await bridge.operator.rotateWebhookToken(actor, id));
      if (rotated.registered.outcome === 'not_registered') outcome.exitCode = 1;
      const words = [
        `webhook token  ${rotated.webhookToken}   (shown this once)`,
        describeRegistered(rotated.registered),
      ];
      show(world, options, rotated, () => words.join('\n'));
    });
  });
}

const COLUMNS = {
  id: ({ id }: Connection) => id,
  connector: ({ connector }: Connection) => connector,
  name: ({ name }: Connection) => name,
  status: ({ status, pausedReason }: Connection) =>
    pausedReason === undefined ? status : `${status}: ${pausedReason}`,
  'last in': ({ lastInboundAt }: Connection) => minute(lastInboundAt),
  'last out': ({ lastDeliveredAt }: Connection) => minute(lastDeliveredAt),
};
