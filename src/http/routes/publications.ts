import { idParameter, publicationSchema, publishSchema } from '../../contract/index.js';
import { answered, route, settle } from '../route.js';

const tag = 'Publications';

const publish = route({
  operationId: 'publish',
  method: 'post',
  path: '/v1/conversations/{id}/publish',
  permission: 'desk',
  tag,
  summary: 'Add what was learnt in a conversation to a knowledge base',
  description:
    'A text (by default what was said to and by the contact, without names or notes) or the address of a page. Answered when it is safely recorded.',
  params: idParameter,
  body: publishSchema,
  answers: { 202: publicationSchema },
  refusals: ['not_found', 'nothing_to_publish'],
  keepsAnswer: {},
  run: async ({ desk }, { principal, params, body }) =>
    settle(await desk.publish(principal, params.id, body), (publication) =>
      answered(202, { ...publication }),
    ),
});

const readPublication = route({
  operationId: 'readPublication',
  method: 'get',
  path: '/v1/publications/{id}',
  permission: 'desk',
  tag,
  summary: 'Read how far a knowledge base has learnt what was published',
  params: idParameter,
  answers: { 200: publicationSchema },
  refusals: ['not_found', 'not_supported', 'account_refused', 'account_unavailable'],
  run: async ({ desk }, { principal, params }) =>
    settle(await desk.readPublication(principal, params.id), (publication) =>
      answered(200, { ...publication }),
    ),
});

export const publications = [publish, readPublication];
