import type { Command } from 'commander';
import { type OperationName, operationNames, operations, type WotNotRequest } from '../../wotnot/index.js';
import { CommandError } from '../command-error.js';
import type { CommandOutcome } from '../command-outcome.js';
import { show, table } from '../show.js';
import { addFieldOptions } from '../wotnot/add-field-options.js';
import { explainCall } from '../wotnot/explain-call.js';
import { type AccountFlags, openClient } from '../wotnot/open-client.js';
import { type Flags, readRequest } from '../wotnot/read-request.js';
import { renderAnswer } from '../wotnot/render-answer.js';
import { showProgress } from '../wotnot/show-progress.js';
import { hasFailed, waitForTraining } from '../wotnot/wait-for-training.js';
import type { World } from '../world.js';

type CallFlags = AccountFlags & { table?: boolean; wait?: boolean; waitSeconds?: string };

/** Every operation of WotNot's API, a command each. */
export function addWotNotCommands(program: Command, world: World, outcome: CommandOutcome): void {
  const wotnot = program.command('wotnot').description("call any operation of WotNot's own API");
  wotnot
    .command('list')
    .description('list the operations')
    .option('--json', 'print JSON')
    .action((options: { json?: boolean }) => {
      show(world, options, LISTED, () => table(LISTED, COLUMNS, ''));
    });
  for (const name of operationNames) {
    const { section, method, path } = operations[name];
    wotnot
      .command(name)
      .description(section)
      .addHelpText('after', `\n${method} ${path}`)
      .option('--connection <id or name>', 'the account of a stored connection')
      .option('-w, --workspace <id or name>', 'whose connection, when there are several workspaces')
      .option('--account-id <id>', 'the account, with its token in WOTNOT_TOKEN')
      .option('--base-url <url>', 'where WotNot is (default: https://api.wotnot.io)')
      .option('--table', 'print a table instead of JSON')
      .action((flags: CallFlags & Flags) => callOperation(world, outcome, name, flags));
  }
  // Only the command that is asked for needs its flags.
  wotnot.hook('preSubcommand', (_, command) => {
    const name = command.name();
    if (isOperation(name)) addFieldOptions(command, name);
  });
}

const isOperation = (name: string): name is OperationName => Object.hasOwn(operations, name);

const LISTED = operationNames.map((name) => {
  const { method, path, section, channel } = operations[name];
  return { name, method, path, section, channel };
});

type Listed = (typeof LISTED)[number];

const COLUMNS = {
  operation: ({ name }: Listed) => name,
  method: ({ method }: Listed) => method,
  path: ({ path }: Listed) => path,
  what: ({ section, channel }: Listed) => (channel === 'api' ? `${section} (API channel)` : section),
};

async function callOperation(
  world: World,
  outcome: CommandOutcome,
  name: OperationName,
  flags: CallFlags & Flags,
): Promise<void> {
  const seconds = Number(flags.waitSeconds ?? '600');
  if (!(seconds > 0)) throw new CommandError('--wait-seconds takes a number of seconds.', 2);
  const request = await readRequest(world, name, flags);
  const client = await openClient(world, flags).catch((error: unknown) => {
    throw explainCall(error);
  });
  const progress = showProgress(world);
  try {
    const startedAt = performance.now();
    // The operation's own schema judges what was typed.
    let answer: unknown = await client.call(name, request as unknown as WotNotRequest<typeof name>, {
      onProgress: progress.update,
    });
    progress.end();
    if (operations[name].carries === 'multipart')
      world.complain(`uploaded in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s`);
    if (flags.wait === true) {
      const training = await waitForTraining(world, client, { ...request, ...(answer as object) }, seconds);
      if (training.some(hasFailed)) outcome.exitCode = 1;
      answer = { ...(answer as object), training };
    }
    world.print(flags.table === true ? renderAnswer(answer) : JSON.stringify(answer, null, 2));
  } catch (error) {
    progress.end();
    throw explainCall(error);
  } finally {
    client.stop();
  }
}
