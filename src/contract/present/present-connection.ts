import type { ConnectionHealth, ConnectionView, WatchedConnection } from '../../domain/views.js';
import type { Connection } from '../resources.js';
import { presentKnownTemplate } from './present-known-template.js';

/** A connection without its credentials and its token. Settings hold no secrets: connectors see to it. */
export function presentConnection(
  view: ConnectionView & Partial<Pick<WatchedConnection, 'health' | 'capabilities' | 'templates'>>,
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
    ...(view.registrationOwedAt === undefined
      ? {}
      : { registrationOwedAt: view.registrationOwedAt.toISOString() }),
    createdAt: view.createdAt.toISOString(),
    ...(view.health === undefined ? {} : { health: presentHealth(view.health) }),
    ...(view.capabilities === undefined ? {} : { capabilities: { ...view.capabilities } }),
    ...(view.templates === undefined ? {} : { templates: view.templates.map(presentKnownTemplate) }),
  };
}

function presentHealth(health: ConnectionHealth): NonNullable<Connection['health']> {
  const { waiting, oldestWaitingAt, oldestWaitingSeconds, uncertain, dead, breaker, breakerUntil } = health;
  return {
    waiting,
    ...(oldestWaitingAt === undefined ? {} : { oldestWaitingAt: oldestWaitingAt.toISOString() }),
    ...(oldestWaitingSeconds === undefined ? {} : { oldestWaitingSeconds }),
    uncertain,
    dead,
    breaker,
    ...(breakerUntil === undefined ? {} : { breakerUntil: breakerUntil.toISOString() }),
  };
}
