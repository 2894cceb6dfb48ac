import { createHash } from 'node:crypto';
import { type Principal, principalKey } from '../access/principal.js';
import type { IdempotencyKeys } from './ports.js';
import type { Refusal, Route, RouteAnswer } from './route.js';

export type KeyReading = { outcome: 'given'; key: string | undefined } | Refusal;

/** The caller's Idempotency-Key, if there is one and it is one. */
export function readIdempotencyKey(header: string | string[] | undefined): KeyReading {
  if (header === undefined) return { outcome: 'given', key: undefined };
  if (typeof header === 'string' && /^[\x21-\x7e]{1,200}$/.test(header))
    return { outcome: 'given', key: header };
  return {
    outcome: 'refused',
    code: 'idempotency_key_invalid',
    message: 'An Idempotency-Key has 1 to 200 visible ASCII characters.',
  };
}

/** What makes a request the same request. */
export function hashRequest(method: string, path: string, body: Buffer): string {
  return createHash('sha256').update(`${method} ${path}\n`).update(body).digest('hex');
}

export type KeptAnswer = { answer: RouteAnswer; replayed: boolean };

/** Carries the request out once for its key; a repeat gets the answer of the first. Only success is kept. */
export async function keepAnswer(
  keys: IdempotencyKeys,
  request: { principal: Principal; key: string; requestHash: string },
  keeps: NonNullable<Route['keepsAnswer']>,
  run: () => Promise<RouteAnswer>,
): Promise<KeptAnswer> {
  const place = [request.principal.scope, principalKey(request.principal), request.key] as const;
  const beginning = await keys.begin(...place, request.requestHash);
  switch (beginning.outcome) {
    case 'answered':
      return { replayed: true, answer: repeated(beginning.status, beginning.answer) };
    case 'in_use':
      if (keeps.verbKnowsKey === true) break;
      return fresh('idempotency_key_in_use', 'The first request with this key is still under way.');
    case 'reused':
      return fresh('idempotency_key_reused', 'This key was used for a different request.');
    case 'first':
      break;
  }
  let answer: RouteAnswer;
  try {
    answer = await run();
  } catch (error) {
    // The failure that the caller is to hear of is the first one.
    await keys.abandon(...place).catch(() => undefined);
    throw error;
  }
  if (answer.outcome === 'refused') await keys.abandon(...place);
  else await keys.finish(...place, answer.status, without(answer.body, keeps.unlessRepeated ?? []));
  return { replayed: false, answer };
}

const fresh = (code: Refusal['code'], message: string): KeptAnswer => ({
  replayed: false,
  answer: { outcome: 'refused', code, message },
});

function repeated(status: number, body: unknown): RouteAnswer {
  switch (status) {
    case 201:
    case 202:
      return { outcome: 'answered', status, body };
    default:
      return { outcome: 'answered', status: 200, body };
  }
}

/** Secrets are answered, never stored. */
function without(body: unknown, secrets: readonly string[]): unknown {
  if (secrets.length === 0 || typeof body !== 'object' || body === null) return body ?? null;
  return Object.fromEntries(Object.entries(body).filter(([name]) => !secrets.includes(name)));
}
