import { receiptEventKeys } from '../wotnot/index.js';
import { nextNumber } from './records.js';
import type { World } from './world.js';

function isSubscribed(events: string[], type: string): boolean {
  return (
    events.includes(type) ||
    (type === 'message_status' && receiptEventKeys.some((key) => events.includes(key)))
  );
}

export interface EmitOptions {
  /** The lane waits for it before this event goes out. */
  gate?: Promise<void>;
  /** Send it whatever the subscription says. */
  always?: boolean;
  visitorKey?: string;
}

/** Queue an event for the bridge, if the account's settings want it. Ends when it was delivered or given up. */
export function emit(
  world: World,
  conversationId: string,
  type: string,
  payload: unknown,
  options: EmitOptions = {},
): Promise<void> {
  const { records, lanes } = world;
  const settings = records.settings.get('webhook');
  if (!settings?.isEnabled || !(options.always || isSubscribed(settings.events, type)))
    return Promise.resolve();
  const visitorKey = options.visitorKey ?? records.conversations.get(conversationId)?.contactKey ?? '';
  const n = nextNumber(records, 'webhook', 1);
  const event = {
    event: { type, payload },
    conversation: { key: conversationId },
    visitor: { key: visitorKey },
  };
  const createdAt = world.now().toISOString();
  const row = records.webhooks.put(String(n), {
    n,
    conversationId,
    type,
    event,
    state: 'queued',
    createdAt,
    tries: [],
  });
  world.feed.changed(conversationId);
  return lanes.send(row, options.gate).then(() => world.feed.changed(conversationId));
}
