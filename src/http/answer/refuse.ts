import type { IncomingMessage, ServerResponse } from 'node:http';
import { letGo } from '../body/read-body.js';
import { contextOf } from '../door/request-context.js';
import type { Refusal } from '../route.js';
import { writeRefusal } from './write-refusal.js';

/** Refuses a request that came through the door, and remembers why for its log line. */
export function refuse(
  request: IncomingMessage,
  response: ServerResponse,
  refusal: Omit<Refusal, 'outcome'>,
  headers: Readonly<Record<string, string>> = {},
): void {
  const context = contextOf(request);
  context.code = refusal.code;
  writeRefusal(response, refusal, context.requestId, headers);
  if (!request.complete) letGo(request);
}
