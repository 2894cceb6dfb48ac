import { describe, expect, it } from 'vitest';
import { receive } from '../../../src/connectors/wotnot/receive.js';
import { hashWebhookToken } from '../../../src/connectors/wotnot/signature.js';
import { event, eventsOf, fixture, message, post, secrets, token } from './webhook.js';

const notAuthentic = { outcome: 'not_authentic' };
const events = [message('hi')];

describe('who may speak', () => {
  it('B01: refuses no token, a wrong one and another workspace’s in the same words', () => {
    expect(post({ events })).toEqual(notAuthentic);
    expect(post({ events, token: 'wrong-wrong-wrong-wrong-wrong' })).toEqual(notAuthentic);
    expect(post({ events, token }, { authorization: 'Bearer someone-elses-token-000' })).toEqual(
      notAuthentic,
    );
    expect(
      receive(
        {
          headers: { 'content-type': 'application/json' },
          body: Buffer.from(JSON.stringify({ events, token })),
        },
        { tokenHashes: [] },
      ),
    ).toEqual(notAuthentic);
  });

  it.each([[['a']], [{ a: 1 }], [1], [true], [''], ['x'.repeat(10_000)], [`${token}\0`], [null], [[token]]])(
    'B02: refuses a token that is %j',
    (strange) => {
      expect(post({ events, token: strange })).toEqual(notAuthentic);
    },
  );

  it('B02: refuses a body and a header that disagree, takes either and both when they agree', () => {
    expect(post({ events, token: 'x' }, { authorization: token })).toEqual(notAuthentic);
    expect(post({ events, token: [token] }, { authorization: token })).toEqual(notAuthentic);
    expect(post({ events }, { authorization: token }).outcome).toBe('events');
    expect(post({ events }, { authorization: `Bearer ${token}` }).outcome).toBe('events');
    expect(post({ events, token: null }, { authorization: `bearer ${token}` }).outcome).toBe('events');
    expect(post({ events, token }, { authorization: `Bearer ${token}` }).outcome).toBe('events');
    expect(post({ events }, { authorization: '' })).toEqual(notAuthentic);
  });

  it('S-WH-1: compares hashes, so that lengths that differ do not throw', () => {
    const headers = { 'content-type': 'application/json' };
    const body = Buffer.from(JSON.stringify({ token }));
    for (const odd of ['', 'ab', 'x'.repeat(64), 'x'.repeat(1_000)]) {
      expect(receive({ headers, body }, { tokenHashes: [odd] })).toEqual(notAuthentic);
      expect(receive({ headers, body }, { tokenHashes: [odd, ...secrets.tokenHashes] }).outcome).toBe(
        'handshake',
      );
    }
  });

  it('S-WH-3: takes two live tokens while one is being replaced', () => {
    const both = { tokenHashes: [hashWebhookToken('the-new-token-of-24-chars'), ...secrets.tokenHashes] };
    const body = Buffer.from(JSON.stringify({ events, token }));
    expect(receive({ headers: { 'content-type': 'application/json' }, body }, both).outcome).toBe('events');
  });

  it('B03, S-WH-8: echoes a handshake’s token only when it is ours', () => {
    expect(post({ token })).toEqual({ outcome: 'handshake', answer: { status: 200, body: { token } } });
    expect(post({ token: 'foreign-foreign-foreign-foreign' })).toEqual(notAuthentic);
    expect(post({ token, events: null }).outcome).toBe('handshake');
    expect(post({ token, account_id: 5 }).outcome).toBe('handshake');
  });

  it('answers events with the token too', () => {
    expect(post({ events, token })).toMatchObject({ answer: { status: 200, body: { token } } });
  });

  it('S-WH-6: takes the token out of everything, wherever it stands', () => {
    const body = {
      events: [message(`my ${token}`, { [token]: token, link: `https://x.io/?t=${token}` })],
      token,
    };
    expect(JSON.stringify(eventsOf(body))).not.toContain(token);
    const byHeader = JSON.stringify(eventsOf({ events: [message(token)] }, { authorization: token }));
    expect(byHeader).not.toContain(token);
    const escaped = JSON.stringify({ events: [message('X')], token }).replace(
      '"X"',
      `"\\u0063${token.slice(1)}"`,
    );
    expect(JSON.stringify(eventsOf(escaped))).not.toContain(token);
    expect(JSON.stringify(eventsOf({ token, secret: { again: token } }))).not.toContain(token);
  });
});

