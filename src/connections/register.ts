import type { Account, Connector } from '../connectors/connector.js';
import type { Registered } from './operator.js';

/** Tells the outside where to send its webhooks. That it could not be told is an answer, not a failure. */
export async function register(
  connector: Connector,
  account: Account,
  webhookUrl: string,
  token: string,
): Promise<Registered> {
  const outcome = await connector.register(account, webhookUrl, token);
  switch (outcome.outcome) {
    case 'delivered':
      return { outcome: 'registered' };
    case 'retry':
    case 'refused':
    case 'credential':
    case 'uncertain':
      return { outcome: 'not_registered', code: outcome.code, message: `${outcome.message} ${hint}` };
  }
}

const hint =
  'No webhook was set up: rotate the webhook token to try again, or enter URL and token there by hand.';
