import type { RequestHandler } from 'express';
import helmet from 'helmet';

export type Directives = Record<string, string[]>;

/** For what is no page: nothing may be loaded by it and nobody may frame it. */
export const NO_PAGE: Directives = {
  'default-src': ["'none'"],
  'frame-ancestors': ["'none'"],
  'base-uri': ["'none'"],
};

/** The headers of every answer but a webhook's. `framed`: a page that desks on our list may show in a panel. */
export function setSecurityHeaders(
  directives: Directives,
  options: { isHttps: boolean; framed?: boolean; crossOrigin?: boolean },
): RequestHandler {
  const handler = helmet({
    contentSecurityPolicy: { useDefaults: false, directives },
    // Old browsers read X-Frame-Options, which cannot name origins: a page that may be framed goes without.
    frameguard: options.framed === true ? false : { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    hsts: options.isHttps ? { maxAge: 31_536_000, includeSubDomains: false } : false,
    crossOriginResourcePolicy: { policy: options.crossOrigin === true ? 'cross-origin' : 'same-origin' },
  });
  return (request, response, next) => {
    if (options.framed === true) response.removeHeader('X-Frame-Options');
    handler(request, response, next);
  };
}
