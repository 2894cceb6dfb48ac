import { may, type Principal } from '../../access/principal.js';
import {
  changeConnectionSchema,
  type Connection,
  connectionCheckSchema,
  connectionPageSchema,
  connectionSchema,
  createConnectionSchema,
  createdConnectionSchema,
  idParameter,
  pauseConnectionSchema,
  replaceCredentialsSchema,
  rotatedWebhookTokenSchema,
} from '../../contract/index.js';
import { presentConnection } from '../../contract/present/index.js';
import type { ConnectionView } from '../../domain/views.js';
import type { LinkSettings } from '../ports.js';
import { presentList } from '../present-page.js';
import { answered, route, settle } from '../route.js';

const tag = 'Connections';
/** For the probe of our own address, the looks at the account, and a webhook that is told late: each with its own limit. */
const CHECK_SECONDS = 180;

/** Where to send webhooks and how the account is set up is for operators; agents see what there is. */
function present(links: LinkSettings, principal: Principal): (view: ConnectionView) => Connection {
  if (may(principal, 'admin')) {
    return (view) => presentConnection(view, (key) => `${links.publicUrl}/webhooks/${key}`);
  }
  return (view) => ({ ...presentConnection(view, () => ''), settings: {} });
}

const listConnections = route({
  operationId: 'listConnections',
  method: 'get',
  path: '/v1/connections',
  permission: 'desk',
  tag,
  summary: 'List the connections',
  description:
    'Each with its health: what it is owed, since when, and whether it takes it; of a desk also with what it can ' +
    'carry, of a chat side with the templates that its settings name for agents to pick. Settings and webhook ' +
    'addresses are shown to keys with the scope admin only.',
  answers: { 200: connectionPageSchema },
  run: async ({ operator, links }, { principal }) =>
    settle(await operator.listConnections(principal), (list) => presentList(list, present(links, principal))),
});

const createConnection = route({
  operationId: 'createConnection',
  method: 'post',
  path: '/v1/connections',
  permission: 'admin',
  tag,
  summary: 'Link the workspace to an outside account',
  description:
    'The connection stays when the outside cannot be told of the webhook: `registered` says so, and it is tried again by itself.',
  body: createConnectionSchema,
  answers: { 201: createdConnectionSchema },
  refusals: ['already_exists'],
  keepsAnswer: { unlessRepeated: ['webhookToken'] },
  run: async ({ operator, links }, { principal, body }) => {
    const { webhookToken, ...rest } = body;
    const connection = { ...rest, ...(webhookToken === undefined ? {} : { webhookToken }) };
    return settle(await operator.createConnection(principal, connection), (created) =>
      answered(201, {
        connection: present(links, principal)(created.connection),
        webhookToken: created.webhookToken,
        webhookUrl: created.webhookUrl,
        registered: created.registered,
      }),
    );
  },
});

const readConnection = route({
  operationId: 'readConnection',
  method: 'get',
  path: '/v1/connections/{id}',
  permission: 'admin',
  tag,
  summary: 'Read one connection',
  params: idParameter,
  answers: { 200: connectionSchema },
  refusals: ['not_found'],
  run: async ({ operator, links }, { principal, params }) =>
    settle(await operator.readConnection(principal, params.id), (view) =>
      answered(200, present(links, principal)(view)),
    ),
});

const changeConnection = route({
  operationId: 'changeConnection',
  method: 'patch',
  path: '/v1/connections/{id}',
  permission: 'admin',
  tag,
  summary: 'Change its name or its settings',
  description:
    'Settings are merged by key; null takes one away. What would lead to another account is refused once ' +
    'there are conversations or tickets.',
  params: idParameter,
  body: changeConnectionSchema,
  answers: { 200: connectionSchema },
  refusals: ['not_found', 'connection_disconnected', 'connection_in_use', 'already_exists'],
  run: async ({ operator, links }, { principal, params, body }) => {
    const { name, settings } = body;
    const change = {
      ...(name === undefined ? {} : { name }),
      ...(settings === undefined ? {} : { settings }),
    };
    return settle(await operator.changeConnection(principal, params.id, change), (view) =>
      answered(200, present(links, principal)(view)),
    );
  },
});