describe('what is no webhook', () => {
  it.each(['', '  ', 'null', '[]', '"x"', '1', '{}'])('B04: %j is no object', (body) => {
    expect(post(body)).toMatchObject({ outcome: 'malformed', status: 400, code: 'body_not_an_object' });
  });

  it.each(['{"a":', '{"a":1,}', '{"a":NaN}', '{/*a*/}', '{}{}', "{'a':1}"])('B05: %j is no JSON', (body) => {
    expect(post(body)).toMatchObject({ outcome: 'malformed', status: 400, code: 'invalid_json' });
  });

  it('B05: a byte order mark does no harm', () => {
    expect(post(`\uFEFF${JSON.stringify({ events, token })}`).outcome).toBe('events');
  });

  it('B06: refuses what is not UTF-8 and never guesses', () => {
    const latin1 = Buffer.from('{"token":"caf\xe9"}', 'latin1');
    expect(post(latin1)).toMatchObject({ outcome: 'malformed', status: 400, code: 'invalid_utf8' });
    expect(post(Buffer.from(JSON.stringify({ token }), 'utf16le')).outcome).toBe('malformed');
    for (const charset of ['utf-7', 'iso-8859-1', 'utf-16']) {
      const refused = post({ token }, { 'content-type': `application/json; charset=${charset}` });
      expect(refused).toMatchObject({ outcome: 'malformed', status: 415, code: 'unsupported_charset' });
    }
    expect(post({ token }, { 'content-type': 'application/json; charset="UTF-8"' }).outcome).toBe(
      'handshake',
    );
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', ''])(
    'B07: refuses the content type %j',
    (type) => {
      expect(post({ token }, { 'content-type': type })).toMatchObject({
        status: 415,
        code: 'unsupported_media_type',
      });
    },
  );

  it('B09: refuses depth, breadth and length beyond bounds within 20 ms', () => {
    const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
    const wide = JSON.stringify(
      Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`k${index}`, 1])),
    );
    const cases: [string, string][] = [
      [deep, 'too_deep'],
      [wide, 'too_complex'],
      [`{"${'k'.repeat(1_000_000)}":1}`, 'too_complex'],
      [`{"a":[${'1,'.repeat(999_999)}1]}`, 'too_complex'],
      [`{"a":"${'x'.repeat(65_537)}"}`, 'too_complex'],
    ];
    for (const [body, code] of cases) {
      expect(post(body)).toMatchObject({ outcome: 'malformed', status: 400, code });
    }
    const bytes = Buffer.from(deep);
    const times = Array.from({ length: 20 }, () => {
      const startedAt = performance.now();
      receive({ headers: { 'content-type': 'application/json' }, body: bytes }, secrets);
      return performance.now() - startedAt;
    });
    expect(Math.min(...times)).toBeLessThan(20);
    expect(post(`{"token":"${token}","a":${'['.repeat(31)}${']'.repeat(31)}}`).outcome).toBe('events');
  });

  it('B15: takes none and 500 events, refuses more', () => {
    expect(eventsOf({ events: [], token })).toEqual([]);
    const many = Array.from({ length: 500 }, (_, index) => message(`m${index}`));
    expect(eventsOf({ events: many, token })).toHaveLength(500);
    const tooMany = { events: [...many, message('one more')], token };
    expect(post(tooMany)).toMatchObject({ outcome: 'malformed', status: 413, code: 'too_complex' });
  });
});

