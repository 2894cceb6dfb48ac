import type { RequestHandler } from 'express';
import type { Access } from '../../access/access.js';
import { may } from '../../access/principal.js';
import { refuse } from '../answer/refuse.js';
import type { Refusal, RoutePermission } from '../route.js';
import { contextOf } from './request-context.js';

const LONGEST_TOKEN = 512;
/** One sentence for every reason: which one it was is nobody's business. */
const message = 'The token is missing, wrong or no longer valid.';

/** Who asks, by a Bearer token. */
export function authenticate(access: Access): RequestHandler {
  return async (request, response, next) => {
    const header = request.headers.authorization;
    if (header === undefined) return refuse(request, response, { code: 'token_missing', message });
    const token = bearerToken(header);
    const answer =
      token === undefined
        ? ({ outcome: 'refused', code: 'token_invalid' } as const)
        : await access.authenticate(token);
    if (answer.outcome === 'refused') {
      return refuse(request, response, { code: answer.code, message });
    }
    Object.assign(contextOf(request), { principal: answer.principal, token });
    next();
  };
}

/** Whether they may. */
export function authorise(permission: Exclude<RoutePermission, 'anyone'>): RequestHandler {
  return (request, response, next) => {
    const { principal } = contextOf(request);
    if (principal !== undefined && may(principal, permission)) return next();
    const refusal: Omit<Refusal, 'outcome'> = { code: 'forbidden', message: 'This token may not do that.' };
    refuse(request, response, refusal);
  };
}

export function bearerToken(header: string): string | undefined {
  const token = /^Bearer ([\x21-\x7e]+)$/i.exec(header)?.[1];
  return token !== undefined && token.length <= LONGEST_TOKEN ? token : undefined;
}
