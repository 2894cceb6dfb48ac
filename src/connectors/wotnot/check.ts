import type { WotNotAnswer } from '../../wotnot/index.js';
import type { Account, CheckFinding } from '../connector.js';
import type { ClientShelf, OpenedAccount } from './open-client.js';
import { judgeFailure } from './sending/judge-failure.js';

type Roles = WotNotAnswer<'list-roles'>['roles'];

/** Looks whether WotNot accepts the token and knows the acting agent, and says what is missing. */
export async function check(clients: ClientShelf, account: Account): Promise<CheckFinding[]> {
  let opened: OpenedAccount;
  try {
    opened = clients.open(account);
  } catch {
    const hint = 'The settings need an accountId, the credentials a token.';
    return [{ ok: false, what: 'The connection’s settings and credentials can be used.', hint }];
  }
  const findings = [judgeBaseUrl(opened.settings.baseUrl)];
  let roles: Roles;
  try {
    ({ roles } = await opened.client.listRoles({}));
  } catch (error) {
    const { message: hint } = judgeFailure(error, false);
    return [...findings, { ok: false, what: 'WotNot answers and accepts the token.', hint }];
  }
  findings.push({ ok: true, what: 'WotNot answers and accepts the token.' });
  const { actingAgentEmail, receiptEvents } = opened.settings;
  return [...findings, judgeActingAgent(actingAgentEmail, roles), judgeReceipts(receiptEvents)];
}

/** What registering the webhook has found out: WotNot cannot be asked what it would send. */
function judgeReceipts(receiptEvents: string[] | undefined): CheckFinding {
  const what = 'WotNot was asked to tell whether messages were delivered, read or failed.';
  if (receiptEvents === undefined) {
    const hint =
      'Rotate the webhook token: registering again asks for it. Where the webhook is entered by hand, switch the message status on and name its event in receiptEvents.';
    return { ok: false, what, hint };
  }
  if (receiptEvents.length > 0) return { ok: true, what };
  return {
    ok: true,
    what: 'Messages stay at “Sent”: WotNot took none of the names that the bridge knows for receipts.',
    hint: 'Switch the message status on in WotNot (Settings → Events), or name its event in receiptEvents and rotate the webhook token.',
  };
}

function judgeBaseUrl(baseUrl: string): CheckFinding {
  const url = new URL(baseUrl);
  const local = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname);
  const what = 'Calls to WotNot are encrypted.';
  if (url.protocol === 'https:') return { ok: true, what };
  if (local) return { ok: true, what: 'Calls to WotNot stay on this machine.' };
  return { ok: false, what, hint: 'Set baseUrl to an https address.' };
}

function judgeActingAgent(email: string | undefined, roles: Roles): CheckFinding {
  const what = 'There is an agent in whose name conversations are handed over.';
  if (email === undefined) {
    const hint =
      'Set actingAgentEmail to an agent’s address: without it, nobody can take a conversation from the bot for themselves.';
    return { ok: false, what, hint };
  }
  const known = roles.some((role) => role.users_in_role.some((user) => user.email.toLowerCase() === email));
  if (known) return { ok: true, what };
  return { ok: false, what, hint: `WotNot has no user ${email}. Set actingAgentEmail to one that it has.` };
}
