import { type CallLimit, createCallLimit } from '../call-limit.js';
import type { FakeAnswer, FakeRequest } from '../serve-fake.js';

export interface ZendeskLimits {
  /** What Zendesk answers beyond a limit; undefined: it goes on. */
  refuse(request: FakeRequest): FakeAnswer | undefined;
  /** What it tells with every answer. */
  headers(): Record<string, string>;
  calls: CallLimit;
  /** How many calls were refused, beyond whichever limit. */
  refused(): number;
}

/** Zendesk's limits besides those of updates: the plan's, the export's, and those of making people. */
export function createZendeskLimits(callsPerMinute: number, now: () => number): ZendeskLimits {
  const calls = createCallLimit({ most: callsPerMinute, seconds: 60, now });
  const exports = createCallLimit({ most: 10, seconds: 60, now });
  const people = createCallLimit({ most: 1, seconds: 1, now });
  const person = new Map<string, CallLimit>();

  const personOf = ({ json }: FakeRequest): CallLimit => {
    const user = (json['user'] ?? {}) as Record<string, unknown>;
    const name = JSON.stringify(user['external_id'] ?? user['email'] ?? null);
    const known = person.get(name) ?? createCallLimit({ most: 5, seconds: 60, now });
    person.set(name, known);
    return known;
  };

  return {
    calls,
    refuse(request) {
      if (!request.path.startsWith('/api/v2/')) return undefined;
      const limits = [calls];
      if (request.path === '/api/v2/incremental/tickets/cursor') limits.push(exports);
      if (request.path === '/api/v2/users/create_or_update') limits.push(people, personOf(request));
      for (const limit of limits) {
        const wait = limit.admit();
        if (wait > 0)
          return {
            status: 429,
            headers: { 'retry-after': String(wait) },
            body: {
              error: 'APIRateLimitExceeded',
              description: 'Number of allowed API requests per minute exceeded',
            },
          };
      }
      return undefined;
    },
    headers: () => ({
      'x-rate-limit': String(callsPerMinute),
      'x-rate-limit-remaining': String(calls.remaining()),
    }),
    refused: () =>
      [calls, exports, people, ...person.values()].reduce((sum, limit) => sum + limit.refused(), 0),
  };
}
