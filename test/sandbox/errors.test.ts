import { afterAll, beforeAll, expect, test } from 'vitest';
import { type House, openHouse } from './support/open-house.js';

let house: House;
let withHuman: string;
let withBot: string;
let closed: string;
beforeAll(async () => {
  house = await openHouse();
  withHuman = await house.visitor({ human: true });
  withBot = await house.visitor();
  closed = await house.visitor({ human: true });
  await house.api('POST', `/api/v1/conversation/${closed}/events`, closing);
});
afterAll(async () => {
  await house.close();
});

const by = 'ada@fern.example';
const closing = { event: 'status', status: 'CLOSE', user: { by } };
const text = { message: { type: 'text', data: { body: 'Hi' } }, user: { by } };
const template = (name: string) => ({
  message: { type: 'template', data: { template: name } },
  user: { by },
});
const toUser = (to: string, from = by) => ({ event: 'assignee', user: { by: from, to } });
const toTeam = (to: string, from = by) => ({ event: 'assignee', team: { by: from, to } });
const limited = 'limited@fern.example';
const messages = (id: string) => `/api/v1/conversation/${id}/messages`;
const events = (id: string) => `/api/v1/conversation/${id}/events`;
const whatsapp = (change: Record<string, unknown> = {}) => ({
  channel: 'WHATSAPP',
  from: '1123123123',
  to: { phone: '11231231230', name: 'John Doe' },
  message: { type: 'template', data: { template: 'test_template', parameters: { body: ['John', 'Doe'] } } },
  ...change,
});

const cases: [string, () => [path: string, body: unknown], number, string][] = [
  ['message to a closed conversation', () => [messages(closed), text], 400, 'CONVERSATION_CLOSED'],
  ['message while the bot has it', () => [messages(withBot), text], 400, 'CONVERSATION_ASSIGNED_TO_BOT'],
  ['message to nowhere', () => [messages('nowhere'), text], 404, 'CONVERSATION_NOT_FOUND'],
  [
    'message past the limit',
    () => [messages(withHuman), { ...text, user: { by: limited } }],
    400,
    'MESSAGE_NOT_SENT',
  ],
  [
    'message without a body',
    () => [messages(withHuman), { ...text, message: { type: 'text' } }],
    400,
    'INVALID_DATA',
  ],
  ['unknown template', () => [messages(withHuman), template('nope')], 404, 'WHATSAPP_TEMPLATE_NOT_FOUND'],
  [
    'template not approved',
    () => [messages(withHuman), template('pending_template')],
    404,
    'TEMPLATE_NOT_APPROVED',
  ],
  [
    'assign on a closed one',
    () => [events(closed), toUser('grace@fern.example')],
    400,
    'CONVERSATION_CLOSED',
  ],
  ['assign to oneself', () => [events(withHuman), toUser(by)], 400, 'ASSIGNEE_CHANGE_EXCEPTION'],
  ['assign to a stranger', () => [events(withHuman), toUser('who@x.example')], 400, 'INVALID_DATA'],
  ['assign past the limit', () => [events(withHuman), toTeam('Sales', limited)], 400, 'ASSIGNEE_NOT_CHANGED'],
  ['assign to no team', () => [events(withHuman), toTeam('Nobody')], 400, 'TEAM_NOT_FOUND'],
  ['assign nowhere', () => [events('nowhere'), toTeam('Sales')], 404, 'CONVERSATION_NOT_FOUND'],
  [
    'close past the limit',
    () => [events(withHuman), { ...closing, user: { by: limited } }],
    400,
    'CONVERSATION_NOT_CLOSED',
  ],
  ['close nowhere', () => [events('nowhere'), closing], 404, 'CONVERSATION_NOT_FOUND'],
  [
    'other channel',
    () => ['/v1/conversations', whatsapp({ channel: 'FACEBOOK' })],
    400,
    'CHANNEL_NOT_ENABLED',
  ],
  [
    'expired channel',
    () => ['/v1/conversations', whatsapp({ from: '1 999 000 0000' })],
    400,
    'CHANNEL_TOKEN_EXPIRED',
  ],
  [
    'unknown number',
    () => ['/v1/conversations', whatsapp({ from: '42' })],
    404,
    'PHONE_NUMBER_IS_NOT_CONFIGURED',
  ],
  [
    'limit on starting',
    () => ['/v1/conversations', whatsapp({ assignee: limited })],
    400,
    'CONVERSATION_NOT_CREATED',
  ],
  [
    'blocked contact',
    () => ['/v1/conversations', whatsapp({ to: { phone: '+1 555 000 0000' } })],
    400,
    'CONTACT_IS_BLOCKED',
  ],
  ['flow of no bot', () => ['/v1/bots/1/deploy', { flow_diagram: 'x' }], 404, 'BOT_NOT_FOUND'],
  [
    'pages for no knowledge base',
    () => ['/v1/ai/knowledge-base/1/data-sources/webpages', { urls: ['https://a.example'] }],
    404,
    'RESOURCE_NOT_FOUND',
  ],
];

