import type { Command } from 'commander';
import type { CommandOutcome } from '../command-outcome.js';
import { describeFindings, describeRegistered } from '../describe-connection.js';
import { findConnection } from '../find-connection.js';
import type { Actor, Answer, Bridge, Connection, WatchedConnection } from '../ports.js';
import { minute, show, span, table } from '../show.js';
import { valueOf, withWorkspace } from '../with-bridge.js';
import type { World } from '../world.js';
import { addConnectionAgentsCommand } from './connection-agents.js';
import { addConnectionAuthoriseCommand } from './connection-authorise.js';
import { addConnectionChangeCommands } from './connection-change.js';
import { addConnectionCreateCommand } from './connection-create.js';

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
  /** One verb on one connection, and a sentence on what it is now. */
  const verb =
    (
      run: (bridge: Bridge, actor: Actor, id: string, options: never) => Promise<Answer<Connection>>,
      sentence: (after: Connection) => string,
    ) =>
    (named: string, options: Options): Promise<void> =>
      withWorkspace(world, options.workspace, async (bridge, actor) => {
        const { id } = await findConnection(bridge, actor, named);
        const after = valueOf(await run(bridge, actor, id, options as never));
        show(world, options, after, () => sentence(after));
      });

  addConnectionCreateCommand(command, world, outcome);
  addConnectionAgentsCommand(connection, world);
  addConnectionChangeCommands(command, world);
  addConnectionAuthoriseCommand(command, world, outcome);

  command('list', 'list the connections, and how it stands with them').action(async (options: Options) => {
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
    .action(
      verb(
        ({ operator }, actor, id, { reason }: { reason: string }) =>
          operator.pauseConnection(actor, id, reason),
        ({ name, pausedReason }) => `${name} is paused: ${pausedReason}.`,
      ),
    );

  command('resume <connection>', 'go on, with what is owed first').action(
    verb(
      ({ operator }, actor, id) => operator.resumeConnection(actor, id),
      ({ name }) => `${name} goes on.`,
    ),
  );

  command(
    'rotate-token <connection>',
    'make a new webhook token and tell the account; the old one works until the next',
  )
    .alias('rotate-secret')
    .action(async (named: string, options: Options) => {
      await withWorkspace(world, options.workspace, async (bridge, actor) => {
        const { id } = await findConnection(bridge, actor, named);
        const rotated = valueOf(await bridge.operator.rotateWebhookToken(actor, id));
        if (rotated.registered.outcome === 'not_registered') outcome.exitCode = 1;
        const words = [
          `webhook token  ${rotated.webhookToken}   (shown this once)`,
          describeRegistered(rotated.registered, rotated.connection.side),
        ];
        show(world, options, rotated, () => words.join('\n'));
      });
    });

  command('end-old-token <connection>', 'end the webhook token from before the last rotation').action(
    verb(
      ({ operator }, actor, id) => operator.endOldToken(actor, id),
      ({ name }) => `${name} knows its newest webhook token only.`,
    ),
  );

  command(
    'disconnect <connection>',
    'end it for good: its secrets are forgotten, what is owed is not delivered any more',
  ).action(
    verb(
      ({ operator }, actor, id) => operator.disconnect(actor, id),
      ({ name }) => `${name} is disconnected. What was said stays.`,
    ),
  );
}

const COLUMNS = {
  id: ({ id }: WatchedConnection) => id,
  connector: ({ connector }: WatchedConnection) => connector,
  name: ({ name }: WatchedConnection) => name,
  status: ({ status, pausedReason, pausedAt, registrationOwedAt }: WatchedConnection) => {
    if (pausedReason !== undefined) return `${status}: ${pausedReason} (since ${minute(pausedAt)})`;
    return registrationOwedAt === undefined ? status : `${status}: not told of its webhook yet`;
  },
  'last in': ({ lastInboundAt }: WatchedConnection) => minute(lastInboundAt),
  'last out': ({ lastDeliveredAt }: WatchedConnection) => minute(lastDeliveredAt),
  waiting: ({ health }: WatchedConnection) => String(health.waiting),
  lag: ({ health }: WatchedConnection) => span(health.oldestWaitingSeconds),
  uncertain: ({ health }: WatchedConnection) => String(health.uncertain),
  dead: ({ health }: WatchedConnection) => String(health.dead),
  breaker: ({ health }: WatchedConnection) =>
    health.breaker === 'open' ? `open until ${health.breakerUntil?.toISOString().slice(11, 19)}` : 'closed',
};
