import { describe, expect, it } from 'vitest';
import { as, serve, type Served, errorOf, firstWrong } from './serve.js';

const path = '/v1/conversations/cnv_1/messages';
const good = '{"type":"text","text":"Hello"}';
const post = (served: Served, body: string | Buffer, headers: Record<string, string> = {}) => {
  const asking = served.ask
    .post(path)
    .set({ ...as('agent-token'), 'Content-Type': 'application/json', ...headers });
  asking.write(body);
  return asking;
};
const replies = ({ calls }: Served) => calls.filter(([verb]) => verb === 'reply');

async function refused(
  body: string | Buffer,
  headers: Record<string, string> = {},
): Promise<[number, string]> {
  const served = await serve();
  const answer = await post(served, body, headers);
  expect(replies(served)).toEqual([]);
  return [answer.status, errorOf(answer).code];
}

describe('a body that cannot be read', () => {
  it.each(['', ' ', 'null', '[]', '"x"', '1'])('%j is no object (B04)', async (body) => {
    expect(await refused(body)).toEqual([400, 'body_not_an_object']);
  });

  it.each(['{"a":1', '{"a":1,}', '{"a":NaN}', '{"a":1}//x', '{"a":1}{"b":2}', '{a:1}'])(
    '%j is no JSON (B05)',
    async (body) => {
      expect(await refused(body)).toEqual([400, 'invalid_json']);
    },
  );

  it('a byte order mark is no mistake (B05)', async () => {
    expect((await post(await serve(), `\ufeff${good}`)).status).toBe(202);
  });

  it('what is not UTF-8 is refused, never mended (B06)', async () => {
    expect(await refused(Buffer.from('{"type":"text","text":"\xff"}', 'latin1'))).toEqual([
      400,
      'invalid_utf8',
    ]);
    expect(await refused(Buffer.from(good, 'utf16le'))).toEqual([400, 'invalid_json']);
    for (const charset of ['utf-7', 'latin1', 'utf-16']) {
      const type = { 'Content-Type': `application/json; charset=${charset}` };
      expect(await refused(good, type)).toEqual([415, 'unsupported_charset']);
    }
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])(
    '%j is not JSON (B07)',
    async (type) => {
      expect(await refused(good, { 'Content-Type': type })).toEqual([415, 'unsupported_media_type']);
    },
  );

  it('64 kB are enough for a request (B08, B50, S-HTTP-2)', async () => {
    expect(await refused(`{"type":"text","text":"${'x'.repeat(64 * 1024)}"}`)).toEqual([
      413,
      'body_too_large',
    ]);
    const huge = `{"type":"text","text":"${'x'.repeat(2_000_000)}"}`;
    expect(await refused(huge, { 'Content-Length': String(huge.length) })).toEqual([413, 'body_too_large']);
    expect(await refused(good, { 'Content-Encoding': 'gzip' })).toEqual([415, 'unsupported_media_type']);
  });

  it('depth and breadth are bounded, and judged at once (B09)', async () => {
    const served = await serve();
    await post(served, good);
    const cases = {
      too_deep: [
        `{"a":${'['.repeat(30_000)}${']'.repeat(30_000)}}`,
        `${'{"a":'.repeat(33)}1${'}'.repeat(33)}`,
      ],
      too_complex: [
        `{${Array.from({ length: 1_001 }, (_none, index) => `"k${index}":1`).join()}}`,
        `{"a":[${'1,'.repeat(1_000)}1]}`,
      ],
    };
    for (const [code, bodies] of Object.entries(cases)) {
      for (const body of bodies) {
        const startedAt = performance.now();
        const answer = await post(served, body);
        expect([answer.status, errorOf(answer).code]).toEqual([400, code]);
        // 20 ms of work; the rest is a busy machine's.
        expect(performance.now() - startedAt).toBeLessThan(500);
      }
    }
    expect(replies(served)).toHaveLength(1);
  });

  it('keys of JavaScript are data like others (B10)', async () => {
    for (const key of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'then']) {
      expect(await refused(`{"type":"text","text":"x","${key}":{"polluted":1}}`)).toEqual([
        400,
        'unknown_field',
      ]);
    }
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('of equal keys the last one counts (B11)', async () => {
    const served = await serve();
    await post(served, '{"type":"text","text":"first","text":"last"}');
    expect(replies(served)[0]?.[3]).toMatchObject({ text: 'last' });
  });

  it('what no database can keep is refused by name, everything else arrives as it is (B12)', async () => {
    for (const text of ['a\\u0000b', '\\ud800', '\\udc00x']) {
      expect(await refused(`{"type":"text","text":"${text}"}`)).toEqual([400, 'invalid_request']);
    }
    const served = await serve();
    const text = '👩‍👩‍👧 \u202eabc\ufffe z\u0300\u0301';
    await post(served, JSON.stringify({ type: 'text', text }));
    expect(replies(served)[0]?.[3]).toMatchObject({ text });
  });
});

describe('addresses', () => {
  it.each([
    ['GET', '/v1/Conversations', 404, 'not_found'],
    ['GET', '/V1/conversations', 404, 'not_found'],
    ['GET', '//v1/conversations', 404, 'not_found'],
    ['GET', '/v1/conversations/', 404, 'not_found'],
    ['GET', '/v1/conversations;x', 404, 'not_found'],
    ['GET', '/nowhere', 404, 'not_found'],
    ['GET', '/.git/config', 404, 'not_found'],
    ['GET', '/v1/%zz', 400, 'bad_url'],
    ['GET', '/v1/conversations/%ff', 400, 'bad_url'],
    ['GET', '/v1/conversations/%00', 400, 'bad_url'],
    ['GET', '/v1/conversations?q=%e0%a4', 400, 'bad_url'],
    ['GET', `/${'x'.repeat(8_192)}`, 414, 'uri_too_long'],
    ['PROPFIND', '/v1/conversations', 405, 'method_not_allowed'],
    ['TRACE', '/nowhere', 405, 'method_not_allowed'],
  ])('%s %s → %i %s (B22)', async (method, url, status, code) => {
    const served = await serve();
    const { default: http } = await import('node:http');
    const answer = await new Promise<{ status: number | undefined; text: string; allow: string | undefined }>(
      (resolve, reject) => {
        const asking = http.request(
          { port: served.port, host: '127.0.0.1', method, path: url, headers: as('agent-token') },
          (response) => {
            let text = '';
            response.on('data', (piece: Buffer) => (text += piece.toString()));
            response.on('end', () =>
              resolve({ status: response.statusCode, text, allow: response.headers.allow }),
            );
          },
        );
        asking.on('error', reject);
        asking.end();
      },
    );
    expect([answer.status, (JSON.parse(answer.text) as { error: { code: string } }).error.code]).toEqual([
      status,
      code,
    ]);
    if (status === 405) expect(answer.allow).toBeTruthy();
  });

  it('dots that try to climb are an id like any other (B22)', async () => {
    const served = await serve();
    const answer = await served.ask.get('/v1/ticket-links/con_2/%2e%2e%2f%2e%2e').set(as('agent-token'));
    expect(answer.status).toBe(200);
    expect(served.calls.at(-1)).toEqual(['findTicketLink', expect.anything(), 'con_2', '../..']);
  });
});

describe('tokens', () => {
  it.each([
    'Bearer',
    'Bearer ',
    'Bearer  agent-token',
    'Bearer agent-token extra',
    'Basic agent-token',
    'agent-token',
    `Bearer ${'x'.repeat(10_000)}`,
    'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.',
    "Bearer ' OR 1=1 --",
    'Bearer ../../etc/passwd',
    'Bearer __proto__',
    'Bearer undefined',
  ])('%s is not one (B40)', async (header) => {
    const served = await serve();
    const answer = await served.ask.get('/v1/me').set('Authorization', header);
    expect([answer.status, errorOf(answer).code, errorOf(answer).message]).toEqual([
      401,
      'token_invalid',
      'The token is missing, wrong or no longer valid.',
    ]);
  });

  it('one in the address or in a cookie counts for nothing (B40)', async () => {
    const served = await serve();
    const answer = await served.ask.get('/v1/me?token=agent-token').set('Cookie', 'token=agent-token');
    expect([answer.status, errorOf(answer).code]).toEqual([401, 'token_missing']);
  });

  it('guessing ends after a while, without asking the database (B40)', async () => {
    const served = await serve({ refusalsPerMinutePerAddress: 3 });
    const statuses: number[] = [];
    for (let guess = 0; guess < 5; guess += 1)
      statuses.push((await served.ask.get('/v1/me').set(as(`guess-${guess}`))).status);
    expect(statuses).toEqual([401, 401, 401, 429, 429]);
    expect(served.calls.filter(([verb]) => verb === 'authenticate')).toHaveLength(3);
  });

  it('so does guessing the code of a sign-in link', async () => {
    const served = await serve({ refusalsPerMinutePerAddress: 2 });
    served.answers.set('exchangeCode', () =>
      Promise.resolve({ outcome: 'refused', code: 'sign_in_code_invalid' }),
    );
    const statuses: number[] = [];
    for (let guess = 0; guess < 3; guess += 1)
      statuses.push((await served.ask.post('/v1/session').send({ code: `cod_${guess}` })).status);
    expect(statuses).toEqual([401, 401, 429]);
  });
});

describe('queries', () => {
  it.each([
    'assignee[not]=',
    'assignee[contains]=',
    'q[]=a',
    'where={"not":""}',
    'status=',
    'status=null',
    'status=open&status=closed',
    'slaBreached=yes',
    'q=',
  ])('%s never widens a list (B43)', async (query) => {
    const served = await serve();
    const answer = await served.ask.get(`/v1/conversations?${query}`).set(as('agent-token'));
    expect(answer.status).toBe(400);
    expect(served.calls.filter(([verb]) => verb === 'listConversations')).toEqual([]);
  });

  it.each([{ text: { not: '' } }, { text: ['a'] }, { text: null }, { text: 7 }, {}])(
    '%j is no text (B43)',
    async (fields) => {
      const [status, code] = await refused(JSON.stringify({ type: 'text', ...fields }));
      expect([status, code]).toEqual([400, 'invalid_request']);
    },
  );

  it.each(['-1', '0', '201', '1e9', 'abc', '1.5', '', 'Infinity', '0x'])(
    'limit=%s names its bound (B44)',
    async (limit) => {
      const served = await serve();
      const answer = await served.ask.get(`/v1/conversations?limit=${limit}`).set(as('agent-token'));
      expect([answer.status, errorOf(answer).code]).toEqual([400, 'invalid_request']);
      expect(firstWrong(answer)).toBe('limit');
    },
  );

  it('a cursor that is none, and a search of 1 kB (B44)', async () => {
    const served = await serve();
    served.answers.set('listConversations', () =>
      Promise.resolve({ outcome: 'refused', code: 'cursor_invalid', message: 'No cursor of ours.' }),
    );
    const garbage = await served.ask.get('/v1/conversations?cursor=garbage').set(as('agent-token'));
    expect([garbage.status, errorOf(garbage).code]).toEqual([400, 'cursor_invalid']);
    const long = await served.ask.get(`/v1/conversations?q=${'x'.repeat(1_000)}`).set(as('agent-token'));
    expect([long.status, firstWrong(long)]).toEqual([400, 'q']);
    const pattern = await served.ask.get('/v1/conversations?q=(a%2B)%2B%24').set(as('agent-token'));
    expect(pattern.status).toBe(400);
    expect(served.calls.at(-1)?.[2]).toMatchObject({ q: '(a+)+$' });
  });

  it('says which field is wrong and never what was in it', async () => {
    const served = await serve();
    const answer = await post(
      served,
      JSON.stringify({ type: 'template', template: { name: 'a', parameters: { body: ['x', 7] } } }),
    );
    expect(errorOf(answer).details).toEqual([
      { path: 'template.parameters.body.1', message: expect.any(String) },
    ]);
    const secret = await post(served, JSON.stringify({ type: 'hunter2', text: 'hunter2' }));
    expect(secret.status).toBe(400);
    expect(secret.text).not.toContain('hunter2');
  });
});
