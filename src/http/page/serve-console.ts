import { existsSync } from 'node:fs';
import path from 'node:path';
import express, { type RequestHandler, Router } from 'express';
import { type Directives, setSecurityHeaders } from '../door/set-security-headers.js';
import type { HttpConfig } from '../ports.js';

/**
 * The agent's console, when it is built: `/` for a window of its own, framed by nobody, and `/embed` for
 * the side panel of the desks on the list.
 */
export function serveConsole(config: HttpConfig): Router {
  const router = Router({ caseSensitive: true, strict: true });
  const directory = config.consoleDirectory;
  if (directory === undefined || !existsSync(path.join(directory, 'index.html'))) return router;
  const isHttps = config.publicUrl.startsWith('https:');
  const page: RequestHandler = (_request, response) => {
    response.sendFile('index.html', { root: directory, headers: { 'Cache-Control': 'no-store' } });
  };
  const framedBy = config.embedOrigins.length === 0 ? ["'none'"] : [...config.embedOrigins];
  router.get('/', setSecurityHeaders(directives(config, ["'none'"]), { isHttps }), page);
  router.get(
    '/embed',
    setSecurityHeaders(directives(config, framedBy), { isHttps, framed: config.embedOrigins.length > 0 }),
    page,
  );
  router.get(/\.map$|\/index\.html$/, (_request, _response, next) => next('router'));
  router.use(
    express.static(directory, {
      index: false,
      redirect: false,
      dotfiles: 'ignore',
      // Names do not carry a hash, so a browser asks each time; it hears 304 when nothing changed.
      cacheControl: false,
      setHeaders: (response) => void response.setHeader('Cache-Control', 'no-cache'),
    }),
  );
  return router;
}

/** Pictures and sounds may lie outside: the console shows those only after the agent's click. */
function directives(config: HttpConfig, framedBy: string[]): Directives {
  const own = new URL(config.publicUrl).origin;
  const outside = own.startsWith('https:') ? ['https:'] : ['https:', 'http:'];
  return {
    'default-src': ["'none'"],
    'script-src': ["'self'"],
    'style-src': ["'self'"],
    'font-src': ["'self'"],
    'img-src': ["'self'", 'data:', 'blob:', ...outside],
    'media-src': ["'self'", 'blob:', ...outside],
    'connect-src': ["'self'", own, own.replace(/^http/, 'ws')],
    'manifest-src': ["'self'"],
    'object-src': ["'none'"],
    'base-uri': ["'none'"],
    'form-action': ["'self'"],
    'frame-ancestors': framedBy,
  };
}
