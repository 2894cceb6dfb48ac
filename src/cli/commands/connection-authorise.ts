import type { Command } from 'commander';
import { CommandError } from '../command-error.js';
import type { CommandOutcome } from '../command-outcome.js';
import { describeRegistered } from '../describe-connection.js';
import { findConnection } from '../find-connection.js';
import { show } from '../show.js';
import { valueOf, withWorkspace } from '../with-bridge.js';
import type { World } from '../world.js';

interface Options {
  workspace?: string;
  json?: boolean;
}

/** Lets a person authorise the bridge: an address to open, and the address to which the browser is sent then. */
export function addConnectionAuthoriseCommand(
  command: (words: string, what: string) => Command,
  world: World,
  outcome: CommandOutcome,
): void {
  command(
    'authorise <connection>',
    'let a person give the bridge access to the account, where it asks one (OAuth with a code)',
  ).action(async (named: string, options: Options) => {
    await withWorkspace(world, options.workspace, async (bridge, actor) => {
      const { id } = await findConnection(bridge, actor, named);
      const { url, state, verifier } = valueOf(await bridge.operator.beginAuthorisation(actor, id));
      world.complain(
        [
          'Open this address in a browser, signed in to the account as the user in whose name the bridge shall call:',
          url,
          'After the consent the browser is sent to an address that begins as the redirect URL and may show no page.',
        ].join('\n'),
      );
      const question = 'Paste that whole address here (not shown): ';
      const answer = (await world.askSecret(question)) ?? (await world.readInput());
      const code = readCode(answer.trim(), state);
      const done = valueOf(await bridge.operator.finishAuthorisation(actor, id, { code, verifier }));
      if (done.registered.outcome === 'not_registered') outcome.exitCode = 1;
      const words = [
        `${done.connection.name} is authorised.`,
        describeRegistered(done.registered, done.connection.side),
      ];
      show(world, options, { connection: done.connection, registered: done.registered }, () =>
        words.join('\n'),
      );
    });
  });
}

/** The code of the address, or the code itself. One that was asked for elsewhere is not used. */
function readCode(answer: string, state: string): string {
  if (answer === '') throw new CommandError('Nothing was pasted. Start again.', 2);
  if (!URL.canParse(answer)) return answer;
  const { searchParams } = new URL(answer);
  const refusal = searchParams.get('error');
  if (refusal !== null) throw new CommandError('The account has refused. Start again and consent.');
  const code = searchParams.get('code');
  if (code === null) throw new CommandError('The address holds no code. Paste the whole of it.', 2);
  if (searchParams.get('state') !== state)
    throw new CommandError('The address belongs to another attempt. Start again.', 2);
  return code;
}
