import type { IncomingMessage } from 'node:http';
import type { Principal } from '../../access/principal.js';
import type { ErrorCode } from '../../contract/index.js';

/** What is known of a request on its way through this room. */
export interface RequestContext {
  requestId: string;
  /** The pattern that it met. */
  route: string;
  principal?: Principal;
  token?: string;
  /** Why it was refused. */
  code?: ErrorCode;
}

const contexts = new WeakMap<IncomingMessage, RequestContext>();

export function openContext(request: IncomingMessage, requestId: string): RequestContext {
  const context: RequestContext = { requestId, route: '(none)' };
  contexts.set(request, context);
  return context;
}

/** @throws when the request did not come through the door: a mistake of ours. */
export function contextOf(request: IncomingMessage): RequestContext {
  const context = contexts.get(request);
  if (context === undefined) throw new Error('a request without a context');
  return context;
}
