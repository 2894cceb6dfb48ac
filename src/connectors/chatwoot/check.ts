import type { Account, CheckFinding } from '../connector.js';
import { FailedCall } from '../desk-kit/index.js';
import { inbox, profile, webhooks } from './calling/answers.js';
import { inboxOf } from './calling/inbox-of.js';
import type { ChatwootClient, OpenClient } from './calling/open-client.js';

type Look = (client: ChatwootClient) => Promise<CheckFinding[]>;

/** Looks whether the token, the inbox and the webhook are as they must be, and says what is missing. */
export async function check(open: OpenClient, account: Account): Promise<CheckFinding[]> {
  let client: ChatwootClient;
  try {
    client = open(account, { signal: AbortSignal.timeout(30_000) });
  } catch (error) {
    return [missed('The connection’s settings and credentials can be used.', error)];
  }
  const findings: CheckFinding[] = [];
  for (const [what, look] of looks) {
    try {
      findings.push(...(await look(client)));
    } catch (error) {
      // Without the first, the others would say the same again.
      return [...findings, missed(what, error)];
    }
  }
  return findings;
}

const looks: [string, Look][] = [
  ['Chatwoot answers and accepts the token.', lookAtProfile],
  ['The inbox is there.', lookAtInbox],
  ['Chatwoot tells the bridge what happens, by webhook.', lookAtWebhook],
];

function missed(what: string, error: unknown): CheckFinding {
  const hint = error instanceof FailedCall ? error.failed.message : 'The check met something unexpected.';
  return { ok: false, what, hint };
}

const finding = (ok: boolean, what: string, hint: string): CheckFinding => ({
  ok,
  what,
  ...(ok ? {} : { hint }),
});

async function lookAtProfile(client: ChatwootClient): Promise<CheckFinding[]> {
  const me = await client.askProfile(profile);
  const { accountId } = client.settings;
  const role = me.accounts?.find(({ id }) => id === accountId)?.role ?? undefined;
  return [
    { ok: true, what: 'Chatwoot answers and accepts the token.' },
    finding(
      role === 'administrator',
      'The token is an administrator’s.',
      role === undefined
        ? `The token’s user has no part in account ${accountId}. Check accountId: it is the number in the address of every page of Chatwoot.`
        : 'Make the bridge’s user an administrator under Settings → Agents: only administrators may read webhooks, and an agent who opens a conversation gets it assigned.',
    ),
  ];
}

async function lookAtInbox(client: ChatwootClient): Promise<CheckFinding[]> {
  const found = await client.ask(inbox, { method: 'GET', path: `/inboxes/${inboxOf(client)}` });
  const isApi = (found.channel_type ?? '') === '' || found.channel_type === 'Channel::Api';
  return [
    finding(
      isApi,
      'The inbox is one of kind API.',
      'Only in an API inbox can the contact’s words be written. Set inboxId to one, or leave it out when the connection is created: then an inbox is made.',
    ),
    finding(
      found.lock_to_single_conversation !== true,
      'The inbox takes several conversations of a contact.',
      'Switch “Lock to single conversation” off in the inbox’s settings: each chat needs a conversation of its own.',
    ),
  ];
}

async function lookAtWebhook(client: ChatwootClient): Promise<CheckFinding[]> {
  const all = await client.ask(webhooks, { method: 'GET', path: '/webhooks' });
  const ours = all.find(({ id }) => id === client.settings.webhookId);
  const register =
    'Rotate the connection’s secret: that registers the webhook again. Until then answers come later, by asking.';
  const is = finding(ours !== undefined, 'Chatwoot tells the bridge what happens, by webhook.', register);
  if (ours === undefined || client.settings.signature !== 'required') return [is];
  const hint =
    'This server gives its webhooks no secret, as servers from before 2026 do: every webhook is refused. Update Chatwoot, or set signature to if-present.';
  return [is, finding(Boolean(ours.secret), 'Chatwoot signs its webhooks.', hint)];
}
