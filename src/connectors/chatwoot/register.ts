import type { Account, RegisterOutcome } from '../connector.js';
import { settleCall } from '../desk-kit/index.js';
import { deadlineOf } from '../http-client/index.js';
import { type ChatwootWebhook, inbox, inboxes, webhookMade, webhooks } from './calling/answers.js';
import type { ChatwootClient, OpenClient } from './calling/open-client.js';

const DEADLINE_MILLISECONDS = 30_000;

const subscriptions = [
  'message_created',
  'message_updated',
  'conversation_status_changed',
  'conversation_updated',
];

/**
 * Makes the inbox, where there is none yet, and the account's webhook. The inbox's own webhook stays
 * empty: both would tell everything twice, and a slow answer to that one marks an agent's message as failed.
 */
export async function register(
  open: OpenClient,
  account: Account,
  webhookUrl: string,
  signal?: AbortSignal,
): Promise<RegisterOutcome> {
  return settleCall(async (): Promise<RegisterOutcome> => {
    const client = open(account, { signal: deadlineOf(DEADLINE_MILLISECONDS, signal) });
    const inboxId = client.settings.inboxId ?? (await findInbox(client)) ?? (await createInbox(client));
    const made = await setWebhook(client, webhookUrl);
    return {
      outcome: 'delivered',
      settings: { inboxId, webhookId: made.id },
      ...(made.secret ? { signingSecrets: [made.secret] } : {}),
    };
  });
}

/**
 * What an earlier attempt has made, whose answer was lost or whose next call failed: it is as we would make it. One that is
 * only called the same is somebody else's, who would have every word of the chats told to their own webhook.
 */
async function findInbox(client: ChatwootClient): Promise<number | undefined> {
  const { payload } = await client.ask(inboxes, { method: 'GET', path: '/inboxes' });
  const ours = payload.filter(
    (one) =>
      one.name === client.settings.inboxName &&
      one.channel_type === 'Channel::Api' &&
      one.lock_to_single_conversation !== true &&
      (one.webhook_url ?? '') === '',
  );
  return ours[0]?.id;
}

async function createInbox(client: ChatwootClient): Promise<number> {
  const json = {
    name: client.settings.inboxName,
    lock_to_single_conversation: false,
    channel: { type: 'api', webhook_url: '' },
  };
  return (await client.ask(inbox, { method: 'POST', path: '/inboxes', json })).id;
}

async function setWebhook(client: ChatwootClient, url: string): Promise<ChatwootWebhook> {
  const all = await client.ask(webhooks, { method: 'GET', path: '/webhooks' });
  const ours =
    all.find((webhook) => webhook.id === client.settings.webhookId) ??
    all.find((webhook) => webhook.url === url);
  const json = { name: 'Agent desk bridge', url, subscriptions };
  const call =
    ours === undefined
      ? { method: 'POST' as const, path: '/webhooks', json }
      : { method: 'PATCH' as const, path: `/webhooks/${ours.id}`, json, repeatable: true };
  const made = await client.ask(webhookMade, call);
  return { ...made, secret: made.secret ?? ours?.secret };
}
