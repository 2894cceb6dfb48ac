import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { read } from '../../../src/connectors/wotnot/read.js';
import { receive } from '../../../src/connectors/wotnot/receive.js';
import { scrub } from '../../../src/connectors/wotnot/receiving/scrub.js';
import { eventsOf, post, secrets, token } from './webhook.js';

const runs = 1_500;
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('<p>a</p>', '\0', '\ud800', 'x\udc00', 'visitor', '1', 'https://x.io'),
);
const anyKey = fc.oneof(
  fc.constantFrom(
    'message',
    'text',
    'type',
    'payload',
    'id',
    'key',
    'buttons',
    'title',
    'status',
    'file',
    'url',
    'name',
    'value',
    'by',
    'email',
    '__proto__',
    'constructor',
    'labels',
    'note',
    'variables',
    'assigned_to_user',
    'created_at',
    'toString',
  ),
  fc.string({ unit: 'binary', maxLength: 8 }),
);
const anyValue = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthSize: 'small' },
    anyText,
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.maxSafeInteger(),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(anyKey, tie('value'), { maxKeys: 6 }),
  ),
})).value;
const anyKind = fc.constantFrom(
  'conversation_create',
  'message',
  'status',
  'assignee_change',
  'variables',
  'conversation_labels',
  'note',
  'sla_breached',
  'message_status',
  'other',
);
const isStorable = (value: unknown) => {
  const text = JSON.stringify(value);
  return !text.includes('\\u0000') && !/\\ud[89a-f][0-9a-f]{2}/i.test(text);
};

describe('whatever comes', () => {
  it('no bytes make the verifier throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void post(Buffer.from(bytes))),
      { numRuns: runs },
    );
    fc.assert(
      fc.property(anyValue, fc.string(), (value, authorization) => {
        const body = Buffer.from(JSON.stringify(value) ?? '');
        receive({ headers: { 'content-type': 'application/json', authorization }, body }, secrets);
      }),
      { numRuns: runs },
    );
  });

  it('P3: reading is total, and what it gives can be stored', () => {
    fc.assert(
      fc.property(anyKind, anyValue, anyValue, (type, payload, conversation) => {
        for (const split of eventsOf({
          events: [
            { event: { type, payload }, conversation, visitor: payload },
            { event: { type, payload }, conversation: { key: 'c' } },
          ],
          token,
        })) {
          expect(isStorable(split)).toBe(true);
          const reading = read(split);
          expect(isStorable(reading)).toBe(true);
          expect(read(structuredClone(split))).toEqual(reading);
        }
      }),
      { numRuns: runs },
    );
  });

  it('P3: cleaning twice is cleaning once', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        const once = scrub(value, token);
        const twice = scrub(once.value, token);
        expect(twice.cleaned).toBe(false);
        expect(JSON.stringify(twice.value)).toBe(JSON.stringify(once.value));
      }),
      { numRuns: runs },
    );
  });

  it('S-WH-6: the token is in nothing that is stored', () => {
    fc.assert(
      fc.property(anyValue, anyValue, (a, b) => {
        const events = [
          { event: { type: 'message', payload: { a, [token]: [token, b] } }, conversation: token },
        ];
        expect(JSON.stringify(eventsOf({ events, token }))).not.toContain(token);
      }),
      { numRuns: 300 },
    );
  });
});
