import { changeWorkspaceSchema, workspaceSchema } from '../../contract/index.js';
import { presentWorkspace } from '../../contract/present/index.js';
import { answered, route } from '../route.js';

const tag = 'Workspace';

const readWorkspace = route({
  operationId: 'readWorkspace',
  method: 'get',
  path: '/v1/workspace',
  permission: 'admin',
  tag,
  summary: 'Read the workspace and what it wants',
  answers: { 200: workspaceSchema },
  run: async ({ directory }, { principal }) =>
    answered(200, presentWorkspace(await directory.readWorkspace(principal))),
});

const changeWorkspace = route({
  operationId: 'changeWorkspace',
  method: 'patch',
  path: '/v1/workspace',
  permission: 'admin',
  tag,
  summary: 'Change its name, or what becomes of messages that may or may not have arrived',
  body: changeWorkspaceSchema,
  answers: { 200: workspaceSchema },
  run: async ({ directory }, { principal, body }) => {
    const { name, uncertainPolicy } = body;
    const change = {
      ...(name === undefined ? {} : { name }),
      ...(uncertainPolicy === undefined ? {} : { uncertainPolicy }),
    };
    return answered(200, presentWorkspace(await directory.changeWorkspace(principal, change)));
  },
});

export const workspace = [readWorkspace, changeWorkspace];
