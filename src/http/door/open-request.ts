import type { RequestHandler } from 'express';
import { principalKey } from '../../access/principal.js';
import type { HttpTelemetry } from '../ports.js';
import { openContext } from './request-context.js';
import { requestIdOf } from './request-id.js';

/** Gives a request its id, and writes its one log line when it is over. */
export function openRequest(telemetry: HttpTelemetry): RequestHandler {
  return (request, response, next) => {
    const context = openContext(request, requestIdOf(request.headers['x-request-id']));
    const startedAt = performance.now();
    response.setHeader('X-Request-Id', context.requestId);
    response.once('close', () => {
      const { principal, code } = context;
      telemetry.requestServed({
        requestId: context.requestId,
        method: request.method,
        route: context.route,
        // 499: the caller left before it was answered.
        status: response.writableEnded ? response.statusCode : 499,
        milliseconds: performance.now() - startedAt,
        ...(principal === undefined
          ? {}
          : { workspaceId: principal.scope.workspaceId, principal: principalKey(principal) }),
        ...(code === undefined ? {} : { code }),
      });
    });
    next();
  };
}
