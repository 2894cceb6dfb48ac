import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWotNotClient, type WotNotClient, WotNotError } from '../../src/wotnot/index.js';
import { type Answer, answerJson, answerText, type FarSide, failureOf, startFarSide } from './far-side.js';

const token = 'errors-token-0123456789';
let farSide: FarSide;
let wotnot: WotNotClient;

beforeAll(async () => {
  farSide = await startFarSide();
  wotnot = createWotNotClient({ baseUrl: farSide.url, token, accountId: 13361 });
});
afterAll(async () => {
  wotnot.stop();
  await farSide.stop();
});

const reply = {
  conversation_id: 'c1',
  message: { type: 'text', data: { body: 'Hi' } },
  user: { by: 'ada@example.com' },
} as const;

async function failSending(answer: Answer): Promise<WotNotError> {
  farSide.answerWith(answer);
  const error = await failureOf(wotnot.sendMessage(reply));
  expect(error).toBeInstanceOf(WotNotError);
  return error as WotNotError;
}

async function failClosing(answer: Answer): Promise<WotNotError> {
  farSide.answerWith(answer);
  return (await failureOf(
    wotnot.closeConversation({ conversation_id: 'c1', user: { by: 'ada@example.com' } }),
  )) as WotNotError;
}

describe('what speaks: the code, then the status in the body, then the HTTP status', () => {
  test.each([
    [
      'the code beats both statuses',
      500,
      { ok: false, code: 'CONVERSATION_CLOSED', status: 503 },
      'CONVERSATION_CLOSED',
      'permanent',
    ],
    [
      '`error` counts where `code` is missing',
      500,
      { ok: false, error: 'JWT_SIGNATURE_EXCEPTION' },
      'JWT_SIGNATURE_EXCEPTION',
      'credential',
    ],
    [
      '`error` counts where `code` is strange',
      400,
      { ok: false, code: 'X', error: 'CONVERSATION_ASSIGNED_TO_BOT' },
      'CONVERSATION_ASSIGNED_TO_BOT',
      'mendable',
    ],
    [
      '`code` beats `error`',
      400,
      { ok: false, error: 'UNAUTHORIZED', code: 'CONVERSATION_CLOSED' },
      'CONVERSATION_CLOSED',
      'permanent',
    ],
    [
      'ok:false with 200 is a failure',
      200,
      { ok: false, code: 'MESSAGE_NOT_SENT' },
      'MESSAGE_NOT_SENT',
      'permanent',
    ],
    ['ok:false with 200 and no code is a refusal', 200, { ok: false, message: 'no' }, 'refused', 'permanent'],
    [
      'ok:false with a message id is still a failure',
      200,
      { ok: false, message_id: 'm1' },
      'refused',
      'permanent',
    ],
    [
      'the status in the body beats HTTP 400',
      400,
      { ok: false, error: 'NEW', status: 401 },
      'undocumented',
      'credential',
    ],
    ['the status in the body beats HTTP 500', 500, { ok: false, status: 400 }, 'refused', 'permanent'],
    ['the status in the body may be text', 400, { ok: false, status: '429' }, 'throttled', 'retry'],
    ['a status that is none says nothing', 400, { ok: false, status: 'ERROR' }, 'refused', 'permanent'],
    ['a 200 inside a 500 says nothing', 500, { ok: false, status: 200 }, 'server_error', 'uncertain'],
    [
      'a code of the wrong type says nothing',
      422,
      { ok: false, code: 17, error: { a: 1 } },
      'refused',
      'permanent',
    ],
    [
      'a name that objects inherit is no code',
      400,
      { ok: false, code: 'constructor' },
      'undocumented',
      'permanent',
    ],
    [
      'CONVERSATION_CREATION_EXCEPTION passes by itself',
      400,
      { ok: false, code: 'CONVERSATION_CREATION_EXCEPTION' },
      'CONVERSATION_CREATION_EXCEPTION',
      'retry',
    ],
  ])('%s', async (_, status, body, code, whatToDo) => {
    const error = await failSending(answerJson(status, body));
    expect([error.code, error.whatToDo, error.httpStatus]).toEqual([code, whatToDo, status]);
  });

  test('an undocumented code is kept as it was reported', async () => {
    const error = await failSending(answerJson(400, { ok: false, code: 'SOMETHING_NEW', message: 'Hm.' }));
    expect(error).toMatchObject({
      code: 'undocumented',
      reportedCode: 'SOMETHING_NEW',
      whatToDo: 'permanent',
    });
    expect(error.message).toBe('send-message: undocumented (SOMETHING_NEW, HTTP 400): Hm.');
  });
});

