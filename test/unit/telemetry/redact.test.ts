import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTelemetry, type Telemetry } from '../../../src/telemetry/telemetry.js';

const WORDS = 'my card number is on the back';
const PHONE = '+49 170 5550123';
const EMAIL = 'grace.hopper@example.org';
const KEY_TOKEN = 'adb_01h8xgq5v3w2rj9ktm4n6p7qsd_0a1b2c3d4e5f6g7h8j9kmnpqrs';

function listen(secretValues: string[] = []): { telemetry: Telemetry; lines: string[] } {
  const lines: string[] = [];
  const telemetry = createTelemetry({
    log: { level: 'debug', format: 'json' },
    secretValues,
    to: (line) => lines.push(line),
    processMetrics: false,
  });
  return { telemetry, lines };
}

async function linesOf(secretValues: string[], fields: object): Promise<string> {
  const { telemetry, lines } = listen(secretValues);
  telemetry.logger('intake').error('thing.happened', fields);
  await telemetry.close();
  expect(lines).toHaveLength(1);
  return lines.join('\n');
}

/** As HTTP clients throw them: the request, its headers and its body hang on the error. */
function httpError(secret: string): Error {
  return Object.assign(new Error(`Request failed: "${WORDS}"`), {
    code: 'ERR_BAD_REQUEST',
    config: { headers: { Authorization: `Bearer ${secret}` }, data: JSON.stringify({ text: WORDS }) },
    response: { data: WORDS },
  });
}

describe('what a log line never holds', () => {
  it('P8, S-LOG-1: no configured secret, wherever it stands and however it is wrapped', async () => {
    const secret = fc
      .string({ minLength: 8, maxLength: 60, unit: 'grapheme' })
      .filter((text) => text.trim().length >= 8);
    const place = fc.constantFrom<(secret: string) => object>(
      (value) => ({ detail: value }),
      (value) => ({ detail: `before ${value} after` }),
      (value) => ({ list: ['a', value], deep: { deeper: { deepest: value } } }),
      (value) => ({ authorization: value, token: value }),
      (value) => ({ error: httpError(value) }),
      (value) => ({ error: new Error(`cannot use ${value}`) }),
      (value) => ({ error: new TypeError('outer', { cause: new Error(value) }) }),
    );
    await fc.assert(
      fc.asyncProperty(secret, place, async (value, put) => {
        const line = await linesOf([value], put(value));
        const texts: string[] = [];
        JSON.parse(line, (_key, part: unknown) => {
          if (typeof part === 'string') texts.push(part);
          return part;
        });
        // The frame of the line itself (room, event, hidden marks, places in the code) is not a leak.
        expect(
          texts.filter((text) => text.includes(value) && !/^ {4}at |^\[hidden]$|^(error|intake)$/.test(text)),
        ).toEqual([]);
      }),
      { numRuns: 300 },
    );
  });

  it("no customer's words by the names of fields, and none in an exception's quotes", async () => {
    const line = await linesOf([], {
      text: WORDS,
      payload: { message: WORDS },
      conversation: { title: WORDS, variables: { a: WORDS } },
      parse: syntaxError(`{"text": "${WORDS}`),
      error: httpError('secret-of-the-client'),
      database: Object.assign(new Error(`insert failed with ${WORDS}`), {
        name: 'PrismaClientKnownRequestError',
        code: 'P2010',
      }),
      unique: new Error(`duplicate key value: Key (email)=(${EMAIL}) already exists`),
    });
    expect(line).not.toContain(WORDS);
    expect(line).not.toContain('card number');
    expect(line).not.toContain('secret-of-the-client');
    expect(line).toContain('P2010');
    expect(line).toContain('ERR_BAD_REQUEST');
  });

  it.each([
    ['an API key', KEY_TOKEN, KEY_TOKEN],
    ['a bearer token', 'sent Authorization: Bearer abcdef', 'abcdef'],
    ['a web token', 'got eyJhbGciOi.eyJzdWIiOi.c2lnbmF0dXJl', 'eyJzdWIiOi'],
    ['an e-mail', `to ${EMAIL}`, EMAIL],
    ['a phone number', `called ${PHONE}`, '5550123'],
    ["a database's password", 'postgres://bridge:opensesame@db/bridge', 'opensesame'],
    ["a link's query", 'https://files.example/a?signature=abc123', 'abc123'],
  ])('%s, by its look', async (_what, text, canary) => {
    expect(await linesOf([], { detail: text })).not.toContain(canary);
  });

  it('keeps ids, numbers and codes as they are', async () => {
    const fields = {
      workspaceId: 'wsp_01h8xgq5v3w2rj9ktm4n6p7qsd',
      sessionId: 'ses_01h8xgq5v3w2rj9ktm4n6p7qsd',
      code: 'token_expired',
      position: 12n,
      milliseconds: 1.5,
      contactId: 'ctc_01h8xgq5v3w2rj9ktm4n6p7qsd',
    };
    expect(JSON.parse(await linesOf([], fields))).toMatchObject({
      ...fields,
      position: '12',
      room: 'intake',
    });
  });

  it('survives what cannot be printed', async () => {
    const ring: Record<string, unknown> = {};
    ring.ring = ring;
    const line = await linesOf([], {
      ring,
      fn: () => 1,
      when: new Date(Number.NaN),
      bytes: Buffer.from(WORDS),
    });
    expect(JSON.parse(line)).toMatchObject({ event: 'thing.happened', when: null, bytes: '[hidden]' });
  });
});

function syntaxError(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    return error;
  }
}
