import type { WhatToDo } from './error-codes.js';
import type { LocalErrorCode } from './errors.js';

export interface StatusJudgement {
  code: LocalErrorCode;
  whatToDo: WhatToDo;
}

/**
 * What a status says where no documented code speaks. The line that matters runs through the 5xx: a
 * 503 turns a request away, while a 500, 502 or 504 may come after the work was done, so a request
 * that must not be done twice is uncertain.
 */
export function judgeStatus(status: number, repeatable: boolean): StatusJudgement {
  const maybeDone: WhatToDo = repeatable ? 'retry' : 'uncertain';
  if (status === 429) return { code: 'throttled', whatToDo: 'retry' };
  if (status === 401 || status === 403) return { code: 'not_authorised', whatToDo: 'credential' };
  // The server gave up on a request that it had not yet taken in.
  if (status === 408 || status === 425) return { code: 'refused', whatToDo: 'retry' };
  if (status === 503) return { code: 'unavailable', whatToDo: 'retry' };
  if (status >= 500) return { code: 'server_error', whatToDo: maybeDone };
  // 303 says "done, look over there"; the others ask for the request to be made elsewhere.
  if (status === 303) return { code: 'redirected', whatToDo: maybeDone };
  if (status >= 300 && status < 400) return { code: 'redirected', whatToDo: 'retry' };
  return { code: 'refused', whatToDo: 'permanent' };
}