describe('what is stored', () => {
  it('B10: keys that JavaScript knows are data', () => {
    const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'then', 'toJSON'];
    const inner = `{${names.map((name) => `"${name}":{"polluted":"yes\\u0000"}`).join(',')}}`;
    const [first] = eventsOf(
      `{"token":"${token}","events":[{"event":{"type":"message","payload":${inner}},"conversation":{"key":"__proto__"}}]}`,
    );
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
    expect(first?.laneKey).toBe('__proto__');
    expect(first?.flags).toEqual(['cleaned']);
    const stored = (first?.payload['event'] as { payload: object }).payload;
    expect(Object.keys(stored)).toEqual(names);
    for (const type of names) expect(eventsOf({ events: [event(type, {})], token })[0]?.kind).toBe(type);
  });

  it('B11: of a key that stands twice the last one counts, for the token as for the events', () => {
    expect(post(`{"token":"${token}","token":"other-other-other-other-other"}`)).toEqual(notAuthentic);
    expect(post(`{"token":"other-other-other-other-other","token":"${token}"}`).outcome).toBe('handshake');
  });

  it('B12: removes NUL, replaces lone surrogates, says so, and keeps all else', () => {
    const odd = 'e\u0301\u202Ert\uFFFE👨‍👩‍👧 مرحبا z\u0336';
    const body = `{"token":"${token}","events":[${JSON.stringify(message('X')).replace('"X"', `"a\\u0000b\\ud800c\\udc00d"`)},${JSON.stringify(message(odd))}]}`;
    const [dirty, clean] = eventsOf(body);
    expect(JSON.stringify(dirty?.payload)).toContain('ab\uFFFDc\uFFFDd');
    expect(dirty?.flags).toEqual(['cleaned']);
    expect(clean?.flags).toEqual([]);
    expect(JSON.stringify(clean?.payload)).toContain(odd);
    const key = eventsOf(
      `{"token":"${token}","events":[{"event":{"type":"message","payload":{"a\\u0000":1,"\\ud83d\\ude00":2}},"conversation":{"key":"c\\u0000"}}]}`,
    )[0];
    expect(key).toMatchObject({
      laneKey: 'c',
      payload: { event: { payload: { a: 1, '😀': 2 } } },
      flags: ['cleaned'],
    });
  });

  it.each([
    ['12345678901234567890', '12345678901234567890'],
    ['1e400', '1e400'],
    ['-0', '0'],
    ['1.5', '1.5'],
    ['"007"', '007'],
    ['"a/../b"', 'a/../b'],
    ['"it\'s \\"x\\""', ''],
    ['"it\'s\\"x\\""', 'it\'s"x"'],
    [`"${'k'.repeat(1_000)}"`, ''],
    ['"🙂"', '🙂'],
    ['".."', ''],
    ['"a\\nb"', ''],
    ['{}', ''],
    ['[1]', ''],
    ['null', ''],
    ['true', ''],
  ])('B13: the id %s becomes %j', (written, laneKey) => {
    const body = `{"token":"${token}","events":[{"event":{"type":"message","payload":{"n":9007199254740993}},"conversation":{"key":${written}}}]}`;
    const [first] = eventsOf(body);
    expect(first?.laneKey).toBe(laneKey);
    expect(first?.unrecognised).toBe(laneKey === '' ? 'bad_id' : undefined);
    expect(JSON.stringify(first?.payload)).toContain('9007199254740993');
  });

  it('B13: digits within texts stay as they are', () => {
    const [first] = eventsOf(
      `{"token":"${token}","events":[{"event":{"type":"message","payload":{"id":12345678901234567890,"t":"a \\" 12345678901234567890 \\\\","n":[-1.5e3,0.25]}},"conversation":{"key":"c"}}]}`,
    );
    expect(first?.payload).toMatchObject({
      event: { payload: { id: '12345678901234567890', t: 'a " 12345678901234567890 \\', n: [-1500, 0.25] } },
    });
  });

  it('B14: keeps what it does not know', () => {
    const all = eventsOf({
      events: [event(undefined, {}), event('brand_new', { a: 1 }), {}, 'text', null, 7],
      token,
    });
    expect(all.map(({ kind, unrecognised }) => [kind, unrecognised])).toEqual([
      ['unknown', 'no_type'],
      ['brand_new', undefined],
      ['unknown', 'no_type'],
      ['unknown', 'no_type'],
      ['unknown', 'no_type'],
      ['unknown', 'no_type'],
    ]);
    expect(eventsOf({ token, something: { else: true } })[0]?.payload).toEqual({ something: { else: true } });
    expect(eventsOf({ token, events: 'gone' })[0]?.payload).toEqual({ events: 'gone' });
  });

  it('B15: good and bad in one webhook keep their order', () => {
    const mixed = eventsOf({ events: [message('1'), {}, message('2')], token });
    expect(mixed.map(({ laneKey }) => laneKey)).toEqual(['cnv-1', '', 'cnv-1']);
  });

  it('finds the kind under each of its names', () => {
    const kinds = ['assignee', 'messages_status', 'message-status', 'delivery_status', 'Message', 'note'];
    const found = eventsOf({ events: kinds.map((kind) => event(kind, {})), token });
    expect(found.map(({ kind }) => kind)).toEqual([
      'assignee_change',
      'message_status',
      'message_status',
      'message_status',
      'message',
      'note',
    ]);
  });
});

