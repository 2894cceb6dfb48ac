import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type House, openHouse } from '../support/house.js';
import type { Tenancy } from '../support/tenancy.js';
import { onEachDatabase } from '../support/test-database.js';
import { waitFor } from '../support/wait-for.js';

// Five hundred events take their time on a busy machine.
vi.setConfig({ testTimeout: 120_000 });

/** From the server's door to the row: what is refused leaves none, and what is taken is there as it was said. */
describe('webhooks that are not as they should be', () => {
  onEachDatabase((kind) => {
    let house: House;
    let other: Tenancy;
    beforeAll(async () => {
      house = await openHouse({ database: kind });
      other = await house.addTenancy();
    });
    afterAll(() => house?.close());

    const post = async (
      body: string | Buffer,
      { url = house.webhookUrl, type = 'application/json' }: { url?: string; type?: string | null } = {},
    ) => {
      const response = await fetch(url, {
        method: 'POST',
        headers: type === null ? {} : { 'content-type': type },
        body: new Uint8Array(Buffer.from(body)),
      });
      const text = await response.text();
      const { error } = JSON.parse(text) as { error?: { code: string; message: string } };
      return {
        status: response.status,
        code: error?.code,
        text: text.replace(/"requestId":"[^"]*"/u, ''),
        retryAfter: response.headers.get('retry-after'),
      };
    };
    const recorded = ({ workspaceId }: Tenancy = house): Promise<number> =>
      house.app.database.prisma.inboundEvent.count({ where: { workspaceId } });
    const refusal = async (body: string | Buffer, asked: Parameters<typeof post>[1] = {}) => {
      const before = await recorded();
      const { status, code } = await post(body, asked);
      expect(await recorded()).toBe(before);
      return [status, code];
    };
    /** One event, written by hand so that anything can stand in it. */
    const eventOf = (key: string, message: string): string =>
      `{"event":{"type":"message","payload":{"message":${message},"message_by":{"type":"visitor"}}},"conversation":{"key":${key}}}`;
    const bodyOf = (...events: string[]): string =>
      `{"events":[${events.join()}],"token":${JSON.stringify(house.webhookToken)}}`;
    const said = (id: string, text: string): string => JSON.stringify({ id, type: 'text', text });
    const heardIn = async (key: string): Promise<string[]> => {
      const id = await house.conversationOf({ id: key });
      await house.settle();
      const { data } = await house.program.conversations.events(id, { limit: 200 });
      return data.flatMap((fact) => (fact.type === 'message.received' ? [fact.data.message.text] : []));
    };

    it('B01: without a token, with a wrong one, with another workspace’s, or at no door at all: the same words', async () => {
      const withToken = (token: unknown) => JSON.stringify({ events: [], token });
      const nowhere = house.webhookUrl.replace(/[^-]*$/u, 'a'.repeat(26));
      const answers = [
        await post('{"events":[{}]}'),
        await post(withToken('wrong-wrong-wrong-wrong-wrong')),
        await post(withToken(other.webhookToken)),
        await post(withToken(house.webhookToken), { url: nowhere }),
        await post(withToken(house.webhookToken), { url: `${house.url}/webhooks/nobody` }),
      ];
      for (const answer of answers) expect(answer).toEqual(answers[0]);
      expect(answers[0]).toMatchObject({ status: 401, code: 'webhook_unauthorized' });
    });

    it('B01, S-WH-7: guessing is counted, and stopped for a minute without stopping anybody else', async () => {
      const url = `${house.url}/webhooks/guessed-${'a'.repeat(20)}`;
      const statuses: number[] = [];
      for (let guess = 0; guess < 22; guess += 1)
        statuses.push(
          (await post(`{"events":[],"token":"guess-${guess}-guess-guess-guess"}`, { url })).status,
        );
      expect(statuses).toEqual([...Array<number>(20).fill(401), 429, 429]);
      const limited = await post('{"events":[]}', { url });
      expect(limited.code).toBe('rate_limited');
      expect(Number(limited.retryAfter)).toBeGreaterThan(0);
      expect(Number(limited.retryAfter)).toBeLessThanOrEqual(60);
      expect((await post(bodyOf())).status).toBe(200);
      const metrics = await (await fetch(`${house.url}/metrics`)).text();
      expect(metrics).toMatch(/webhooks_total\{[^}]*outcome="webhook_unauthorized"[^}]*\} [1-9]/u);
      expect(metrics).toMatch(/webhooks_total\{[^}]*outcome="rate_limited"[^}]*\} [1-9]/u);
      expect(house.log.join('\n')).not.toMatch(/guess-\d/u);
    });

    it('B02: a token is a text in the body or in the header, and nothing else', async () => {
      const { webhookToken } = other;
      for (const token of [
        [webhookToken],
        { a: webhookToken },
        7,
        '',
        `${webhookToken}\0`,
        'x'.repeat(10_000),
      ]) {
        const answer = await post(JSON.stringify({ events: [], token }), { url: other.webhookUrl });
        expect(answer).toMatchObject({ status: 401, code: 'webhook_unauthorized' });
      }
      for (const query of [`?token=${webhookToken}`, `?token=a&token=${webhookToken}`]) {
        const answer = await post('{"events":[]}', { url: `${other.webhookUrl}${query}` });
        expect(answer).toMatchObject({ status: 401, code: 'webhook_unauthorized' });
      }
      expect(await recorded(other)).toBe(0);
    });

    it.each<[id: string, what: string, body: string | Buffer, status: number, code: string]>([
      ['B04', 'nothing at all', '', 400, 'body_not_an_object'],
      ['B04', 'null', 'null', 400, 'body_not_an_object'],
      ['B04', 'a list', '[]', 400, 'body_not_an_object'],
      ['B04', 'a text', '"x"', 400, 'body_not_an_object'],
      ['B04', 'a number', '1', 400, 'body_not_an_object'],
      ['B04', 'no field', '{}', 400, 'body_not_an_object'],
      ['B05', 'what is broken off', '{"a":', 400, 'invalid_json'],
      ['B05', 'a comma too many', '{"a":1,}', 400, 'invalid_json'],
      ['B05', 'NaN', '{"a":NaN}', 400, 'invalid_json'],
      ['B05', 'a comment', '{"a":1/*b*/}', 400, 'invalid_json'],
      ['B05', 'two documents', '{"a":1}{"a":1}', 400, 'invalid_json'],
      ['B06', 'latin-1', Buffer.from('{"a":"\xff"}', 'latin1'), 400, 'invalid_utf8'],
      ['B09', 'great depth', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 400, 'too_deep'],
      [
        'B09',
        'many keys',
        `{"a":{${Array.from({ length: 20_000 }, (_none, n) => `"k${n}":1`).join()}}}`,
        400,
        'too_complex',
      ],
      ['B09', 'a long key', `{"${'k'.repeat(200_000)}":1}`, 400, 'too_complex'],
      ['B09', 'a long list', `{"a":[${'1,'.repeat(100_000)}1]}`, 400, 'too_complex'],
      ['B09', 'a long text', `{"a":"${'x'.repeat(70_000)}"}`, 400, 'too_complex'],
    ])('%s: %s is refused, and nothing recorded', async (_id, _what, body, status, code) => {
      expect(await refusal(body)).toEqual([status, code]);
    });

    it.each([
      ['B06', 'application/json; charset=utf-7', 'unsupported_charset'],
      ['B06', 'application/json; charset=utf-16', 'unsupported_charset'],
      ['B06', 'application/json; charset=iso-8859-1', 'unsupported_charset'],
      ['B07', 'text/plain', 'unsupported_media_type'],
      ['B07', 'application/x-www-form-urlencoded', 'unsupported_media_type'],
      ['B07', 'multipart/form-data; boundary=x', 'unsupported_media_type'],
      ['B07', null, 'unsupported_media_type'],
    ])('%s: as %s it is refused: %s', async (_id, type, code) => {
      expect(await refusal(bodyOf(eventOf('"typed"', said('m-typed', 'x'))), { type })).toEqual([415, code]);
    });

    it('B05: a byte order mark is no part of what is said', async () => {
      expect((await post(`\ufeff${bodyOf(eventOf('"marked"', said('m-bom', 'marked')))}`)).status).toBe(200);
      expect(await heardIn('marked')).toEqual(['marked']);
    });

    it.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'then', 'toJSON'])(
      'B10: %s is a name like any other, as a key and as an id',
      async (name) => {
        const message = `{"id":"${name}","type":"text","text":"by ${name}","${name}":{"polluted":"yes"}}`;
        expect((await post(bodyOf(eventOf(`"${name}"`, message)))).status).toBe(200);
        expect(await heardIn(name)).toEqual([expect.stringContaining(`by ${name}`)]);
        expect(({} as Record<string, unknown>).polluted).toBeUndefined();
        const [row] = await house.app.database.prisma.$queryRaw<{ payload: string }[]>`
          SELECT payload::text AS payload FROM inbound_events
          WHERE workspace_id = ${house.workspaceId} AND payload::text LIKE ${`%by ${name}%`}`;
        expect(row?.payload).toMatch(new RegExp(`"${name}": ?\\{"polluted": ?"yes"\\}`, 'u'));
      },
    );

    it('B11: of a key that stands twice the last counts, for who may speak as for what is said', async () => {
      const event = `{"event":{"type":"message","payload":{"message":{"id":"m-twice","text":"first","text":"last"},"message_by":{"type":"visitor"}}},"conversation":{"key":"a"},"conversation":{"key":"twice"}}`;
      const [good, bad] = [house.webhookToken, 'another-another-another'].map((token) =>
        JSON.stringify(token),
      );
      expect(await refusal(`{"token":${good},"events":[${event}],"token":${bad}}`)).toEqual([
        401,
        'webhook_unauthorized',
      ]);
      expect((await post(`{"token":${bad},"events":[],"events":[${event}],"token":${good}}`)).status).toBe(
        200,
      );
      expect(await heardIn('twice')).toEqual(['last']);
    });

    it('B12: marks upon marks and turned writing stay; a NUL in an id or a file’s name does not', async () => {
      const zalgo = `z${'\u0335\u0301'.repeat(5_000)}`;
      const turned = '\u202egnp.exe \u2066x\u2069';
      expect(
        (
          await post(
            bodyOf(
              eventOf('"marks\\u0000"', said('m-z\\u0000', zalgo).replace('\\\\u0000', '\\u0000')),
              eventOf('"marks"', said('m-t', turned)),
              eventOf(
                '"marks"',
                '{"id":"m-f","type":"file","file":{"path":"https://x.example/a","name":"a\\u0000b\\ud800.png","type":"image/png"}}',
              ),
            ),
          )
        ).status,
      ).toBe(200);
      const words = await heardIn('marks');
      expect(words.slice(0, 2)).toEqual([zalgo, turned]);
      const { data } = await house.program.conversations.events(await house.conversationOf({ id: 'marks' }), {
        limit: 200,
      });
      const files = data.flatMap((fact) =>
        fact.type === 'message.received' ? fact.data.message.attachments : [],
      );
      expect(files).toMatchObject([{ name: 'ab\ufffd.png' }]);
    });

    it.each([
      ['12345678901234567890', '12345678901234567890'],
      ['1e400', '1e400'],
      ['1.5', '1.5'],
      ['"007"', '007'],
      ['"a/../b"', 'a/../b'],
      ['"\'; DROP TABLE messages; --"'.replaceAll(' ', '_'), "';_DROP_TABLE_messages;_--"],
      ['"🙂"', '🙂'],
    ])('B13: the id %s is the conversation %s, digit by digit', async (written, key) => {
      expect((await post(bodyOf(eventOf(written, said(`m-${key}`, `to ${key}`))))).status).toBe(200);
      expect(await heardIn(key)).toEqual([`to ${key}`]);
    });

    it.each([
      ['of 1,000 characters', `"${'k'.repeat(1_000)}"`],
      ['of two dots', '".."'],
      ['of nothing', '""'],
      ['that is an object', '{}'],
      ['that is a list', '[1]'],
      ['that is true', 'true'],
      ['of two lines', '"a\\nb"'],
    ])(
      'B13, B14: an event with an id %s is taken, kept, and shown as one that could not be read',
      async (_what, written) => {
        const mark = `odd id ${written.slice(0, 8)}`;
        expect((await post(bodyOf(eventOf(written, JSON.stringify({ text: mark }))))).status).toBe(200);
        const found = await waitFor('the parked event', async () =>
          (await house.program.inboundEvents.list({ state: 'unrecognised' })).data.find(({ payload }) =>
            JSON.stringify(payload).includes(JSON.stringify(mark).slice(1, -1)),
          ),
        );
        expect(found.detail).toBe('bad_id');
      },
    );

    it('B15: none is no news, 500 are taken, one more is refused as a whole', async () => {
      const before = await recorded();
      expect((await post(bodyOf())).status).toBe(200);
      expect(await recorded()).toBe(before);
      const many = Array.from({ length: 501 }, (_none, n) => eventOf('"many"', said(`many-${n}`, `${n}`)));
      expect(await refusal(bodyOf(...many))).toEqual([413, 'body_too_large']);
      // A busy machine may ask for it again, as it asks WotNot; nothing is there twice then.
      await waitFor(
        'the 500 to be taken',
        async () => {
          const { status } = await post(bodyOf(...many.slice(1)));
          expect([200, 503]).toContain(status);
          return status === 200;
        },
        90,
      );
      expect(await recorded()).toBe(before + 500);
    });

    it('B15: the good ones among bad ones are told in their order, and the bad ones are kept', async () => {
      const parked = async (): Promise<number> =>
        house.app.database.prisma.inboundEvent.count({
          where: { workspaceId: house.workspaceId, state: 'unrecognised' },
        });
      const before = await parked();
      const good = (n: number): string => eventOf('"mixed"', said(`mixed-${n}`, `good ${n}`));
      const bad = ['null', '7', '"text"', '{}', eventOf('{}', said('m-bad', 'bad'))];
      const all = bad.flatMap((one, n) => [good(n), one]);
      expect((await post(bodyOf(...all, good(bad.length)))).status).toBe(200);
      expect(await heardIn('mixed')).toEqual([0, 1, 2, 3, 4, 5].map((n) => `good ${n}`));
      expect(await parked()).toBe(before + bad.length);
    });

    it('B16: whatever time an event gives itself, it is shown, in the order of its coming', async () => {
      const times = [
        undefined,
        0,
        -1,
        1_693_283_268,
        1_693_283_268_236,
        '9999-12-31',
        'yesterday',
        {},
        1e300,
        '2023-08-29T18:27:48+14:00',
      ];
      const from = Date.now() - 60_000;
      for (const [n, created_at] of times.entries()) {
        const event = {
          event: {
            type: 'message',
            payload: {
              message: { id: `t-${n}`, text: `t${n}` },
              message_by: { type: 'visitor' },
              created_at,
            },
          },
          conversation: { key: 'times' },
        };
        expect((await post(bodyOf(JSON.stringify(event)))).status).toBe(200);
      }
      expect(await heardIn('times')).toEqual(times.map((_time, n) => `t${n}`));
      const { data } = await house.program.conversations.events(await house.conversationOf({ id: 'times' }), {
        limit: 200,
      });
      for (const { occurredAt } of data) {
        const at = Date.parse(occurredAt);
        expect(
          at === 1_693_283_268_000 || at === 1_693_283_268_236 || (at > from && at < Date.now() + 60_000),
        ).toBe(true);
      }
    });

    it('B19: what says nothing has a word in its place, and what is too long says so', async () => {
      const long = 'x'.repeat(64_001);
      const texts = ['', ' \t\n ', long];
      expect(
        (await post(bodyOf(...texts.map((text, n) => eventOf('"sizes"', said(`s-${n}`, text)))))).status,
      ).toBe(200);
      const heard = await heardIn('sizes');
      expect(heard.slice(0, 2)).toEqual(['[Empty message]', '[Empty message]']);
      expect(heard[2]).toMatch(/^x{60000,} \[cut: too long\]$/u);
      expect(await refusal(bodyOf(eventOf('"sizes"', said('s-9', 'x'.repeat(1_000_000)))))).toEqual([
        413,
        'body_too_large',
      ]);
    });
  });
});
