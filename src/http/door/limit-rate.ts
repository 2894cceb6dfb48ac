import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { principalKey } from '../../access/principal.js';
import { refuse } from '../answer/refuse.js';
import { contextOf } from './request-context.js';

const WINDOW_MS = 60_000;

/** IPv6 by /64: one customer's line has that many. */
export const addressOf = (request: Request): string => ipKeyGenerator(request.ip ?? '', 64);

export const limitAddress = (perMinute: number): RequestHandler => limitRate(perMinute, addressOf);

export const limitPrincipal = (perMinute: number): RequestHandler =>
  limitRate(perMinute, (request) => {
    const { principal } = contextOf(request);
    return principal === undefined
      ? addressOf(request)
      : `${principal.scope.workspaceId} ${principalKey(principal)}`;
  });

/** Counted in this process: with several, each allows its share. */
function limitRate(perMinute: number, keyGenerator: (request: Request) => string): RequestHandler {
  return rateLimit({
    windowMs: WINDOW_MS,
    limit: perMinute,
    keyGenerator,
    standardHeaders: false,
    legacyHeaders: false,
    requestPropertyName: 'rate',
    // Where proxies stand is configured as a number of hops, so its guesses are not needed.
    validate: false,
    handler: (request, response) => {
      const resetTime = (request as Request & { rate?: { resetTime?: Date } }).rate?.resetTime;
      const waitMs = (resetTime?.getTime() ?? Date.now() + WINDOW_MS) - Date.now();
      refuse(request, response, {
        code: 'rate_limited',
        message: 'Too many requests: slow down.',
        retryAfterSeconds: waitMs / 1_000,
      });
    },
  });
}
