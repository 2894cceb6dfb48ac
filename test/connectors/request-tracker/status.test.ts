import { describe, expect, it } from 'vitest';
import { wordFor } from '../../../src/connectors/request-tracker/reading/status-of.js';
import { createRequestTrackerSettings } from '../../../src/connectors/request-tracker/schema.js';
import { policyFor } from '../../../src/connectors/http-client/index.js';

const schema = createRequestTrackerSettings(policyFor(true));
const settingsWith = (given: object) => schema.parse({ baseUrl: 'http://127.0.0.1:9', ...given });

/** As PostgreSQL keeps a jsonb: names by their length, then by their bytes. */
const kept = <T extends object>(value: T): T =>
  Object.fromEntries(
    Object.entries(value).sort(([one], [other]) => one.length - other.length || (one < other ? -1 : 1)),
  ) as T;

describe('the status that is set in Request Tracker', () => {
  it('is RT’s usual one, in whatever order the database gives the settings back', () => {
    const { statuses, sets } = settingsWith({});
    for (const order of [statuses, kept(statuses)])
      expect(
        (['new', 'open', 'pending', 'solved'] as const).map((one) => wordFor(one, { statuses: order, sets })),
      ).toEqual(['new', 'open', 'stalled', 'resolved']);
  });

  it('is the one that the settings name, of several that are the same', () => {
    const statuses = kept({ open: 'open', done: 'solved', shipped: 'solved', dropped: 'solved' });
    expect(wordFor('solved', settingsWith({ statuses, sets: { solved: 'shipped' } }))).toBe('shipped');
    expect(wordFor('solved', settingsWith({ statuses }))).toBe('done');
    expect(wordFor('solved', settingsWith({ statuses, sets: { solved: 'open' } }))).toBe('done');
  });

  it('is the nearest where the lifecycle has no such thing', () => {
    const settings = settingsWith({ statuses: { open: 'open', done: 'closed' } });
    expect(wordFor('solved', settings)).toBe('done');
    expect(wordFor('pending', settings)).toBe('open');
  });
});
