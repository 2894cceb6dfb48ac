import { receiptEventKeys, webhookEventKeys } from '../../wotnot/index.js';
import type { Account, RegisterOutcome, SendOutcome } from '../connector.js';
import { deadlineOf } from '../http-client/index.js';
import type { ClientShelf, OpenedAccount } from './open-client.js';
import { callWotNot } from './sending/call-wotnot.js';
import { sentenceFor } from './sending/known-sentences.js';

const DEADLINE_MILLISECONDS = 60_000;

const NO_RECEIPTS =
  'WotNot took none of the names that the bridge knows for receipts: messages stay at “Sent”. ' +
  'Switch the message status on in WotNot (Settings → Events), and again whenever the token was rotated.';

/**
 * Tells WotNot where to send its events: all eight kinds, and receipts. WotNot answers by calling that address
 * with the token, so the address must be live before. Nobody can ask WotNot what is subscribed already, and its
 * manual does not name the key of receipts: all that it may be are asked for. A WotNot that refuses what it does not
 * know gets the eight alone, and then each name by itself. What was taken is kept in the settings.
 */
export async function register(
  clients: ClientShelf,
  account: Account,
  webhookUrl: string,
  token: string,
  signal?: AbortSignal,
): Promise<RegisterOutcome> {
  let opened: OpenedAccount;
  try {
    opened = clients.open(account);
  } catch {
    const code = 'connection_misconfigured';
    return { outcome: 'credential', code, message: sentenceFor(code) };
  }
  const { client, settings } = opened;
  const within = deadlineOf(DEADLINE_MILLISECONDS, signal);
  const subscribe = (receipts: readonly string[]): Promise<SendOutcome> => {
    const keys = [...webhookEventKeys, ...receipts];
    const request = {
      webhook_url: webhookUrl,
      subscribed_events: keys.map((key) => ({ key, is_subscribed: true })),
      is_enabled: true,
      token,
    };
    return callWotNot(() => client.setWebhook(request, { signal: within }), { mayBeSent: false });
  };

  const known = settings.receiptEvents ?? [];
  const wanted = known.length > 0 ? known : [...receiptEventKeys];
  const first = await subscribe(wanted);
  if (first.outcome === 'delivered') return taken(wanted);
  if (!mayBeForItsNames(first)) return first;
  const plain = await subscribe([]);
  // It was not for the names.
  if (plain.outcome !== 'delivered') return plain;
  let stumbled = false;
  for (const name of new Set([...known, ...receiptEventKeys])) {
    const one = await subscribe([name]);
    if (one.outcome === 'delivered') return taken([name]);
    if (!mayBeForItsNames(one)) return one;
    stumbled ||= one.outcome !== 'refused';
  }
  // What was refused or stumbled over may have been taken in part; and a WotNot that does not take the eight
  // any more has not refused the names.
  const again = await subscribe([]);
  if (again.outcome !== 'delivered') return again;
  // A WotNot that stumbles has not said that it knows none of the names that it took before.
  if (stumbled && known.length > 0) return { outcome: 'delivered', notice: NO_RECEIPTS };
  return { ...taken([]), notice: NO_RECEIPTS };
}

const taken = (receiptEvents: string[]) => ({ outcome: 'delivered' as const, settings: { receiptEvents } });

/** Whether WotNot has answered, and not to say that it is busy: it refuses, or stumbles over, what it was asked. */
function mayBeForItsNames(outcome: Exclude<SendOutcome, { outcome: 'delivered' }>): boolean {
  return outcome.outcome === 'refused' || outcome.code === 'server_error';
}
