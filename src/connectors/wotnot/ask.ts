import type { Account, FailedSend } from '../connector.js';
import type { ClientShelf, OpenedAccount } from './open-client.js';
import { judgeFailure } from './sending/judge-failure.js';
import { sentenceFor } from './sending/known-sentences.js';

/** Asks WotNot something that changes nothing when it is asked again; what goes wrong is an outcome. */
export async function ask<T>(
  clients: ClientShelf,
  account: Account,
  run: (opened: OpenedAccount) => Promise<T>,
): Promise<T | FailedSend> {
  let opened: OpenedAccount;
  try {
    opened = clients.open(account);
  } catch {
    const code = 'connection_misconfigured';
    return { outcome: 'credential', code, message: sentenceFor(code) };
  }
  try {
    return await run(opened);
  } catch (error) {
    return judgeFailure(error, false);
  }
}
