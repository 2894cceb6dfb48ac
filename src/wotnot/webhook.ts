import { z } from 'zod';
import { nonEmptyText, succeeded, webUrl } from './fields.js';
import { defineOperation } from './operation.js';

const settings = z.strictObject({
  /** Empty on the page's sample; WotNot calls this address at once, so it must be live first. */
  webhook_url: z.union([z.literal(''), webUrl], { error: 'must be a valid http(s) URL, or empty' }),
  /** Any key is let through: WotNot names a ninth kind of event without its key. */
  subscribed_events: z.array(z.strictObject({ key: nonEmptyText, is_subscribed: z.boolean() })),
  is_enabled: z.boolean(),
  token: nonEmptyText,
});

export const webhook = {
  'set-webhook': defineOperation({
    section: 'Set webhook URL for Events feature',
    channel: 'public',
    method: 'POST',
    path: '/v1/accounts/<account_id>/webhook',
    carries: 'json',
    repeatable: true,
    request: settings,
    body: settings,
    answer: z.object({ ok: succeeded }),
  }),
};

/** The keys that WotNot documents, in its order. */
export const webhookEventKeys = [
  'conversation_create',
  'message',
  'status',
  'assignee_change',
  'sla_breached',
  'variables',
  'conversation_labels',
  'note',
] as const;

/**
 * What WotNot may call the ninth kind, the status of a bot's or an agent's message: its manual names the kind
 * and not the key.
 */
export const receiptEventKeys = [
  'message_status',
  'message-status',
  'messages_status',
  'delivery_status',
] as const;

export type WebhookEventKey = (typeof webhookEventKeys)[number];
