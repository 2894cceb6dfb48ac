import { afterAll, beforeAll, beforeEach, describe, expect, expectTypeOf, test } from 'vitest';
import {
  createWotNotClient,
  type OperationName,
  type WotNotAnswer,
  type WotNotClient,
  type WotNotClientOptions,
  WotNotInputError,
  type WotNotRequest,
} from '../../src/wotnot/index.js';
import { answerJson, type FarSide, failureOf, startFarSide } from './far-side.js';

const token = 'input-token-0123456789';
let farSide: FarSide;
let wotnot: WotNotClient;

beforeAll(async () => {
  farSide = await startFarSide(answerJson(200, { ok: true, message_id: 'm1' }));
  wotnot = createWotNotClient({ baseUrl: farSide.url, token, accountId: '1' });
});
afterAll(async () => {
  wotnot.stop();
  await farSide.stop();
});
beforeEach(() => {
  farSide.received.length = 0;
});

const by = { by: 'ada@example.com' };
const text = { type: 'text', data: { body: 'Hi' } };
const file = { path: 'https://example.com/a.png', size: 1, type: 'image/png', name: 'a.png' };

describe('a wrong request is refused before the network, and the field is named', () => {
  test.each([
    ['send-message', undefined, 'message'],
    ['send-message', null, 'request'],
    ['send-message', 'text', 'request'],
    ['send-message', [], 'request'],
    ['send-message', { conversation_id: 'c', user: by }, 'message'],
    ['send-message', { conversation_id: 'c', message: text }, 'user'],
    ['send-message', { conversation_id: 'c', message: text, user: { by: 'ada' } }, 'user.by'],
    ['send-message', { conversation_id: 'c', message: { ...text, type: 'poem' }, user: by }, 'message.type'],
    [
      'send-message',
      { conversation_id: 'c', message: { type: 'text', data: { body: '' } }, user: by },
      'message.data.body',
    ],
    [
      'send-message',
      { conversation_id: 'c', message: { type: 'text', data: { body: 7 } }, user: by },
      'message.data.body',
    ],
    ['send-message', { conversation_id: 'c', message: text, user: by, assigne: 'x' }, 'assigne'],
    ['send-message', { conversation_id: 'c', message: { ...text, txt: 1 }, user: by }, 'message.txt'],
    [
      'send-message',
      { conversation_id: 'c', message: { type: 'file', file: { ...file, path: '/tmp/a' } }, user: by },
      'message.file.path',
    ],
    [
      'send-message',
      { conversation_id: 'c', message: { type: 'file', file: { ...file, path: 'javascript:1' } }, user: by },
      'message.file.path',
    ],
    [
      'send-message',
      { conversation_id: 'c', message: { type: 'voice', file: { ...file, size: '1' } }, user: by },
      'message.file.size',
    ],
    ['send-message', { conversation_id: {}, message: text, user: by }, 'conversation_id'],
    ['create-contacts', { contacts: [] }, 'contacts'],
    ['create-contacts', { contacts: [{ name: 'Ada' }] }, 'contacts[0]'],
    ['create-contacts', { contacts: [{ phone: '+1' }, { email: 'no' }] }, 'contacts[1].email'],
    ['create-conversation', { channel: 'FAX' }, 'channel'],
    [
      'create-conversation',
      { channel: 'SMS', from: '1', to: {}, message: { type: 'text', text: 'a' } },
      'to.phone',
    ],
    ['assign-user', { conversation_id: 'c', user: by }, 'user.to'],
    ['assign-team', { conversation_id: 'c', team: { ...by, to: '' } }, 'team.to'],
    ['update-variables', { conversation_id: 'c', variables: [] }, 'variables'],
    [
      'update-variables',
      { conversation_id: 'c', variables: [{ name: 'a', type: 'x', value: '' }] },
      'variables[0].type',
    ],
    [
      'update-variables',
      { conversation_id: 'c', variables: [{ name: 'a', type: 'contact' }] },
      'variables[0].value',
    ],
    ['add-webpages', { knowledge_base_id: 1, urls: ['https://a.example', 'nonsense'] }, 'urls[1]'],
    ['add-domain', { knowledge_base_id: 1, url: 'ftp://a.example' }, 'url'],
    ['delete-data-sources', { knowledge_base_id: 1 }, 'data_sources'],
    ['get-training-status', { source_ids: ['1,2'] }, 'source_ids[0]'],
    ['get-knowledge-base', { knowledge_base_id: 1, limit: 0 }, 'limit'],
    ['upload-sources', { knowledge_base_id: 1, sources: {} }, 'sources'],
    ['upload-sources', { knowledge_base_id: 1, sources: { a: { path: '/no/such/file' } } }, 'sources.a.path'],
    ['upload-sources', { knowledge_base_id: 1, sources: { a: { path: '/tmp' } } }, 'sources.a.path'],
    ['upload-sources', { knowledge_base_id: 1, sources: { a: Buffer.from('x') } }, 'sources.a'],
    ['set-webhook', { webhook_url: 'x', subscribed_events: [], is_enabled: true, token: 't' }, 'webhook_url'],
    ['invite-user', { user: { email: 'a@b', role_id: null } }, 'user.role_id'],
    ['update-user-role', { user_id: 1, role_id: -1 }, 'role_id'],
  ] as [OperationName, unknown, string][])('%s %j: %s', async (name, request, field) => {
    const error = await failureOf(wotnot.call(name, request as WotNotRequest<OperationName>));
    expect(error).toBeInstanceOf(WotNotInputError);
    expect(error).toMatchObject({ name: 'WotNotInputError', code: 'invalid_request', field });
    expect((error as Error).message).toContain(`${name}: ${field} `);
    expect(farSide.received).toHaveLength(0);
  });

  test.each(['', ' ', '.', '..', 'a\u0000b', 'a\nb', '\ud800', 'x'.repeat(600), -1, 1.5, Number.NaN, true])(
    'an id of %j leads nowhere',
    async (id) => {
      const request = { conversation_id: id as string, user: by };
      const error = await failureOf(wotnot.closeConversation(request));
      expect(error).toMatchObject({ code: 'invalid_request', field: 'conversation_id' });
      expect(farSide.received).toHaveLength(0);
    },
  );

  test.each(['unheard-of', 'constructor', '__proto__', ''])('%j is no operation', async (name) => {
    const error = await failureOf(wotnot.call(name as OperationName, {}));
    expect(error).toMatchObject({ code: 'invalid_request', field: 'name' });
  });

  test('a refusal repeats nothing of what a contact wrote', async () => {
    const message = { type: 'text', data: { body: 'my PIN is 1234', boddy: 1 } };
    const request = { conversation_id: 'c', message, user: by } as unknown as WotNotRequest<'send-message'>;
    const error = (await failureOf(wotnot.sendMessage(request))) as WotNotInputError;
    expect(`${error.stack}${JSON.stringify(error)}`).not.toContain('PIN');
  });
});

