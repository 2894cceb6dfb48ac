import type { Log } from '../log.js';
import type { Metrics } from '../metrics.js';
import { type AccessEvents, createAccessEvents } from './access-events.js';
import { type ConnectionEvents, createConnectionEvents } from './connection-events.js';
import { createDeliveryEvents, type DeliveryEvents } from './delivery-events.js';
import { createGatewayEvents, type GatewayEvents } from './gateway-events.js';
import { createHttpEvents, type HttpEvents } from './http-events.js';
import { createIntakeEvents, type IntakeEvents } from './intake-events.js';
import { createTicketingEvents, type TicketingEvents } from './ticketing-events.js';
import { createProcessEvents, type ProcessEvents } from './process-events.js';

/** Everything that happens here and is worth a line and a number, in the order of the journey. */
export interface Events
  extends HttpEvents,
    AccessEvents,
    IntakeEvents,
    DeliveryEvents,
    ConnectionEvents,
    TicketingEvents,
    GatewayEvents,
    ProcessEvents {}

export function createEvents(logger: (room: string) => Log, metrics: Metrics): Events {
  return {
    ...createHttpEvents(logger('http'), metrics),
    ...createAccessEvents(logger('access'), metrics),
    ...createIntakeEvents(logger('intake'), logger('projection'), metrics),
    ...createDeliveryEvents(logger('delivery'), metrics),
    ...createConnectionEvents(logger('connections'), metrics),
    ...createTicketingEvents(logger('ticketing'), metrics),
    ...createGatewayEvents(logger('gateway'), metrics),
    ...createProcessEvents(logger('process'), metrics),
  };
}
