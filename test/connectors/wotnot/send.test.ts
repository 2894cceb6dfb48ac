import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createWotNotConnector } from '../../../src/connectors/wotnot/index.js';
import type { ChatOrder } from '../../../src/domain/order.js';
import { receiptEventKeys, webhookEventKeys } from '../../../src/wotnot/index.js';
import { type FarSide, startFarSide } from './far-side.js';

const connector = createWotNotConnector({ allowPrivate: true });
let side: FarSide;

beforeAll(async () => {
  side = await startFarSide();
});
beforeEach(() => {
  side.received.length = 0;
  side.answers = [];
});
afterAll(async () => {
  connector.stop();
  await side.stop();
});

const ada = 'ada@x.com';
const acting = 'bridge@x.com';
const ok = { status: 200, body: { ok: true } };
const sent = { status: 200, body: { ok: true, message_id: 'm-1' } };
const secretWords = 'my card number is 4111';

function failure(code: string, status = 400, headers: Record<string, string> = {}) {
  return {
    status,
    headers,
    body: { ok: false, error: code, code, message: `echo of ${secretWords}`, status },
  };
}

function account(settings: object = { actingAgentEmail: acting }) {
  return {
    settings: { baseUrl: side.url, accountId: '476', ...settings },
    credentials: { token: 'account-token-1' },
  };
}

/** Also holds every order to it that each call that was received was told to be leaving, and no other. */
async function order(given: ChatOrder, options: { heldByBot?: boolean; settings?: object } = {}) {
  const target = { externalConversationId: 'cnv 1', heldByBot: options.heldByBot ?? false };
  let left = 0;
  const context = {
    idempotencyKey: 'k',
    signal: new AbortController().signal,
    leaving: () => {
      left += 1;
      return true;
    },
  };
  const before = side.received.length;
  const outcome = await connector.send(given, target, account(options.settings), context);
  expect(left).toBe(side.received.length - before);
  return outcome;
}

const text: ChatOrder = {
  kind: 'send-message',
  agentEmail: ada,
  content: { type: 'text', text: secretWords },
};
const paths = () => side.received.map(({ path }) => path.replace('/api/v1/conversation/cnv%201/', ''));

