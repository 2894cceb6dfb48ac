import type { WotNotRequest } from '../../wotnot/index.js';
import { assign, findAgent, findTeam } from '../assign.js';
import { close } from '../close.js';
import { emit } from '../emit.js';
import type { Conversation } from '../rows.js';
import { setVariables } from '../set-variables.js';
import { botUser } from '../webhook-events.js';
import type { World } from '../world.js';
import { type ApiAnswer, refuse, succeed } from './api-answer.js';
import type { ApiRequest, Handler } from './api-request.js';

/** Whoever has this address has used up their plan: everything they do is refused "due to user limit validation". */
export const limitedUser = 'limited@fern.example';

const sameAddress = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase();

export function findConversation(world: World, request: ApiRequest): Conversation | undefined {
  return world.records.conversations.get(request.parameters['conversation_id'] ?? '');
}

export const closeConversation: Handler = (world, request) => {
  const { user } = request.body as WotNotRequest<'close-conversation'>;
  const conversation = findConversation(world, request);
  if (!conversation) return refuse('CONVERSATION_NOT_FOUND');
  if (sameAddress(user.by, limitedUser)) return refuse('CONVERSATION_NOT_CLOSED');
  close(world, conversation, user.by, request.answered);
  return succeed();
};

function refuseAssigning(conversation: Conversation | undefined, by: string): ApiAnswer | undefined {
  if (!conversation) return refuse('CONVERSATION_NOT_FOUND');
  if (conversation.status === 'closed') return refuse('CONVERSATION_CLOSED');
  return sameAddress(by, limitedUser) ? refuse('ASSIGNEE_NOT_CHANGED') : undefined;
}

export const assignUser: Handler = (world, request) => {
  const { user } = request.body as WotNotRequest<'assign-user'>;
  const conversation = findConversation(world, request);
  const refusal = refuseAssigning(conversation, user.by);
  if (refusal || !conversation) return refusal ?? refuse('CONVERSATION_NOT_FOUND');
  if (sameAddress(user.by, user.to)) return refuse('ASSIGNEE_CHANGE_EXCEPTION');
  const isBot = sameAddress(user.to, botUser.email);
  const to = isBot ? ({ type: 'bot' } as const) : findAgent(world, user.to);
  if (!to) return refuse('INVALID_DATA', { message: 'To user does not exist in the account.' });
  assign(world, conversation, to, user.by, request.answered);
  return succeed();
};

export const assignTeam: Handler = (world, request) => {
  const { team } = request.body as WotNotRequest<'assign-team'>;
  const conversation = findConversation(world, request);
  const refusal = refuseAssigning(conversation, team.by);
  if (refusal || !conversation) return refusal ?? refuse('CONVERSATION_NOT_FOUND');
  const to = findTeam(team.to);
  if (!to) return refuse('TEAM_NOT_FOUND');
  assign(world, conversation, to, team.by, request.answered);
  return succeed();
};

export const updateVariables: Handler = (world, request) => {
  const { variables } = request.body as WotNotRequest<'update-variables'>;
  const conversation = findConversation(world, request);
  if (!conversation) return refuse('CONVERSATION_NOT_FOUND', { message: 'Conversation is not found' });
  const saved = setVariables(world, conversation, variables);
  void emit(world, conversation.id, 'variables', { variables: saved }, { gate: request.answered });
  return succeed();
};
