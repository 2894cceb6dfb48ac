import { describe, expect, it } from 'vitest';
import type { ChatFact } from '../../../src/domain/chat-fact.js';
import type { Draft } from '../../../src/projection/draft.js';
import { isEarlyEcho } from '../../../src/projection/is-early-echo.js';
import { guessTemplate } from '../../../src/projection/recognise-echo.js';
import type { TriedMessageRow } from '../../../src/store/rows.js';

const triedAt = Date.UTC(2026, 0, 1);
const after = (seconds: number): Date => new Date(triedAt + seconds * 1_000);

const tried = (row: Partial<TriedMessageRow> = {}): TriedMessageRow => ({
  id: 'msg_1',
  conversation_id: 'cnv_1',
  seq: 2,
  direction: 'out',
  author: { type: 'agent', email: 'ada@fern.example' },
  kind: 'template',
  text: 'welcome',
  content: { template: { name: 'welcome', parameters: { body: ['Vera'] } } },
  state: 'queued',
  external_message_id: null,
  fingerprint: 'template:welcome',
  echoed_at: null,
  delivery_id: 'dlv_1',
  origin_connection_id: null,
  failure: null,
  flags: [],
  occurred_at: after(-1).toISOString(),
  sent_at: null,
  delivered_at: null,
  read_at: null,
  delivery_kind: 'send-message',
  delivery_state: 'uncertain',
  tried_at: after(0).toISOString(),
  ...row,
});

const bare = (row: Partial<TriedMessageRow> = {}) =>
  tried({ content: { template: { name: 'welcome' } }, ...row });

const said = (fact: Partial<Extract<ChatFact, { type: 'message' }>> = {}) => ({
  type: 'message' as const,
  contact: {},
  author: { type: 'agent' as const, email: 'ada@fern.example' },
  kind: 'text',
  text: 'Hello  VERA, welcome!',
  content: {},
  ...fact,
});

const draftOf = (...unechoed: TriedMessageRow[]) =>
  ({ unechoed, named: unechoed, brought: new Set() }) as unknown as Draft;

const guessed = (unechoed: TriedMessageRow[], fact = said(), seconds = 1) =>
  guessTemplate(draftOf(...unechoed), fact, after(seconds))?.id;

describe('a template comes back as words', () => {
  it('that hold one of its values: for two minutes; that hold none: they are somebody’s own', () => {
    expect(guessed([tried()])).toBe('msg_1');
    expect(guessed([tried()], said(), 119)).toBe('msg_1');
    expect(guessed([tried()], said(), 121)).toBeUndefined();
    expect(guessed([tried()], said({ text: 'One moment please' }))).toBeUndefined();
  });

  it('where it has no values: for fifteen seconds since it was sent', () => {
    expect(guessed([bare()], said(), 14)).toBe('msg_1');
    expect(guessed([bare()], said(), 16)).toBeUndefined();
    const late = bare({ delivery_state: 'delivered', sent_at: after(10).toISOString() });
    expect(guessed([late], said(), 24)).toBe('msg_1');
    expect(guessed([late], said(), 26)).toBeUndefined();
  });

  it('not before it left, not of another agent, not without words, not as anything but a template', () => {
    expect(guessed([bare()], said(), -1)).toBeUndefined();
    expect(
      guessed([bare()], said({ author: { type: 'agent', email: 'grace@fern.example' } })),
    ).toBeUndefined();
    expect(guessed([bare()], said({ text: '' }))).toBeUndefined();
    expect(guessed([bare({ content: {}, kind: 'text' })])).toBeUndefined();
  });

  it('not under another id than its answer gave, unless it was sent twice', () => {
    const answered = bare({ delivery_state: 'delivered', external_message_id: 'a' });
    expect(guessed([answered], said({ externalMessageId: 'b' }))).toBeUndefined();
    expect(guessed([answered])).toBe('msg_1');
    const twice = bare({ ...answered, flags: ['possibleDuplicate'] });
    expect(guessed([twice], said({ externalMessageId: 'b' }))).toBe('msg_1');
  });

  it('not of one that was refused, has echoed, or waits to be tried again', () => {
    expect(guessed([bare({ delivery_state: 'dead' })])).toBeUndefined();
    expect(guessed([bare({ delivery_state: 'waiting' })])).toBeUndefined();
    expect(guessed([bare({ echoed_at: after(0).toISOString() })])).toBeUndefined();
  });

  it('of several the oldest', () => {
    expect(guessed([bare({ id: 'msg_0' }), bare()])).toBe('msg_0');
  });

  it('of a conversation that we started, whoever the outside names: it was not told who', () => {
    const started = bare({ delivery_kind: 'start-conversation' });
    const account = said({ author: { type: 'agent', email: 'account@fern.example' } });
    expect(guessed([started], account)).toBe('msg_1');
  });
});

describe('what an agent says waits while an answer may tell whether it is an echo', () => {
  const waits = (
    row: TriedMessageRow,
    fact = said({ externalMessageId: 'x' }),
    { behind = false, now = 2, at = 1 } = {},
  ) => isEarlyEcho(draftOf(row), [fact], after(at), behind, after(now).getTime());
  const sending = (row: Partial<TriedMessageRow> = {}) => bare({ delivery_state: 'sending', ...row });

  it('only while it is awaited, and for a minute at the most', () => {
    expect(waits(sending())).toBe(true);
    expect(waits(sending(), undefined, { now: 61 })).toBe(false);
    for (const state of ['waiting', 'uncertain', 'delivered', 'dead', 'cancelled'] as const)
      expect(waits(bare({ delivery_state: state }))).toBe(false);
  });

  it('not what came before, from another agent, or is known', () => {
    expect(waits(sending(), undefined, { at: -1 })).toBe(false);
    const grace = said({
      externalMessageId: 'x',
      author: { type: 'agent', email: 'grace@fern.example' },
    });
    expect(waits(sending(), grace)).toBe(false);
    expect(waits(sending(), grace, { behind: true })).toBe(true);
    const contact = said({ externalMessageId: 'x', author: { type: 'contact' } });
    expect(waits(sending(), contact, { behind: true })).toBe(false);
    expect(waits(sending({ external_message_id: 'x' }))).toBe(false);
  });

  it('without an id only what may be a template: no answer could tell of anything else', () => {
    expect(waits(sending(), said())).toBe(true);
    expect(waits(sending({ content: {}, kind: 'file' }), said())).toBe(false);
    expect(waits(sending({ content: {}, kind: 'file' }))).toBe(true);
  });
});
