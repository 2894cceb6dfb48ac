import { factPageSchema, listFactsSchema } from '../../contract/index.js';
import { presentFact } from '../../contract/present/index.js';
import { presentPage } from '../present-page.js';
import { route, settle } from '../route.js';

const listFacts = route({
  operationId: 'listFacts',
  method: 'get',
  path: '/v1/events',
  permission: 'desk',
  tag: 'Events',
  summary: 'Read the workspace’s facts in order, for programs that poll',
  description:
    'Without `after` from the oldest fact that is still in the feed; a cursor before it is refused, and the reader starts afresh. Ask again with the answered cursor, also when nothing came.',
  query: listFactsSchema,
  answers: { 200: factPageSchema },
  refusals: ['cursor_invalid'],
  run: async ({ desk }, { principal, query }) =>
    settle(await desk.listFacts(principal, query), ({ facts, cursor }) =>
      presentPage({ items: facts, nextCursor: cursor }, (fact) =>
        presentFact(fact, (fileId, name) => desk.signFileUrl(principal, fileId, name)),
      ),
    ),
});

export const events = [listFacts];
