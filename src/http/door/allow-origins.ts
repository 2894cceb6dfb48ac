import type { RequestHandler } from 'express';

/**
 * CORS by an exact list, empty unless configured: an origin that is not on it gets no header at all, and
 * its preflight meets the route's usual 405. Nothing here works by cookie, so no credentials are allowed.
 */
export function allowOrigins(origins: readonly string[]): RequestHandler {
  const allowed = new Set(origins);
  return (request, response, next) => {
    if (allowed.size > 0) response.vary('Origin');
    const { origin } = request.headers;
    if (origin === undefined || !allowed.has(origin)) return next();
    response.setHeader('Access-Control-Allow-Origin', origin);
    response.setHeader(
      'Access-Control-Expose-Headers',
      'X-Request-Id, Retry-After, Idempotent-Replayed, Date',
    );
    if (request.method !== 'OPTIONS') return next();
    response.writeHead(204, {
      'Access-Control-Allow-Methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
      'Access-Control-Allow-Headers':
        'Authorization, Content-Type, Idempotency-Key, X-Request-Id, X-File-Name',
      'Access-Control-Max-Age': '600',
    });
    response.end();
  };
}
