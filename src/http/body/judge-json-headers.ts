import type { IncomingHttpHeaders } from 'node:http';
import type { Refusal } from '../route.js';

const JSON_TYPE = /^application\/(?:[a-z0-9!#$&^_.+-]+\+)?json[ \t]*(?:;|$)/i;
const CHARSET = /;[ \t]*charset[ \t]*=[ \t]*"?([^\s";]*)/i;

/** Whether a body by these headers is JSON that we read: UTF-8 and not compressed. */
export function judgeJsonHeaders(headers: IncomingHttpHeaders): Refusal | undefined {
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    return refusal('unsupported_media_type', 'Send the body without compression.');
  }
  const type = headers['content-type'] ?? '';
  if (type === 'application/json') return undefined;
  if (!JSON_TYPE.test(type)) {
    return refusal('unsupported_media_type', 'Send JSON, with Content-Type: application/json.');
  }
  const charset = CHARSET.exec(type)?.[1];
  if (charset !== undefined && charset.toLowerCase() !== 'utf-8' && charset.toLowerCase() !== 'utf8') {
    return refusal('unsupported_charset', 'Send the body in UTF-8.');
  }
  return undefined;
}

const refusal = (code: Refusal['code'], message: string): Refusal => ({ outcome: 'refused', code, message });
