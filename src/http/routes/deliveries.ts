import {
  deliveryPageSchema,
  deliverySchema,
  idParameter,
  listDeliveriesSchema,
  resolveDeliverySchema,
} from '../../contract/index.js';
import { presentDelivery } from '../../contract/present/index.js';
import { presentPage } from '../present-page.js';
import { answered, route, settle } from '../route.js';

const tag = 'Deliveries';

const listDeliveries = route({
  operationId: 'listDeliveries',
  method: 'get',
  path: '/v1/deliveries',
  permission: 'desk',
  tag,
  summary: 'List what is or was owed to the outside',
  description: '`pending` stands for everything that is not settled.',
  query: listDeliveriesSchema,
  answers: { 200: deliveryPageSchema },
  refusals: ['cursor_invalid'],
  run: async ({ desk }, { principal, query }) =>
    settle(await desk.listDeliveries(principal, query), (page) => presentPage(page, presentDelivery)),
});

const redriveDelivery = route({
  operationId: 'redriveDelivery',
  method: 'post',
  path: '/v1/deliveries/{id}/redrive',
  permission: 'desk',
  tag,
  summary: 'Send again what has failed, at the end of its lane',
  description:
    'A dead letter, and a message that was cancelled or that the channel has failed after it was accepted ' +
    '(the delivery is `delivered` then, and its message `failed`). It is marked `late`; one of which nobody knows ' +
    'whether it has arrived is marked `possibleDuplicate` too.',
  params: idParameter,
  answers: { 202: deliverySchema },
  refusals: ['not_found', 'delivery_not_dead', 'connection_disconnected'],
  run: async ({ desk }, { principal, params }) =>
    settle(await desk.redriveDelivery(principal, params.id), (delivery) =>
      answered(202, presentDelivery(delivery)),
    ),
});

const resolveDelivery = route({
  operationId: 'resolveDelivery',
  method: 'post',
  path: '/v1/deliveries/{id}/resolve',
  permission: 'desk',
  tag,
  summary: 'Say what became of an uncertain delivery',
  params: idParameter,
  body: resolveDeliverySchema,
  answers: { 200: deliverySchema },
  refusals: ['not_found', 'delivery_not_uncertain', 'not_supported', 'already_exists'],
  run: async ({ desk }, { principal, params, body }) =>
    settle(await desk.resolveDelivery(principal, params.id, body), (delivery) =>
      answered(200, presentDelivery(delivery)),
    ),
});

export const deliveries = [listDeliveries, redriveDelivery, resolveDelivery];
