import type { HttpDeps } from '../ports.js';
import type { Refusal } from '../route.js';
import { traceFailure } from './trace-failure.js';

/** What a caller hears of an exception: that the database is away, or nothing but the request id. */
export function refuseFailure(
  deps: Pick<HttpDeps, 'telemetry' | 'isDatabaseUnavailable'>,
  error: unknown,
  request: { requestId: string; method: string; route: string },
): Refusal {
  deps.telemetry.requestFailed({ ...request, ...traceFailure(error) });
  if (deps.isDatabaseUnavailable(error)) {
    return {
      outcome: 'refused',
      code: 'database_unavailable',
      message: 'The database cannot be reached just now. Ask again, with the same Idempotency-Key.',
    };
  }
  return { outcome: 'refused', code: 'internal', message: 'Something went wrong on our side.' };
}
