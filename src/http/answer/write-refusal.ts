import type { ServerResponse } from 'node:http';
import { ERROR_STATUS, type ErrorAnswer } from '../../contract/index.js';
import type { Refusal } from '../route.js';
import { writeJson } from './write-json.js';

/** What a caller that hears of no time should wait before it asks again. */
const PATIENCE_SECONDS: Partial<Record<Refusal['code'], number>> = {
  idempotency_key_in_use: 1,
  rate_limited: 60,
  overloaded: 2,
  database_unavailable: 2,
  file_store_failed: 30,
  not_ready: 2,
};

/** The one way in which anything is refused. */
export function writeRefusal(
  response: ServerResponse,
  refusal: Omit<Refusal, 'outcome'>,
  requestId: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const { code, message, details } = refusal;
  const status = ERROR_STATUS[code];
  const patience = refusal.retryAfterSeconds ?? PATIENCE_SECONDS[code];
  const answer: ErrorAnswer = {
    error: { code, message, requestId, ...(details === undefined ? {} : { details }) },
  };
  writeJson(response, status, answer, {
    'X-Request-Id': requestId,
    ...(status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}),
    ...(patience === undefined ? {} : { 'Retry-After': String(Math.max(1, Math.ceil(patience))) }),
    ...headers,
  });
}