describe('what is sent', () => {
  it('a text, in the agent’s name, and the id that WotNot gave it', async () => {
    side.answers = [sent];
    expect(await order(text)).toEqual({ outcome: 'delivered', externalId: 'm-1' });
    expect(side.received).toEqual([
      {
        method: 'POST',
        path: '/api/v1/conversation/cnv%201/messages',
        body: { message: { type: 'text', data: { body: secretWords } }, user: { by: ada } },
      },
    ]);
  });

  it('files and voice by their address, in megabytes', async () => {
    side.answers = [sent];
    const file = {
      url: 'https://b.io/f',
      name: 'a.pdf',
      contentType: 'application/pdf',
      sizeBytes: 2_100_000,
    };
    await order({ kind: 'send-message', agentEmail: ada, content: { type: 'file', file } });
    await order({
      kind: 'send-message',
      agentEmail: ada,
      content: { type: 'voice', file: { ...file, sizeBytes: 10 } },
    });
    expect(side.received.map(({ body }) => body['message'])).toEqual([
      { type: 'file', file: { path: 'https://b.io/f', name: 'a.pdf', type: 'application/pdf', size: 3 } },
      { type: 'voice', file: { path: 'https://b.io/f', name: 'a.pdf', type: 'application/pdf', size: 1 } },
    ]);
  });

  it('a caption after its file, and never the file twice', async () => {
    const file = { url: 'https://b.io/f', name: 'a.pdf', contentType: 'application/pdf', sizeBytes: 1 };
    const withCaption: ChatOrder = {
      kind: 'send-message',
      agentEmail: ada,
      content: { type: 'file', file, caption: 'see' },
    };
    side.answers = [sent, { status: 200, body: { ok: true, message_id: 'm-2' } }];
    expect(await order(withCaption)).toEqual({ outcome: 'delivered', externalId: 'm-1' });
    side.answers = [sent, failure('MESSAGE_NOT_SENT')];
    expect(await order(withCaption)).toMatchObject({ outcome: 'refused', code: 'caption_not_sent' });
    expect(side.received).toHaveLength(4);
  });

  it('a file that WotNot does not take as a link, told as one; the first refusal where the link is refused too', async () => {
    const file = { url: 'https://b.io/f', name: 'a.exe', contentType: 'application/exe', sizeBytes: 1 };
    const withFile: ChatOrder = { kind: 'send-message', agentEmail: ada, content: { type: 'file', file } };
    side.answers = [failure('INVALID_DATA', 422), sent];
    expect(await order(withFile)).toMatchObject({
      outcome: 'delivered',
      externalId: 'm-1',
      linked: { code: 'INVALID_DATA', message: expect.stringMatching(/did not accept/u) },
    });
    expect(side.received.map(({ body }) => (body['message'] as { type: string }).type)).toEqual([
      'file',
      'text',
    ]);
    expect(side.received[1]?.body['message']).toEqual({
      type: 'text',
      data: { body: 'a.exe: https://b.io/f' },
    });
    side.answers = [failure('INVALID_DATA', 422), failure('CONVERSATION_CLOSED', 409)];
    expect(await order(withFile)).toMatchObject({ outcome: 'refused', code: 'INVALID_DATA' });
    // What is about something else is no reason for a link.
    side.answers = [failure('CONVERSATION_CLOSED', 409)];
    expect(await order(withFile)).toMatchObject({ outcome: 'refused', code: 'CONVERSATION_CLOSED' });
    expect(side.received).toHaveLength(5);
  });

  it('a template with its parameters', async () => {
    side.answers = [sent];
    const template = { name: 'welcome', parameters: { body: ['Ada'] }, variables: { name: 'Ada' } };
    await order({ kind: 'send-message', agentEmail: ada, content: { type: 'template', template } });
    const data = { template: 'welcome', parameters: { body: ['Ada'] }, variables: { name: 'Ada' } };
    expect(side.received[0]?.body['message']).toEqual({ type: 'template', data });
  });

  it('a file without an address is refused before the network', async () => {
    const file = { fileId: 'fil_1', name: 'a', contentType: 'a/b', sizeBytes: 1 };
    const refused = await order({ kind: 'send-message', agentEmail: ada, content: { type: 'file', file } });
    expect(refused).toMatchObject({ outcome: 'refused', code: 'file_without_url' });
    expect(side.received).toEqual([]);
  });

  it('variables of conversation and contact', async () => {
    side.answers = [ok];
    const variables = [{ name: 'city', value: 'Oslo', on: 'contact' as const }];
    expect(await order({ kind: 'set-variables', variables })).toEqual({ outcome: 'delivered' });
    expect(side.received[0]).toMatchObject({
      path: '/v1/accounts/476/conversations/cnv%201/variables',
      body: { variables: [{ name: 'city', value: 'Oslo', type: 'contact' }] },
    });
  });
});