const checkConnection = route({
  operationId: 'checkConnection',
  method: 'post',
  path: '/v1/connections/{id}/check',
  permission: 'admin',
  tag,
  summary: 'Look whether the account is usable, and what is missing',
  params: idParameter,
  answers: { 200: connectionCheckSchema },
  refusals: ['not_found', 'connection_disconnected'],
  answerSeconds: CHECK_SECONDS,
  run: async ({ operator }, { principal, params }) =>
    settle(await operator.checkConnection(principal, params.id), (findings) =>
      answered(200, {
        findings: findings.map(({ ok, what, hint }) => ({
          ok,
          what,
          ...(hint === undefined ? {} : { hint }),
        })),
      }),
    ),
});

const pauseConnection = route({
  operationId: 'pauseConnection',
  method: 'post',
  path: '/v1/connections/{id}/pause',
  permission: 'admin',
  tag,
  summary: 'Hold what is owed to this account',
  params: idParameter,
  body: pauseConnectionSchema,
  answers: { 200: connectionSchema },
  refusals: ['not_found', 'connection_disconnected'],
  run: async ({ operator, links }, { principal, params, body }) =>
    settle(await operator.pauseConnection(principal, params.id, body.reason), (view) =>
      answered(200, present(links, principal)(view)),
    ),
});

const resumeConnection = route({
  operationId: 'resumeConnection',
  method: 'post',
  path: '/v1/connections/{id}/resume',
  permission: 'admin',
  tag,
  summary: 'Let what is owed flow again',
  params: idParameter,
  answers: { 200: connectionSchema },
  refusals: ['not_found', 'connection_disconnected'],
  run: async ({ operator, links }, { principal, params }) =>
    settle(await operator.resumeConnection(principal, params.id), (view) =>
      answered(200, present(links, principal)(view)),
    ),
});

const rotateWebhookToken = route({
  operationId: 'rotateWebhookToken',
  method: 'post',
  path: '/v1/connections/{id}/rotate-token',
  permission: 'admin',
  tag,
  summary: 'Make a new webhook token; the old one stays good until the next rotation',
  params: idParameter,
  answers: { 200: rotatedWebhookTokenSchema },
  refusals: ['not_found', 'connection_disconnected', 'account_unavailable'],
  run: async ({ operator, links }, { principal, params }) =>
    settle(await operator.rotateWebhookToken(principal, params.id), (rotated) =>
      answered(200, {
        connection: present(links, principal)(rotated.connection),
        webhookToken: rotated.webhookToken,
        registered: rotated.registered,
      }),
    ),
});

const endOldToken = route({
  operationId: 'endOldToken',
  method: 'delete',
  path: '/v1/connections/{id}/old-token',
  permission: 'admin',
  tag,
  summary: 'End the webhook token from before the last rotation',
  params: idParameter,
  answers: { 200: connectionSchema },
  refusals: ['not_found', 'connection_disconnected'],
  run: async ({ operator, links }, { principal, params }) =>
    settle(await operator.endOldToken(principal, params.id), (view) =>
      answered(200, present(links, principal)(view)),
    ),
});

const replaceCredentials = route({
  operationId: 'replaceCredentials',
  method: 'put',
  path: '/v1/connections/{id}/credentials',
  permission: 'admin',
  tag,
  summary: 'Replace the credentials; they can never be read again',
  params: idParameter,
  body: replaceCredentialsSchema,
  answers: { 200: connectionSchema },
  refusals: ['not_found', 'connection_disconnected'],
  run: async ({ operator, links }, { principal, params, body }) =>
    settle(await operator.replaceCredentials(principal, params.id, body.credentials), (view) =>
      answered(200, present(links, principal)(view)),
    ),
});

const disconnect = route({
  operationId: 'disconnect',
  method: 'delete',
  path: '/v1/connections/{id}',
  permission: 'admin',
  tag,
  summary: 'Disconnect the account for good; what was said stays',
  params: idParameter,
  answers: { 200: connectionSchema },
  refusals: ['not_found'],
  run: async ({ operator, links }, { principal, params }) =>
    settle(await operator.disconnect(principal, params.id), (view) =>
      answered(200, present(links, principal)(view)),
    ),
});

export const connections = [
  listConnections,
  createConnection,
  readConnection,
  changeConnection,
  checkConnection,
  pauseConnection,
  resumeConnection,
  rotateWebhookToken,
  endOldToken,
  replaceCredentials,
  disconnect,
];
