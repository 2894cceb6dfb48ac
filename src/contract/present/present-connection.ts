import type { ConnectionView } from '../../domain/views.js';
import type { Connection } from '../resources.js';

/** A connection without its credentials and its token. Settings hold no secrets: connectors see to it. */
export function presentConnection(
  view: ConnectionView,
  webhookUrl: (webhookKey: string) => string,
): Connection {
  return {
    id: view.id,
    connector: view.connector,
    side: view.side,
    name: view.name,
    status: view.status,
    ...(view.pausedReason === undefined ? {} : { pausedReason: view.pausedReason }),
    ...(view.pausedAt === undefined ? {} : { pausedAt: view.pausedAt.toISOString() }),
    settings: { ...view.settings },
    webhookUrl: webhookUrl(view.webhookKey),
    ...(view.lastInboundAt === undefined ? {} : { lastInboundAt: view.lastInboundAt.toISOString() }),
    ...(view.lastDeliveredAt === undefined ? {} : { lastDeliveredAt: view.lastDeliveredAt.toISOString() }),
    createdAt: view.createdAt.toISOString(),
  };
}
