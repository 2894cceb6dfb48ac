import {
  connectionAgentParameters,
  connectionAgentsSchema,
  idParameter,
  invitationSchema,
  inviteAgentSchema,
} from '../../contract/index.js';
import { answered, route, settle } from '../route.js';

const tag = 'Connections';
const refusals = [
  'not_found',
  'connection_disconnected',
  'not_supported',
  'account_refused',
  'account_unavailable',
] as const;

const listConnectionAgents = route({
  operationId: 'listConnectionAgents',
  method: 'get',
  path: '/v1/connections/{id}/agents',
  permission: 'admin',
  tag,
  summary: 'List who is an agent here, who works in the account, and who does both',
  params: idParameter,
  answers: { 200: connectionAgentsSchema },
  refusals,
  run: async ({ operator }, { principal, params }) =>
    settle(await operator.listAgents(principal, params.id), ({ agents, roles }) =>
      answered(200, { data: agents, roles }),
    ),
});

const inviteAgent = route({
  operationId: 'inviteAgent',
  method: 'post',
  path: '/v1/connections/{id}/agents/{email}/invite',
  permission: 'admin',
  tag,
  summary: 'Invite an agent of the desk into the account',
  params: connectionAgentParameters,
  body: inviteAgentSchema,
  answers: { 201: invitationSchema },
  refusals: [...refusals, 'already_exists'],
  keepsAnswer: { unlessRepeated: ['invitationLink'] },
  run: async ({ operator }, { principal, params, body }) =>
    settle(
      await operator.inviteAgent(principal, params.id, { email: params.email, roleId: body.roleId }),
      (invitation) => answered(201, { ...invitation }),
    ),
});

export const connectionAgents = [listConnectionAgents, inviteAgent];