describe('assigning and closing', () => {
  it('assigns to an agent, to a team, and to oneself in the acting agent’s name', async () => {
    side.answers = [ok];
    await order({ kind: 'assign', by: ada, to: { agent: 'bob@x.com' } });
    await order({ kind: 'assign', by: ada, to: { team: 'Sales' } });
    await order({ kind: 'assign', by: ada, to: { agent: ada } });
    expect(side.received.map(({ body }) => body)).toEqual([
      { event: 'assignee', user: { by: ada, to: 'bob@x.com' } },
      { event: 'assignee', team: { by: ada, to: 'Sales' } },
      { event: 'assignee', user: { by: acting, to: ada } },
    ]);
  });

  it('takes "it is there already" for done, and says what to do when nobody else can act', async () => {
    side.answers = [failure('ASSIGNEE_CHANGE_EXCEPTION')];
    expect(await order({ kind: 'assign', by: ada, to: { agent: 'bob@x.com' } })).toEqual({
      outcome: 'delivered',
    });
    const alone = await order({ kind: 'assign', by: ada, to: { agent: ada } }, { settings: {} });
    expect(alone).toMatchObject({ outcome: 'refused', message: expect.stringContaining('actingAgentEmail') });
  });

  it('closes, and takes a closed conversation for closed', async () => {
    side.answers = [ok];
    expect(await order({ kind: 'close', by: ada })).toEqual({ outcome: 'delivered' });
    expect(side.received[0]?.body).toEqual({ event: 'status', status: 'CLOSE', user: { by: ada } });
    side.answers = [failure('CONVERSATION_CLOSED')];
    expect(await order({ kind: 'close', by: ada })).toEqual({ outcome: 'delivered' });
  });
});

describe('a conversation in the bot’s hands', () => {
  it('is put into the agent’s hands first when that is known', async () => {
    side.answers = [ok, sent];
    expect(await order(text, { heldByBot: true })).toEqual({
      outcome: 'delivered',
      externalId: 'm-1',
      mended: true,
    });
    expect(paths()).toEqual(['events', 'messages']);
  });

  it('is put there when WotNot says so, and the words go again', async () => {
    side.answers = [failure('CONVERSATION_ASSIGNED_TO_BOT'), ok, sent];
    expect(await order(text)).toEqual({ outcome: 'delivered', externalId: 'm-1', mended: true });
    expect(paths()).toEqual(['messages', 'events', 'messages']);
  });

  it('is spoken to all the same when it is with the agent already', async () => {
    side.answers = [failure('ASSIGNEE_CHANGE_EXCEPTION'), sent];
    expect(await order(text, { heldByBot: true })).toMatchObject({ outcome: 'delivered' });
  });

  it('is told of when nobody may take it over, and nothing is repeated endlessly', async () => {
    side.answers = [
      failure('CONVERSATION_ASSIGNED_TO_BOT'),
      failure('ASSIGNEE_CHANGE_EXCEPTION'),
      failure('CONVERSATION_ASSIGNED_TO_BOT'),
    ];
    const refused = await order(text, { settings: {} });
    expect(refused).toMatchObject({
      outcome: 'refused',
      code: 'CONVERSATION_ASSIGNED_TO_BOT',
      message: expect.stringContaining('actingAgentEmail'),
    });
    expect(side.received).toHaveLength(3);
  });

  it('waits when handing over has to wait', async () => {
    side.answers = [failure('unknown', 503)];
    expect(await order(text, { heldByBot: true })).toMatchObject({ outcome: 'retry' });
    expect(paths()).toEqual(['events']);
  });
});

describe('failures', () => {
  it.each([
    ['INVALID_DATA', 400, 'refused'],
    ['CONVERSATION_CLOSED', 400, 'refused'],
    ['CONTACT_IS_BLOCKED', 400, 'refused'],
    ['MESSAGE_NOT_SENT', 400, 'refused'],
    ['CONVERSATION_NOT_FOUND', 404, 'refused'],
    ['JWT_SIGNATURE_EXCEPTION', 401, 'credential'],
    ['UNAUTHORIZED', 401, 'credential'],
    ['SOMETHING_NEW', 400, 'refused'],
    ['SOMETHING_NEW', 500, 'uncertain'],
    ['SOMETHING_NEW', 503, 'retry'],
  ])('%s with %i is %s, in our words and never in theirs', async (code, status, outcome) => {
    side.answers = [failure(code, status)];
    const found = await order(text);
    expect(found).toMatchObject({ outcome, httpStatus: status });
    const said = JSON.stringify(found);
    expect(said).not.toContain('4111');
    expect(said).not.toContain('account-token-1');
  });

  it('a plan’s limit comes with what to do', async () => {
    side.answers = [failure('MESSAGE_NOT_SENT')];
    expect(await order(text)).toMatchObject({ message: expect.stringContaining('Check the plan') });
  });

  it('a 429 says when to come back', async () => {
    side.answers = [failure('X', 429, { 'retry-after': '7' })];
    expect(await order(text)).toMatchObject({ outcome: 'retry', retryAfterSeconds: 7 });
  });

  it('nobody there is worth a retry; a lost answer is uncertain', async () => {
    expect(await order(text, { settings: { baseUrl: 'http://127.0.0.1:9' } })).toMatchObject({
      outcome: 'retry',
      code: 'connection_failed',
    });
    side.answers = [{ status: 200, body: { hello: true } }];
    expect(await order(text)).toMatchObject({ outcome: 'uncertain' });
    expect(await order({ kind: 'close', by: ada })).toMatchObject({ outcome: 'retry' });
  });

  it('never throws, whatever the account and the order', async () => {
    expect(await order(text, { settings: { accountId: '' } })).toMatchObject({
      outcome: 'credential',
      code: 'connection_misconfigured',
    });
    expect(await order({ kind: 'close', by: 'nobody' })).toMatchObject({
      outcome: 'refused',
      code: 'invalid_request',
    });
  });
});