describe('what makes an event this one', () => {
  const identityOf = (...all: unknown[]) =>
    eventsOf({ events: all, token }).map(({ identity, identityBy }) => [identityBy, identity]);

  it('is its id wherever that stands, and its kind', () => {
    const places = [
      event('message', { message: { id: 'm1', text: 'a' } }),
      event('message', { message: { key: 'm1', text: 'b' } }),
      event('message', { message: { message_id: 'm1' } }),
      event('message', { message_id: 'm1', message: {} }),
      event('message', { message_key: 'm1' }),
      event('message', { id: 'm1' }),
    ];
    const found = identityOf(...places);
    expect(new Set(found.map(([, identity]) => identity)).size).toBe(1);
    expect(found[0]?.[0]).toBe('id');
    const [read, delivered, said] = identityOf(
      event('message_status', { message_id: 'm1', status: 'read' }),
      event('message_status', { message_id: 'm1', status: 'delivered' }),
      event('message', { message_id: 'm1' }),
    );
    expect(new Set([read?.[1], delivered?.[1], said?.[1]]).size).toBe(3);
    expect(identityOf(event('conversation_create', { a: 1 }))).toEqual(
      identityOf(event('conversation_create', { b: 1 })),
    );
  });

  it('with an id says its words, and not when, by whom or from where they were told', () => {
    const says = (payload: object) => eventsOf({ events: [event('message', payload)], token })[0]?.says;
    const told = says({ message: { id: 'm1', type: 'text', text: 'a' } });
    expect(told).toEqual(expect.any(String));
    expect(says({ message: { id: 'm1', type: 'text', text: 'b' } })).not.toBe(told);
    expect(
      says({
        message: { key: 'm1', type: 'text', text: 'a', created_at: '2026-01-01' },
        message_by: { type: 'visitor' },
        created_at: '2026-01-01 10:00:00',
      }),
    ).toBe(told);
    const file = (path: string, name: string) => says({ message: { id: 'm2', file: { path, name } } });
    expect(file('https://a.example/1', 'a.png')).toBe(file('https://b.example/2', 'a.png'));
    expect(file('https://a.example/1', 'a.png')).not.toBe(file('https://a.example/1', 'b.png'));
    const note = (text: string) =>
      eventsOf({ events: [event('note', { note: { id: 'n1', text } })], token })[0]?.says;
    expect(note('a')).not.toBe(note('b'));
    expect(eventsOf({ events: [message('no id')], token })[0]?.says).toBeUndefined();
  });

  it('without an id is its time and its words', () => {
    const at = (created_at: unknown) => message('ok', { created_at });
    const [a, again] = [
      identityOf(at('2026-01-01 10:00:00.123456')),
      identityOf(at('2026-01-01 10:00:00.123456')),
    ];
    expect(a).toEqual(again);
    expect(a[0]?.[0]).toBe('time');
    expect(identityOf(at('2026-01-01 10:00:00.123457'))[0]?.[1]).not.toBe(a[0]?.[1]);
    expect(identityOf(at('yesterday'))[0]?.[0]).toBe('content');
  });

  it('without either is its words; two in one webhook stay two, a repeat of both stays both', () => {
    const [first, second] = identityOf(message('ok'), message('ok'));
    expect(first?.[0]).toBe('content');
    expect(first?.[1]).not.toBe(second?.[1]);
    expect(identityOf(message('ok'), message('ok'))).toEqual([first, second]);
  });

  it('is not the time at which the conversation began', () => {
    const closed = event('status', { status: 'CLOSE', external_key: 'x', created_at: '2026-01-01 10:00:00' });
    expect(identityOf(closed)[0]?.[0]).toBe('content');
  });
});

describe('speed', () => {
  it('splits a usual webhook in well under 50 µs', () => {
    const body = Buffer.from(fixture('message'));
    const request = { headers: { 'content-type': 'application/json' }, body };
    const run = (times: number) => {
      const startedAt = performance.now();
      for (let index = 0; index < times; index += 1) receive(request, secrets);
      return ((performance.now() - startedAt) * 1_000) / times;
    };
    run(5_000);
    const best = Math.min(...Array.from({ length: 5 }, () => run(2_000)));
    expect(best).toBeLessThan(50);
  });
});
