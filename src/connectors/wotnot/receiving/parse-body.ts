import { isUtf8 } from 'node:buffer';
import type { WebhookRequest, WebhookVerdict } from '../../connector.js';
import { findFault } from './find-fault.js';
import { quoteLongNumbers } from './quote-long-numbers.js';

export type ParsedBody =
  | { outcome: 'parsed'; body: Record<string, unknown>; text: string }
  | Extract<WebhookVerdict, { outcome: 'malformed' }>;

const mostEvents = 500;

/** Bytes → an object within bounds, every long number as the text it was written in. */
export function parseBody(request: WebhookRequest): ParsedBody {
  const unfit = judgeContentType(request.headers['content-type']);
  if (unfit) return unfit;
  if (!isUtf8(request.body)) return malformed(400, 'invalid_utf8', 'The body is not valid UTF-8.');
  const decoded = request.body.toString('utf8');
  const text = decoded.startsWith('\uFEFF') ? decoded.slice(1) : decoded;
  if (text.trim() === '') return notAnObject();

  let value = parseJson(text);
  if (value === undefined) return malformed(400, 'invalid_json', 'The body is not valid JSON.');
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return notAnObject();
  if (Object.keys(value).length === 0) return notAnObject();
  const events: unknown = Object.hasOwn(value, 'events') ? (value as { events?: unknown }).events : undefined;
  if (Array.isArray(events) && events.length > mostEvents) {
    return malformed(413, 'too_complex', `A webhook may carry ${mostEvents} events.`);
  }
  switch (findFault(value)) {
    case 'too_deep':
      return malformed(400, 'too_deep', 'The body is nested too deeply.');
    case 'too_complex':
      return malformed(400, 'too_complex', 'The body has too many members or too long a text.');
    case 'long_number':
      value = parseJson(quoteLongNumbers(text));
      break;
    case 'none':
      break;
  }
  return { outcome: 'parsed', body: value as Record<string, unknown>, text };
}

/** undefined stands for what is no JSON: JSON itself knows no such value. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function judgeContentType(header: string | undefined): ReturnType<typeof malformed> | undefined {
  if (header === 'application/json') return undefined;
  const [type = '', ...parameters] = (header ?? '').toLowerCase().split(';');
  if (!/^application\/(?:[\w.-]+\+)?json$/.test(type.trim())) {
    return malformed(415, 'unsupported_media_type', 'Send application/json.');
  }
  const charset = parameters.map((parameter) => /^\s*charset\s*=\s*"?([^"\s]*)"?\s*$/.exec(parameter)?.[1]);
  const foreign = charset.some((name) => name !== undefined && name !== 'utf-8' && name !== 'utf8');
  return foreign ? malformed(415, 'unsupported_charset', 'Send UTF-8.') : undefined;
}

function malformed(status: 400 | 413 | 415, code: string, message: string) {
  return { outcome: 'malformed', status, code, message } as const;
}

function notAnObject() {
  return malformed(400, 'body_not_an_object', 'The body must be a JSON object with events or a token.');
}