test.each(cases)('%s', async (_what, request, status, code) => {
  const [path, body] = request();
  const reply = await house.api('POST', path, body);
  expect([reply.status, reply.body['error'], reply.body['ok']]).toEqual([status, code, false]);
});

test('a blocked contact gets no message', async () => {
  const id = await house.visitor({ human: true });
  const { visitorKey } = (await house.call('GET', `/sandbox/conversations/${id}`)).body;
  await house.call('POST', `/sandbox/contacts/${String(visitorKey)}/block`, {});
  expect((await house.say(id, 'hello')).body).toMatchObject({ code: 'CONTACT_IS_BLOCKED' });
});

test('a wrong token reads as each operation documents it', async () => {
  const account = `/v1/accounts/${house.sandbox.accountId}`;
  const sent = await house.api('POST', messages(withHuman), text, 'wrong');
  expect([sent.status, sent.body]).toEqual([
    401,
    {
      ok: false,
      error: 'JWT_SIGNATURE_EXCEPTION',
      code: 'JWT_SIGNATURE_EXCEPTION',
      message: 'Invalid JWT token',
      status: 401,
    },
  ]);
  const listed = await house.api('GET', `${account}/bots`, undefined, 'wrong');
  expect([listed.status, listed.body]).toEqual([
    401,
    {
      ok: false,
      error: 'UNAUTHORIZED',
      message: 'Invalid token. Provide the valid account token.',
      status: 401,
    },
  ]);
  const trained = await house.api('GET', '/api/v1/ai/status/sources?source_ids=1', undefined, 'wrong');
  expect([trained.status, trained.body['status'], trained.body['error']]).toEqual([
    400,
    401,
    'JWT_SIGNATURE_EXCEPTION',
  ]);
  expect((await house.api('GET', '/v1/accounts/999/bots')).status).toBe(401);
});

test('wrong fields are named as WotNot names them', async () => {
  const { body: base } = await house.api('POST', '/v1/ai/knowledge-base', { name: 'Plants' });
  const pages = `/v1/ai/knowledge-base/${String(base['id'])}/data-sources/webpages`;
  expect((await house.api('POST', pages, { urls: ['not a url'] })).body).toEqual({
    ok: false,
    error: 'BAD_REQUEST',
    status: 400,
    message: [{ message: '"urls[0]" must be a valid uri', path: ['urls', 0] }],
  });
  expect((await house.api('POST', pages, { urls: [] })).body['message']).toEqual([
    { message: '"urls" does not contain 1 required value(s)', path: ['urls'] },
  ]);
  expect((await house.api('DELETE', '/v1/ai/knowledge-bases/876/data-sources', {})).body['message']).toEqual([
    { message: '"data_sources" is required', path: ['data_sources'] },
  ]);
  expect(
    (await house.api('POST', '/v1/conversations', { contacts: [{ name: 'x' }] })).body['message'],
  ).toEqual([
    { message: '"contacts[0]" must contain at least one of [email, phone]', path: ['contacts', 0] },
  ]);
  const invited = await house.api('POST', `/v1/accounts/${house.sandbox.accountId}/user`, {
    user: { email: 'x', role_id: '99' },
  });
  expect(invited.body['message']).toEqual([
    { message: '"user.email" must be a valid email', path: ['user', 'email'] },
  ]);
  const variables = `/v1/accounts/${house.sandbox.accountId}/conversations/${withHuman}/variables`;
  expect((await house.api('POST', variables, { variables: [] })).body).toEqual({
    ok: false,
    error: 'BAD_REQUEST',
    status: 400,
    message: { variables: ['Shorter than minimum length 1.'] },
  });
});

test('nothing that is sent makes it fall over: every answer is JSON and none is a 500', async () => {
  const bodies: (string | undefined)[] = [
    '',
    '{',
    'null',
    '[]',
    '"x"',
    '{"message":null}',
    '{"a":'.repeat(500),
    undefined,
  ];
  const paths = [
    messages(withHuman),
    events(withHuman),
    '/v1/conversations',
    '/v1/bot',
    '/v1/ai/knowledge-base/1/upload/sources',
  ];
  for (const path of [
    ...paths,
    '/sandbox/conversations',
    '/sandbox/faults',
    '/sandbox/events',
    '/nowhere',
    '/v1/bots/%ff/deploy',
  ]) {
    for (const body of bodies) {
      const reply = await house.call('POST', path, body, {
        authorization: `Bearer ${house.sandbox.token}`,
        'content-type': 'application/json',
      });
      expect([path, body?.slice(0, 20), reply.status < 500]).toEqual([path, body?.slice(0, 20), true]);
      expect(reply.headers.get('x-sandbox')).toBe('WotNot sandbox');
    }
  }
});

test('another website in the same browser cannot use the control API', async () => {
  const reply = await house.call('POST', '/sandbox/reset', {}, { origin: 'https://evil.example' });
  expect(reply.status).toBe(403);
});
