import { timingSafeEqual } from 'node:crypto';
import type { OperationName } from '../../wotnot/index.js';
import { type ApiAnswer, refuse } from './api-answer.js';

export function hasToken(authorization: string | undefined, token: string): boolean {
  const given = Buffer.from(authorization?.replace(/^Bearer /i, '') ?? '');
  const wanted = Buffer.from(token);
  return (
    /^Bearer /i.test(authorization ?? '') && given.length === wanted.length && timingSafeEqual(given, wanted)
  );
}

/** A wrong token reads differently from one operation to the next, and so it does here. */
export function refuseToken(name: OperationName): ApiAnswer {
  switch (name) {
    case 'send-message':
    case 'send-visitor-message':
    case 'close-conversation':
    case 'assign-user':
    case 'assign-team':
      return refuse('JWT_SIGNATURE_EXCEPTION');
    case 'create-conversation':
    case 'start-api-conversation':
      return refuse('JWT_SIGNATURE_EXCEPTION', { without: ['code'] });
    case 'upload-sources':
    case 'get-training-status':
      // The page prints this under HTTP 400, with 401 inside.
      return refuse('JWT_SIGNATURE_EXCEPTION', { http: 400, bodyStatus: 401, without: ['code'] });
    default:
      return refuse('UNAUTHORIZED');
  }
}
