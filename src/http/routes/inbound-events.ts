import {
  idParameter,
  inboundEventPageSchema,
  inboundEventSchema,
  listInboundEventsSchema,
} from '../../contract/index.js';
import { presentInboundEvent } from '../../contract/present/index.js';
import { presentPage } from '../present-page.js';
import { answered, route, settle } from '../route.js';

const tag = 'Inbound events';

const listInboundEvents = route({
  operationId: 'listInboundEvents',
  method: 'get',
  path: '/v1/inbound-events',
  permission: 'admin',
  tag,
  summary: 'List what came in, as it came',
  query: listInboundEventsSchema,
  answers: { 200: inboundEventPageSchema },
  refusals: ['cursor_invalid'],
  run: async ({ desk }, { principal, query }) =>
    settle(await desk.listInboundEvents(principal, query), (page) => presentPage(page, presentInboundEvent)),
});

const replayInboundEvent = route({
  operationId: 'replayInboundEvent',
  method: 'post',
  path: '/v1/inbound-events/{id}/replay',
  permission: 'admin',
  tag,
  summary: 'Read a parked event again',
  params: idParameter,
  answers: { 202: inboundEventSchema },
  refusals: ['not_found', 'event_not_parked'],
  run: async ({ desk }, { principal, params }) =>
    settle(await desk.replayInboundEvent(principal, params.id), (event) =>
      answered(202, presentInboundEvent(event)),
    ),
});

export const inboundEvents = [listInboundEvents, replayInboundEvent];