describe('a client is refused where it could not work', () => {
  const good = { baseUrl: 'https://api.wotnot.io', token, accountId: '1' };
  test.each([
    ['baseUrl', { baseUrl: '' }],
    ['baseUrl', { baseUrl: 'api.wotnot.io' }],
    ['baseUrl', { baseUrl: 'file:///etc' }],
    ['baseUrl', { baseUrl: 'https://a:b@api.wotnot.io' }],
    ['baseUrl', { baseUrl: 'https://api.wotnot.io/?a=1' }],
    ['token', { token: '' }],
    ['token', { token: 'pasted with a line end\n' }],
    ['token', { token: undefined as unknown as string }],
    ['accountId', { accountId: '' }],
    ['accountId', { accountId: '..' }],
    ['deadlineSeconds', { deadlineSeconds: 0 }],
    ['deadlineSeconds', { deadlineSeconds: Number.NaN }],
    ['maxAnswerBytes', { maxAnswerBytes: -1 }],
    ['retries', { retries: 99 }],
    ['rate.perSecond', { rate: { perSecond: 0 } }],
    ['paths.send-message', { paths: { 'send-message': 'https://evil.example/' } }],
    ['paths.send-message', { paths: { 'send-message': '//evil.example/<conversation_id>' } }],
    ['paths.send-message', { paths: { 'send-message': '/v1/../<conversation_id>' } }],
    ['paths.send-message', { paths: { 'send-message': '/v1/messages' } }],
    ['paths.send-message', { paths: { 'send-message': '/v1/<conversation_id>/<bot_id>' } }],
    ['paths.send-mesage', { paths: { 'send-mesage': '/v1' } }],
  ] as [string, Partial<WotNotClientOptions>][])('%s: %j', (field, wrong) => {
    expect(() => createWotNotClient({ ...good, ...wrong })).toThrow(
      expect.objectContaining({ name: 'WotNotInputError', code: 'invalid_request', field }),
    );
  });

  test('and its message does not repeat the token', () => {
    expect(() => createWotNotClient({ ...good, token: 'se cret' })).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('cret') }),
    );
  });

  test('the token is not to be found on it', () => {
    const shown = JSON.stringify(wotnot) + Object.values(wotnot).join();
    expect(shown).not.toContain(token);
  });
});

