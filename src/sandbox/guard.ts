import type { Duplex } from 'node:stream';
import type { RequestHandler } from 'express';

const NAME = 'WotNot sandbox';

/** Every answer says what it comes from, and every page runs only what the sandbox itself serves. */
export const labelAnswer: RequestHandler = (_request, response, next) => {
  response.set({
    'X-Sandbox': NAME,
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'X-Frame-Options': 'DENY',
    'Content-Security-Policy':
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  });
  next();
};

/** What is no request gets an answer too, and that says what it comes from as well. */
export function labelRefusal(_error: Error, socket: Duplex): void {
  if (!socket.writable) socket.destroy();
  else
    socket.end(
      `HTTP/1.1 400 Bad Request\r\nX-Sandbox: ${NAME}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
    );
}

const isLocal = (host: string): boolean => /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/i.test(host);

/**
 * The pages and the control API ask for no password. So that no website open in the same browser can use them, the
 * name asked for must be this machine's own (DNS rebinding) and the asking page must be the sandbox's (forged posts).
 */
export const refuseStrangers: RequestHandler = (request, response, next) => {
  const host = request.headers.host ?? '';
  const origin = request.headers.origin;
  const isOwnPage = origin === undefined || origin === `http://${host}`;
  if (isLocal(host) && isOwnPage) return next();
  response.status(403).json({
    error: { code: 'forbidden', message: 'The sandbox answers its own pages on this machine only.' },
  });
};
