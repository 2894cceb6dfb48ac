import type { ConnectionStore, WebhookDoor } from '../store/connection-store.js';
import type { Nudges } from '../store/nudges.js';
import { remember } from './remember.js';

/** At once when it is remembered. */
export type FindDoor = (webhookKey: string) => WebhookDoor | undefined | Promise<WebhookDoor | undefined>;

const rememberedSeconds = 2;

/** Whose webhook a URL is; remembered for two seconds at the most, and not beyond a change that was heard of. */
export function createFindDoor(
  store: Pick<ConnectionStore, 'findByWebhookKey'>,
  nudges: Pick<Nudges, 'on'>,
): { find: FindDoor; stop(): void } {
  const memory = remember<WebhookDoor>({ seconds: rememberedSeconds, most: 10_000 });
  const unsubscribe = nudges.on('connections', () => memory.clear());
  return {
    find: (webhookKey) => memory.get(webhookKey, () => store.findByWebhookKey(webhookKey)),
    stop: unsubscribe,
  };
}
