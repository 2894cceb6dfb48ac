import {
  agentPageSchema,
  agentSchema,
  createAgentSchema,
  idParameter,
  signInLinkSchema,
} from '../../contract/index.js';
import { presentAgent } from '../../contract/present/index.js';
import { presentList } from '../present-page.js';
import { answered, route, settle } from '../route.js';

const tag = 'Agents';

const listAgents = route({
  operationId: 'listAgents',
  method: 'get',
  path: '/v1/agents',
  permission: 'desk',
  tag,
  summary: 'List the workspace’s agents',
  answers: { 200: agentPageSchema },
  run: async ({ directory }, { principal }) =>
    presentList(await directory.listAgents(principal), presentAgent),
});

const createAgent = route({
  operationId: 'createAgent',
  method: 'post',
  path: '/v1/agents',
  permission: 'admin',
  tag,
  summary: 'Add an agent',
  body: createAgentSchema,
  answers: { 201: agentSchema },
  refusals: ['already_exists'],
  keepsAnswer: {},
  run: async ({ directory }, { principal, body }) =>
    settle(await directory.createAgent(principal, body), (agent) => answered(201, presentAgent(agent))),
});

const disableAgent = route({
  operationId: 'disableAgent',
  method: 'delete',
  path: '/v1/agents/{id}',
  permission: 'admin',
  tag,
  summary: 'Disable an agent; its sessions end at once',
  params: idParameter,
  answers: { 200: agentSchema },
  refusals: ['not_found'],
  run: async ({ directory }, { principal, params }) =>
    settle(await directory.disableAgent(principal, params.id), (agent) => answered(200, presentAgent(agent))),
});

const createSignInLink = route({
  operationId: 'createSignInLink',
  method: 'post',
  path: '/v1/agents/{id}/sign-in-link',
  permission: 'admin',
  tag,
  summary: 'Make a link that signs the agent in once',
  params: idParameter,
  answers: { 201: signInLinkSchema },
  refusals: ['not_found'],
  keepsAnswer: { unlessRepeated: ['url'] },
  run: async ({ access, directory, links }, { principal, params }) => {
    const agents = await directory.listAgents(principal);
    if (!agents.some(({ id, disabledAt }) => id === params.id && disabledAt === undefined)) {
      return { outcome: 'refused', code: 'not_found', message: 'There is no such agent.' };
    }
    const lifetimeSeconds = links.signInLinkSeconds;
    const code = await access.createSignInCode(principal, params.id, { lifetimeSeconds });
    const expiresAt = new Date(Date.now() + lifetimeSeconds * 1_000).toISOString();
    // Behind the #, so that it reaches no server's log and no Referer.
    return answered(201, { url: `${links.publicUrl}/#code=${encodeURIComponent(code)}`, expiresAt });
  },
});

export const agents = [listAgents, createAgent, disableAgent, createSignInLink];
