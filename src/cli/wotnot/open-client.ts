import { readEnvironment } from '../../config/env.js';
import { createWotNotClient, type WotNotClient, type WotNotClientOptions } from '../../wotnot/index.js';
import { CommandError } from '../command-error.js';
import { findConnection } from '../find-connection.js';
import { withWorkspace } from '../with-bridge.js';
import type { World } from '../world.js';

export interface AccountFlags {
  baseUrl?: string;
  accountId?: string;
  connection?: string;
  workspace?: string;
}

/** The whole of a file's upload may take as long as a slow line needs. */
const DEADLINE_SECONDS = 300;

/** A client for the account that the flags and the environment name, or for that of a stored connection. */
export async function openClient(world: World, flags: AccountFlags): Promise<WotNotClient> {
  const options =
    flags.connection === undefined
      ? accountOf(world, flags)
      : await storedAccount(world, flags.connection, flags);
  return createWotNotClient({ ...options, deadlineSeconds: DEADLINE_SECONDS });
}

function accountOf(world: World, flags: AccountFlags): WotNotClientOptions {
  const reading = readEnvironment(world.env);
  if (reading.outcome === 'refused') {
    const mistakes = reading.mistakes.map((mistake) => `  - ${mistake}`);
    throw new CommandError(['The configuration cannot be used:', ...mistakes].join('\n'), 2);
  }
  const token = reading.values.WOTNOT_TOKEN;
  if (token === undefined || token === '' || flags.accountId === undefined) {
    throw new CommandError(
      'Say which account: --connection <id or name>, or --account-id <id> with its token in WOTNOT_TOKEN.',
      2,
    );
  }
  return { baseUrl: flags.baseUrl ?? 'https://api.wotnot.io', accountId: flags.accountId, token };
}

async function storedAccount(world: World, named: string, flags: AccountFlags): Promise<WotNotClientOptions> {
  if (flags.baseUrl !== undefined || flags.accountId !== undefined)
    throw new CommandError('A connection has its own --base-url and --account-id.', 2);
  return withWorkspace(world, flags.workspace, async (bridge, actor) => {
    const { id, name, connector } = await findConnection(bridge, actor, named);
    if (connector !== 'wotnot') throw new CommandError(`${name} is not a WotNot account.`, 2);
    const opened = await bridge.openAccount(actor.scope, id);
    if (opened === undefined) throw new CommandError(`${name} is disconnected: its token is gone.`);
    const { settings, credentials } = opened.account;
    const { baseUrl, accountId, paths } = settings as Pick<
      WotNotClientOptions,
      'baseUrl' | 'accountId' | 'paths'
    >;
    return {
      baseUrl,
      accountId,
      token: String(credentials['token']),
      ...(paths === undefined ? {} : { paths }),
    };
  });
}
