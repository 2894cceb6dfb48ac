import type { Principal } from '../access/principal.js';
import type { DeliveryView } from '../domain/views.js';
import type { DeskAnswer } from './desk.js';
import { type DeskDeps, done, refused } from './desk-store.js';

/**
 * Sends again what has failed, behind what came after it: a dead letter, and a message that was cancelled or that
 * the channel has failed after it was accepted.
 */
export async function redriveDelivery(
  deps: Pick<DeskDeps, 'deliveries' | 'listConnections'>,
  { scope }: Principal,
  deliveryId: string,
): Promise<DeskAnswer<DeliveryView>> {
  const before = await deps.deliveries.find(scope, deliveryId);
  if (before === undefined) return refused('not_found', 'There is no such delivery.');
  const connection = (await deps.listConnections(scope)).find(({ id }) => id === before.connectionId);
  if (connection === undefined || connection.status === 'disconnected')
    return refused('connection_disconnected', 'The connection is disconnected for good.');
  const isBack = await deps.deliveries.redrive(scope, deliveryId);
  if (!isBack) return refused('delivery_not_dead', 'Only what has failed can be sent again.');
  return done((await deps.deliveries.find(scope, deliveryId)) ?? before);
}