describe('a bare status', () => {
  test.each([
    [400, 'refused', 'permanent', 'permanent'],
    [401, 'not_authorised', 'credential', 'credential'],
    [403, 'not_authorised', 'credential', 'credential'],
    [404, 'refused', 'permanent', 'permanent'],
    [408, 'refused', 'retry', 'retry'],
    [409, 'refused', 'permanent', 'permanent'],
    [410, 'refused', 'permanent', 'permanent'],
    [422, 'refused', 'permanent', 'permanent'],
    [429, 'throttled', 'retry', 'retry'],
    [500, 'server_error', 'uncertain', 'retry'],
    [502, 'server_error', 'uncertain', 'retry'],
    [503, 'unavailable', 'retry', 'retry'],
    [504, 'server_error', 'uncertain', 'retry'],
    [301, 'redirected', 'retry', 'retry'],
    [302, 'redirected', 'retry', 'retry'],
    [303, 'redirected', 'uncertain', 'retry'],
    [307, 'redirected', 'retry', 'retry'],
  ])('%i is %s: %s for a message, %s for a close', async (status, code, forMessage, forClose) => {
    const page = answerText(status, '<h1>Oh</h1>', {
      'content-type': 'text/html',
      location: 'http://127.0.0.1:1/',
    });
    const sending = await failSending(page);
    expect([sending.code, sending.whatToDo]).toEqual([code, forMessage]);
    const closing = await failClosing(page);
    expect([closing.code, closing.whatToDo]).toEqual([code, forClose]);
  });
});

describe('B51: Retry-After', () => {
  const inAnHour = new Date(Date.now() + 3_600_000).toUTCString();
  test.each([
    ['7', 7],
    ['0', 1],
    ['999999999999', 86_400],
    ['9'.repeat(400), 86_400],
    ['1e12', null],
    ['-5', null],
    ['1.5', null],
    ['soon', null],
    ['', null],
    ['Tue, 01 Jan 2019 00:00:00 GMT', 1],
    ['Tue, 99 Xyz 2019 00:00:00 GMT', null],
    ['Fri, 31 Dec 9999 23:59:59 GMT', 86_400],
    ['2030-01-01', null],
  ])('%j gives %j', async (header, seconds) => {
    for (const status of [429, 503]) {
      const error = await failSending(answerJson(status, {}, { 'retry-after': header }));
      expect([error.whatToDo, error.retryAfterSeconds]).toEqual(['retry', seconds]);
    }
  });

  test('an HTTP date is the time until then', async () => {
    const error = await failSending(answerJson(429, {}, { 'retry-after': inAnHour }));
    expect(error.retryAfterSeconds).toBeGreaterThan(3_590);
    expect(error.retryAfterSeconds).toBeLessThanOrEqual(3_601);
  });
});

describe('B51: messages', () => {
  test.each([
    ['a sentence', 'No.', [{ message: 'No.' }]],
    [
      'a list',
      [{ message: 'a', path: ['urls', 0] }, { message: 'b' }],
      [{ message: 'a', path: ['urls', 0] }, { message: 'b' }],
    ],
    [
      'fields',
      { variables: ['short', 'odd'] },
      [
        { message: 'short', path: ['variables'] },
        { message: 'odd', path: ['variables'] },
      ],
    ],
    ['fields in fields', { user: { email: ['bad'] } }, [{ message: 'bad', path: ['user', 'email'] }]],
    ['a list of sentences', ['a', 'b'], [{ message: 'a' }, { message: 'b' }]],
    ['nothing', null, []],
    ['a number', 7, []],
  ])('%s', async (_, message, messages) => {
    const error = await failSending(answerJson(400, { ok: false, error: 'BAD_REQUEST', message }));
    expect(error.messages).toEqual(messages);
  });

  test('a flood is cut', async () => {
    const body = { message: Array(300).fill('x'.repeat(3000)) };
    const error = await failSending(answerJson(400, body));
    expect(error.messages).toHaveLength(50);
    expect(error.messages.every((one) => one.message.length === 1000)).toBe(true);
  });

  test.each([
    ['lists', `${'['.repeat(100_000)}"x"${']'.repeat(100_000)}`],
    ['fields', `${'{"a":'.repeat(100_000)}"x"${'}'.repeat(100_000)}`],
  ])('%s nested a hundred thousand deep are no message', async (_, message) => {
    const error = await failSending(
      answerText(400, `{"ok":false,"error":"BAD_REQUEST","message":${message}}`),
    );
    expect([error.code, error.messages]).toEqual(['BAD_REQUEST', []]);
  });
});

