import type { RequestHandler } from 'express';
import { timingSafeEqual, createHash } from 'node:crypto';
import { bearerToken } from './door/authenticate.js';
import { refuse } from './answer/refuse.js';
import { writeJson } from './answer/write-json.js';
import type { HttpDeps } from './ports.js';

/** The process turns around; nothing else is asked. */
export const tellLive: RequestHandler = (_request, response) => {
  writeJson(response, 200, { status: 'live' });
};

/** Whether work can be done here: the database, the migrations, the workers. */
export function tellReady(readiness: HttpDeps['readiness']): RequestHandler {
  return async (request, response) => {
    const { ready, checks } = await readiness();
    const told = Object.fromEntries(checks.map(({ name, ok }) => [name, ok]));
    if (ready) writeJson(response, 200, { status: 'ready', checks: told });
    else
      refuse(request, response, {
        code: 'not_ready',
        message: 'Not ready to work.',
        details: { checks: told },
      });
  };
}

/** Prometheus' text, to whoever has the token; without a token configured, to this very machine. */
export function tellMetrics(metrics: HttpDeps['metrics'], token: string | undefined): RequestHandler {
  return async (request, response) => {
    const { authorization } = request.headers;
    const allowed =
      token === undefined
        ? isThisMachine(request.socket.remoteAddress) &&
          !('x-forwarded-for' in request.headers || 'forwarded' in request.headers)
        : isEqual(bearerToken(authorization ?? '') ?? '', token);
    if (!allowed) {
      const code = authorization === undefined ? 'token_missing' : 'token_invalid';
      return refuse(request, response, {
        code,
        message: 'Metrics need the token that is configured for them.',
      });
    }
    const { contentType, text } = await metrics();
    const headers = {
      'Content-Type': contentType,
      'Content-Length': Buffer.byteLength(text),
      'Cache-Control': 'no-store',
    };
    response.writeHead(200, headers).end(text);
  };
}

const isThisMachine = (address: string | undefined): boolean =>
  /^(?:::ffff:)?127\.|^::1$/.test(address ?? '');

/** Hashes are of one length, so that nothing is told by the time it takes. */
const isEqual = (left: string, right: string): boolean => timingSafeEqual(hash(left), hash(right));
const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
