import { webhookEventKeys } from '../../wotnot/index.js';
import type { Account, SendOutcome } from '../connector.js';
import type { ClientShelf, OpenedAccount } from './open-client.js';
import { callWotNot } from './sending/call-wotnot.js';
import { sentenceFor } from './sending/known-sentences.js';

/**
 * Tells WotNot where to send its events: all eight kinds. WotNot answers by calling that address with the
 * token, so the address must be live before.
 */
export async function register(
  clients: ClientShelf,
  account: Account,
  webhookUrl: string,
  token: string,
): Promise<SendOutcome> {
  let opened: OpenedAccount;
  try {
    opened = clients.open(account);
  } catch {
    const code = 'connection_misconfigured';
    return { outcome: 'credential', code, message: sentenceFor(code) };
  }
  const request = {
    webhook_url: webhookUrl,
    subscribed_events: webhookEventKeys.map((key) => ({ key, is_subscribed: true })),
    is_enabled: true,
    token,
  };
  return callWotNot(() => opened.client.setWebhook(request), { mayBeSent: false });
}