describe('B51: what a failure may show', () => {
  test('a 5 MB page of HTML ends as a short, redacted excerpt', async () => {
    const page = `<p>${token} ada@example.com +49 170 1234567 Bearer abc.def</p>${'x'.repeat(5_000_000)}`;
    const error = await failSending(answerText(400, page, { 'content-type': 'text/html' }));
    expect([error.code, error.whatToDo]).toEqual(['refused', 'permanent']);
    expect(error.excerpt?.length).toBe(4096);
    expect(error.excerpt).toMatch(/^<p>\[redacted\] \[redacted\] \[redacted\] Bearer \[redacted\]<\/p>x/);
  });

  test('a token that lies across the cut leaves no half', async () => {
    const error = await failSending(answerText(400, `${'x'.repeat(4090)}${token}`));
    expect(error.excerpt).not.toContain(token.slice(0, 5));
  });

  test("the token and a contact's data appear nowhere in an error", async () => {
    const said = `"contacts[0].phone" with value "Ada's words" is wrong: ${token}, ada@example.com, 0170 1234567`;
    for (const body of [
      { ok: false, error: 'BAD_REQUEST', message: said },
      { ok: false, error: token, message: { [said]: [said] } },
      { ok: false, code: `Bearer ${token}` },
    ]) {
      const error = await failSending(answerJson(400, body));
      const shown = [error.message, error.stack, JSON.stringify(error)];
      for (const text of shown) {
        expect(text).not.toContain(token);
        expect(text).not.toContain('ada@example.com');
        expect(text).not.toContain('1234567');
        expect(text).not.toContain("Ada's words");
      }
      expect(error.cause).toBeUndefined();
    }
  });

  test("an error's own properties hold no excerpt, and the request is not in it", async () => {
    const error = await failSending(answerText(400, 'their page'));
    expect(error.excerpt).toBe('their page');
    expect(JSON.stringify(error)).not.toContain('their page');
    expect(`${error.stack}${JSON.stringify(error)}`).not.toContain('Hi');
  });
});

describe('B51: a success is only what the operation answers', () => {
  test.each([
    ['empty', answerText(200, '')],
    ['204', answerText(204, '')],
    ['HTML', answerText(200, '<html>Sign in</html>', { 'content-type': 'text/html' })],
    ['cut JSON', answerText(200, '{"ok":true,"message_id":"m')],
    ['two documents', answerText(200, '{"ok":true,"message_id":"m"}{}')],
    ['null', answerJson(200, null)],
    ['a list', answerJson(200, [])],
    ['no message id', answerJson(200, { ok: true })],
    ['an empty message id', answerJson(200, { ok: true, message_id: '' })],
    ['an id that is an object', answerJson(200, { ok: true, message_id: {} })],
    ['ok as a word', answerJson(200, { ok: 'true', message_id: 'm' })],
    ['without ok', answerJson(200, { message_id: 'm' })],
    ['not UTF-8', (_, response) => response.end(Buffer.from('{"ok":true,"message_id":"\xff"}', 'latin1'))],
    ['deep nesting', answerText(200, '['.repeat(100_000))],
  ] as [string, Answer][])('%s is unreadable, so a message is uncertain', async (_, answer) => {
    const error = await failSending(answer);
    expect([error.code, error.whatToDo]).toEqual(['answer_unreadable', 'uncertain']);
  });

  test('a close whose answer is unreadable may be done again', async () => {
    const error = await failClosing(answerText(200, ''));
    expect([error.code, error.whatToDo]).toEqual(['answer_unreadable', 'retry']);
  });

  test('fields that nobody documented are tolerated, and ids of either type become text', async () => {
    farSide.answerWith(answerJson(201, { ok: true, message_id: 42, extra: { deep: [1] }, __proto__x: 1 }));
    await expect(wotnot.sendMessage(reply)).resolves.toEqual({ ok: true, message_id: '42' });
  });

  test('a long id keeps all its digits', async () => {
    const text =
      '{"ok":true,"note":"\\"1234567890123456789\\"","share":0.12345678901234567,"message_id":12345678901234567890}';
    farSide.answerWith(answerText(200, text));
    await expect(wotnot.sendMessage(reply)).resolves.toEqual({
      ok: true,
      message_id: '12345678901234567890',
    });
  });

  test('an upload whose lists are not lists of sources is unreadable', async () => {
    farSide.answerWith(answerJson(200, { ok: true, knowledge_base_id: 1, q1: [{ nonsense: true }] }));
    const error = await failureOf(wotnot.uploadSources({ knowledge_base_id: 1, sources: { a: 'text' } }));
    expect(error).toMatchObject({
      code: 'answer_unreadable',
      whatToDo: 'uncertain',
      messages: [{ path: ['q1'] }],
    });
  });
});
