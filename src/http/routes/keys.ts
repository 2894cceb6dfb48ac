import {
  apiKeyPageSchema,
  apiKeySchema,
  createApiKeySchema,
  createdApiKeySchema,
  idParameter,
} from '../../contract/index.js';
import { presentApiKey } from '../../contract/present/index.js';
import { presentList } from '../present-page.js';
import { answered, route, settle } from '../route.js';

const tag = 'Keys';

const listApiKeys = route({
  operationId: 'listApiKeys',
  method: 'get',
  path: '/v1/keys',
  permission: 'admin',
  tag,
  summary: 'List the API keys, without their secrets',
  answers: { 200: apiKeyPageSchema },
  run: async ({ directory }, { principal }) =>
    presentList(await directory.listApiKeys(principal), presentApiKey),
});

const createApiKey = route({
  operationId: 'createApiKey',
  method: 'post',
  path: '/v1/keys',
  permission: 'admin',
  tag,
  summary: 'Make an API key',
  body: createApiKeySchema,
  answers: { 201: createdApiKeySchema },
  refusals: ['already_exists'],
  keepsAnswer: { unlessRepeated: ['key'] },
  run: async ({ directory }, { principal, body }) =>
    settle(await directory.createApiKey(principal, body), ({ key, token }) =>
      answered(201, { ...presentApiKey(key), key: token }),
    ),
});

const revokeApiKey = route({
  operationId: 'revokeApiKey',
  method: 'delete',
  path: '/v1/keys/{id}',
  permission: 'admin',
  tag,
  summary: 'Revoke an API key at once',
  params: idParameter,
  answers: { 200: apiKeySchema },
  refusals: ['not_found'],
  run: async ({ directory }, { principal, params }) =>
    settle(await directory.revokeApiKey(principal, params.id), (key) => answered(200, presentApiKey(key))),
});

export const keys = [listApiKeys, createApiKey, revokeApiKey];
