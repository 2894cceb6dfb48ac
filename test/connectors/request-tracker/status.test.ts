import { describe, expect, it } from 'vitest';
import { wordFor } from '../../../src/connectors/desk-kit/index.js';
import { statusWords } from '../../../src/connectors/request-tracker/reading/status-words.js';
import { givenRequestTrackerSettings } from '../../../src/connectors/request-tracker/schema.js';
import { policyFor } from '../../../src/connectors/http-client/index.js';
import type { TicketStatus } from '../../../src/domain/ticket.js';

const schema = givenRequestTrackerSettings(policyFor(true));
const settingsWith = (given: object) => schema.parse({ baseUrl: 'http://127.0.0.1:9', ...given });
const set = (status: TicketStatus, given: object) => wordFor(statusWords, settingsWith(given), status);

/** As PostgreSQL keeps a jsonb: names by their length, then by their bytes. */
const kept = <T extends object>(value: T): T =>
  Object.fromEntries(
    Object.entries(value).sort(([one], [other]) => one.length - other.length || (one < other ? -1 : 1)),
  ) as T;

describe('the status that is set in Request Tracker', () => {
  it('is RT’s usual one, in whatever order the database gives the settings back', () => {
    const { statuses } = settingsWith({});
    for (const order of [statuses, kept(statuses)])
      expect(
        (['new', 'open', 'pending', 'solved'] as const).map((one) => set(one, { statuses: order })),
      ).toEqual(['new', 'open', 'stalled', 'resolved']);
  });

  it('is the one that the settings name, of several that are the same', () => {
    const statuses = kept({ open: 'open', done: 'solved', shipped: 'solved', dropped: 'solved' });
    expect(set('solved', { statuses, sets: { solved: 'shipped' } })).toBe('shipped');
    expect(set('solved', { statuses })).toBe('done');
    expect(() => set('solved', { statuses, sets: { solved: 'open' } })).toThrow(/not solved/u);
  });

  it('is the nearest where the lifecycle has no such thing', () => {
    const statuses = { open: 'open', done: 'closed' };
    expect(set('solved', { statuses })).toBe('done');
    expect(set('pending', { statuses })).toBe('open');
    expect(set('solved', { statuses: { open: 'open' } })).toBeUndefined();
  });

  it('is one of the lifecycle’s alone: the standard ones are not there unless they are named', () => {
    expect(set('open', { statuses: { offen: 'open', fertig: 'solved' } })).toBe('offen');
    expect(() => settingsWith({ statuses: {} })).toThrow(/one status at least/u);
  });
});