describe('registering and checking', () => {
  const register = (settings: object = {}) =>
    connector.register(account(settings), 'https://b.io/webhooks/k', 'a-webhook-token-of-24-chars');
  /** Of each request, what it asks for beyond the eight that WotNot documents. */
  const receiptsAskedFor = () =>
    side.received.map(({ body }) => {
      const events = body['subscribed_events'] as { key: string; is_subscribed: boolean }[];
      expect(events.every(({ is_subscribed: isSubscribed }) => isSubscribed)).toBe(true);
      expect(events.slice(0, 8).map(({ key }) => key)).toEqual([...webhookEventKeys]);
      return events.slice(8).map(({ key }) => key);
    });

  it('asks for all eight kinds of event, and for receipts under every name that they may have', async () => {
    side.answers = [ok];
    expect(await register()).toEqual({
      outcome: 'delivered',
      settings: { receiptEvents: [...receiptEventKeys] },
    });
    const body = side.received[0]?.body;
    expect(side.received[0]?.path).toBe('/v1/accounts/476/webhook');
    expect(body).toMatchObject({
      webhook_url: 'https://b.io/webhooks/k',
      is_enabled: true,
      token: 'a-webhook-token-of-24-chars',
    });
    expect(receiptsAskedFor()).toEqual([[...receiptEventKeys]]);
  });

  it.each([
    ['refuses', failure('INVALID_DATA')],
    ['stumbles over', { status: 500, body: {} }],
  ])('a WotNot that %s what it does not know gets the eight, then each name by itself', async (_how, no) => {
    side.answers = [no, ok, no, ok];
    expect(await register()).toEqual({
      outcome: 'delivered',
      settings: { receiptEvents: ['message-status'] },
    });
    expect(receiptsAskedFor()).toEqual([[...receiptEventKeys], [], ['message_status'], ['message-status']]);
  });

  it('says so when WotNot takes none of the names, and the eight stand', async () => {
    const no = failure('INVALID_DATA');
    side.answers = [no, ok, ...receiptEventKeys.map(() => no), ok];
    expect(await register()).toEqual({
      outcome: 'delivered',
      settings: { receiptEvents: [] },
      notice: expect.stringContaining('receipts'),
    });
    expect(receiptsAskedFor()).toEqual([
      [...receiptEventKeys],
      [],
      ...receiptEventKeys.map((name) => [name]),
      [],
    ]);
  });

  it.each([
    ['asks for fewer calls', { status: 429, body: {} }, 'throttled'],
    ['is down', { status: 503, body: {} }, 'unavailable'],
    ['refuses the token', failure('JWT_SIGNATURE_EXCEPTION', 401), 'JWT_SIGNATURE_EXCEPTION'],
  ])(
    'a WotNot that %s between two names has taken none of them, and is told again',
    async (_how, no, code) => {
      const refusal = failure('INVALID_DATA');
      side.answers = [refusal, ok, refusal, no, ok];
      expect(await register({ receiptEvents: ['message_status'] })).toMatchObject({ code });
      expect(receiptsAskedFor()).toEqual([['message_status'], [], ['message_status'], ['message-status']]);
    },
  );

  it('a WotNot that takes the eight no more has refused no name', async () => {
    const no = failure('WEBHOOK_NOT_VERIFIED');
    side.answers = [no, ok, no];
    expect(await register({ receiptEvents: ['message_status'] })).toMatchObject({ outcome: 'refused' });
  });

  it('a WotNot that stumbles over every name leaves those that it took before as they are', async () => {
    const no = { status: 500, body: {} };
    side.answers = [no, ok, ...receiptEventKeys.map(() => no), ok];
    expect(await register({ receiptEvents: ['message_status'] })).toEqual({
      outcome: 'delivered',
      notice: expect.stringContaining('receipts'),
    });
    expect(receiptsAskedFor().at(-1)).toEqual([]);
  });

  it('names that were taken before, or that an operator has named, are asked for again and no other', async () => {
    side.answers = [ok];
    expect(await register({ receiptEvents: ['ninth'] })).toMatchObject({
      settings: { receiptEvents: ['ninth'] },
    });
    expect(receiptsAskedFor()).toEqual([['ninth']]);
  });

  it.each([
    ['an address that does not prove itself', failure('WEBHOOK_NOT_VERIFIED'), 'refused', 2],
    ['a bad token', failure('JWT_SIGNATURE_EXCEPTION', 401), 'credential', 1],
    ['a WotNot that is down', { status: 503, body: {} }, 'retry', 1],
  ])('%s is no matter of names', async (_what, answer, outcome, calls) => {
    side.answers = [answer];
    expect(await register()).toMatchObject({ outcome });
    expect(side.received).toHaveLength(calls);
  });

  it('finds a bad token, a missing and an unknown acting agent', async () => {
    const user = {
      id: 1,
      email: 'Bridge@x.com',
      first_name: 'B',
      last_name: 'R',
      image_url: null,
      user_type_id: 1,
    };
    side.answers = [
      { status: 200, body: { ok: true, roles: [{ id: 1, role_name: 'Admin', users_in_role: [user] }] } },
    ];
    const whole = account({ actingAgentEmail: acting, receiptEvents: ['message_status'] });
    expect((await connector.check(whole)).every(({ ok: fine }) => fine)).toBe(true);
    expect(await connector.check(account({ receiptEvents: [] }))).toContainEqual(
      expect.objectContaining({ ok: true, hint: expect.stringContaining('message status') }),
    );
    // Registered by an older version, or by hand.
    expect(await connector.check(account())).toContainEqual(
      expect.objectContaining({ ok: false, hint: expect.stringContaining('Rotate the webhook token') }),
    );
    expect(await connector.check(account({}))).toContainEqual(
      expect.objectContaining({ ok: false, hint: expect.stringContaining('actingAgentEmail') }),
    );
    expect(await connector.check(account({ actingAgentEmail: 'x@x.com' }))).toContainEqual(
      expect.objectContaining({ ok: false, hint: expect.stringContaining('x@x.com') }),
    );
    side.answers = [failure('JWT_SIGNATURE_EXCEPTION', 401)];
    expect(await connector.check(account())).toContainEqual(
      expect.objectContaining({ ok: false, hint: expect.stringContaining('token') }),
    );
  });

  it('B52: refuses a private or plain address by its field, at saving and at every call', async () => {
    const strict = createWotNotConnector({ allowPrivate: false });
    for (const baseUrl of [
      'http://api.x.io',
      'https://127.0.0.1',
      'https://169.254.169.254',
      'https://[::1]',
      'https://localhost',
      side.url,
    ]) {
      expect(() => strict.parseSettings({ accountId: '1', baseUrl }), baseUrl).toThrow(/baseUrl/);
    }
    const target = { externalConversationId: 'c', heldByBot: false };
    const context = { idempotencyKey: 'k', signal: new AbortController().signal, leaving: () => true };
    expect(await strict.send(text, target, account(), context)).toMatchObject({
      code: 'connection_misconfigured',
    });
    strict.stop();
    expect(side.received).toEqual([]);
  });

  it('S-OUT-4: judges the address of a name when it connects', async () => {
    const resolve = async () => [{ address: '127.0.0.1', family: 4 }];
    const strict = createWotNotConnector({ allowPrivate: false, resolve });
    const settings = strict.parseSettings({ accountId: '1', baseUrl: 'https://wotnot.x.io' });
    const outcome = await strict.register(
      { settings, credentials: { token: 't' } },
      'https://b.io/w',
      'a-webhook-token-of-24-chars',
    );
    expect(outcome).toMatchObject({ outcome: 'retry', code: 'connection_failed' });
    strict.stop();
  });

  describe('F50: a name that leads nowhere just now is no doubt: nothing has left, and it is tried again', () => {
    const failing = (code: string) => async () => {
      throw Object.assign(new Error(`queryA ${code}`), { code });
    };
    it.each([
      ['no such name', failing('ENOTFOUND')],
      ['the name server fails', failing('EAI_AGAIN')],
      ['the name has no address', async () => []],
      ['the name server is silent', () => new Promise<never>(() => undefined)],
    ])('%s', async (_name, resolve) => {
      const unnamed = createWotNotConnector({ allowPrivate: true, resolve });
      let left = 0;
      const context = {
        idempotencyKey: 'k',
        signal: AbortSignal.timeout(300),
        leaving: () => {
          left += 1;
          return true;
        },
      };
      const settings = { baseUrl: 'http://wotnot.x.io:8', accountId: '476' };
      const target = { externalConversationId: 'cnv 1', heldByBot: false };
      const outcome = await unnamed.send(text, target, { ...account(), settings }, context);
      unnamed.stop();
      expect(outcome.outcome).toBe('retry');
      expect(left).toBe(0);
    });

    it('a name with an IPv6 address alone is reached', async ({ skip }) => {
      const six = http.createServer((_request, response) =>
        response.setHeader('content-type', 'application/json').end('{"ok":true,"message_id":"m-6"}'),
      );
      const listens = await new Promise<boolean>((resolve) => {
        six.once('error', () => resolve(false));
        six.listen(0, '::1', () => resolve(true));
      });
      skip(!listens, 'this machine has no IPv6');
      const { port } = six.address() as AddressInfo;
      const resolve = async () => [{ address: '::1', family: 6 }];
      const named = createWotNotConnector({ allowPrivate: true, resolve });
      const settings = { baseUrl: `http://wotnot.x.io:${port}`, accountId: '476' };
      const target = { externalConversationId: 'cnv 1', heldByBot: false };
      const context = { idempotencyKey: 'k', signal: AbortSignal.timeout(5_000), leaving: () => true };
      const outcome = await named.send(text, target, { ...account(), settings }, context);
      named.stop();
      six.closeAllConnections();
      six.close();
      expect(outcome).toEqual({ outcome: 'delivered', externalId: 'm-6' });
    });
  });

  it('B52: refuses settings with the field’s name', () => {
    expect(() => connector.parseSettings({ accountId: '1', surplus: 1 })).toThrow(/surplus/);
    expect(() => connector.parseSettings({})).toThrow(/accountId/);
    expect(() => connector.parseSettings({ accountId: 1, baseUrl: 'ftp://x' })).toThrow(/baseUrl/);
    for (const token of [undefined, '', ' ', 5])
      expect(() => connector.parseCredentials({ token })).toThrow(/token/);
    expect(connector.parseSettings({ accountId: 476 })).toEqual({
      accountId: '476',
      baseUrl: 'https://api.wotnot.io',
    });
  });
});
