import {
  acceptedSchema,
  assignSchema,
  closeSchema,
  conversationEventPageSchema,
  conversationPageSchema,
  conversationSchema,
  idParameter,
  listConversationEventsSchema,
  listConversationsSchema,
  setVariablesSchema,
  startConversationSchema,
  startedConversationSchema,
} from '../../contract/index.js';
import {
  presentConversation,
  presentConversationSummary,
  presentFact,
} from '../../contract/present/index.js';
import { presentPage } from '../present-page.js';
import { answered, route, settle } from '../route.js';

const tag = 'Conversations';

const listConversations = route({
  operationId: 'listConversations',
  method: 'get',
  path: '/v1/conversations',
  permission: 'desk',
  tag,
  summary: 'List conversations, the latest activity first',
  description: '`assignee`: me, nobody, bot, an agent’s e-mail, or team:<name>.',
  query: listConversationsSchema,
  answers: { 200: conversationPageSchema },
  refusals: ['cursor_invalid'],
  run: async ({ desk }, { principal, query }) =>
    settle(await desk.listConversations(principal, query), (page) =>
      presentPage(page, presentConversationSummary),
    ),
});

const startConversation = route({
  operationId: 'startConversation',
  method: 'post',
  path: '/v1/conversations',
  permission: 'desk',
  tag,
  summary: 'Start a conversation: a WhatsApp template or an SMS',
  description:
    'Answered when it is safely recorded. The conversation is `starting` until the outside has given it its id; the facts of its first message tell what becomes of it.',
  body: startConversationSchema,
  answers: { 202: startedConversationSchema },
  refusals: [
    'not_found',
    'connection_required',
    'connection_disconnected',
    'agent_required',
    'agent_unknown',
    'ticket_linked_elsewhere',
    'conversation_linked_elsewhere',
  ],
  keepsAnswer: {},
  run: async ({ desk }, { principal, body, idempotencyKey }) =>
    settle(await desk.startConversation(principal, body, idempotencyKey), (started) =>
      answered(202, { ...started }),
    ),
});

const readConversation = route({
  operationId: 'readConversation',
  method: 'get',
  path: '/v1/conversations/{id}',
  permission: 'desk',
  tag,
  summary: 'Read one conversation with its contact, variables and ticket links',
  params: idParameter,
  answers: { 200: conversationSchema },
  refusals: ['not_found'],
  run: async ({ desk }, { principal, params }) =>
    settle(await desk.readConversation(principal, params.id), ({ conversation, ticketLinks }) =>
      answered(200, presentConversation(conversation, ticketLinks)),
    ),
});

const listConversationEvents = route({
  operationId: 'listConversationEvents',
  method: 'get',
  path: '/v1/conversations/{id}/events',
  permission: 'desk',
  tag,
  summary: 'List a conversation’s facts by their seq, messages and notes included',
  params: idParameter,
  query: listConversationEventsSchema,
  answers: { 200: conversationEventPageSchema },
  refusals: ['not_found'],
  run: async ({ desk }, { principal, params, query }) =>
    settle(await desk.listEvents(principal, params.id, query), (facts) => {
      const last = facts.at(-1);
      const isFull = query.before === undefined && facts.length === query.limit;
      const signUrl = (fileId: string, name: string) => desk.signFileUrl(principal, fileId, name);
      const page = { items: facts, ...(last && isFull ? { nextCursor: String(last.seq) } : {}) };
      return presentPage(page, (fact) => presentFact(fact, signUrl));
    }),
});

const assign = route({
  operationId: 'assign',
  method: 'put',
  path: '/v1/conversations/{id}/assignee',
  permission: 'desk',
  tag,
  summary: 'Hand a conversation to an agent or a team',
  params: idParameter,
  body: assignSchema,
  answers: { 202: acceptedSchema },
  refusals: [
    'not_found',
    'conversation_closed',
    'connection_disconnected',
    'agent_required',
    'agent_unknown',
  ],
  run: async ({ desk }, { principal, params, body }) =>
    settle(await desk.assign(principal, params.id, body), ({ deliveryId }) => answered(202, { deliveryId })),
});

const close = route({
  operationId: 'close',
  method: 'post',
  path: '/v1/conversations/{id}/close',
  permission: 'desk',
  tag,
  summary: 'Close a conversation',
  params: idParameter,
  body: closeSchema,
  answers: { 202: acceptedSchema },
  refusals: [
    'not_found',
    'conversation_closed',
    'connection_disconnected',
    'agent_required',
    'agent_unknown',
  ],
  keepsAnswer: {},
  run: async ({ desk }, { principal, params, body }) =>
    settle(await desk.close(principal, params.id, body), ({ deliveryId }) => answered(202, { deliveryId })),
});

const setVariables = route({
  operationId: 'setVariables',
  method: 'put',
  path: '/v1/conversations/{id}/variables',
  permission: 'desk',
  tag,
  summary: 'Set variables of the conversation or its contact',
  params: idParameter,
  body: setVariablesSchema,
  answers: { 202: acceptedSchema },
  refusals: ['not_found', 'conversation_closed', 'connection_disconnected'],
  run: async ({ desk }, { principal, params, body }) =>
    settle(await desk.setVariables(principal, params.id, body.variables), ({ deliveryId }) =>
      answered(202, { deliveryId }),
    ),
});

export const conversations = [
  listConversations,
  startConversation,
  readConversation,
  listConversationEvents,
  assign,
  close,
  setVariables,
];