describe('small conveniences of a request', () => {
  test('ids that the page prints bare travel as numbers, quoted ones as text', async () => {
    await wotnot.deleteDataSources({ knowledge_base_id: 29, data_sources: ['1335', 1336, 'k7'] });
    await wotnot.updateUserRole({ user_id: 7, role_id: 262185 });
    expect(farSide.received.map((request) => request.body.toString())).toEqual([
      '{"data_sources":[1335,1336,"k7"]}',
      '{"role_id":"262185"}',
    ]);
  });

  test('the notification flag travels as the word that the page prints', async () => {
    farSide.answerWith(answerJson(200, { ok: true, status: 'invited' }));
    await wotnot.inviteUser({ user: { email: 'ada@example.com', role_id: 1 }, notify_user: true });
    expect(JSON.parse(farSide.received[0]?.body.toString() ?? '')).toMatchObject({ notify_user: 'true' });
  });

  test('what the name of an operation says need not be said again', async () => {
    farSide.answerWith(answerJson(200, { ok: true, message_id: 'm1', domain_id: 8 }));
    await wotnot.closeConversation({ conversation_id: 'c', user: by });
    await wotnot.assignTeam({ conversation_id: 'c', team: { ...by, to: 'Sales' } });
    await wotnot.addDomain({ knowledge_base_id: 1, url: 'https://example.com' });
    await wotnot.sendVisitorMessage({
      conversation_id: 'c',
      message: { type: 'text', data: { body: 'Hello' } },
    });
    expect(farSide.received.map((request) => request.body.toString())).toEqual([
      '{"event":"status","status":"CLOSE","user":{"by":"ada@example.com"}}',
      '{"event":"assignee","team":{"by":"ada@example.com","to":"Sales"}}',
      '{"type":"domain","url":"https://example.com"}',
      '{"message":{"data":{"body":"Hello"},"type":"text"},"user":{"type":"VISITOR"}}',
    ]);
  });

  test('emoji, quotes and line ends arrive as they were', async () => {
    farSide.answerWith(answerJson(200, { ok: true, message_id: 'm1' }));
    const body = '👩‍👩‍👧 „quoted" \\ \n\t‏ end';
    await wotnot.sendMessage({ conversation_id: 'c', message: { type: 'text', data: { body } }, user: by });
    expect(JSON.parse(farSide.received[0]?.body.toString() ?? '')).toMatchObject({
      message: { data: { body } },
    });
  });
});

test('requests and answers are typed', () => {
  expectTypeOf<WotNotAnswer<'send-message'>>().toEqualTypeOf<{ ok: true; message_id: string }>();
  expectTypeOf(wotnot.sendMessage).returns.resolves.toEqualTypeOf<WotNotAnswer<'send-message'>>();
  expectTypeOf<WotNotRequest<'close-conversation'>>().toHaveProperty('conversation_id');
  expectTypeOf(wotnot.listBots).toBeCallableWith();
  expectTypeOf<WotNotRequest<'send-message'>>().not.toEqualTypeOf<
    Omit<WotNotRequest<'send-message'>, 'conversation_id'>
  >();
  // @ts-expect-error a request that needs fields cannot be left out
  expectTypeOf(wotnot.sendMessage).toBeCallableWith();
});
