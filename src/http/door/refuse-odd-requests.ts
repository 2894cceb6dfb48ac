import type { RequestHandler } from 'express';
import { refuse } from '../answer/refuse.js';

const KNOWN_METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS';
const LONGEST_URL = 8_192;

/** Turns away what no route wants to see: methods nobody offers, overlong and unreadable addresses. */
export const refuseOddRequests: RequestHandler = (request, response, next) => {
  if (!KNOWN_METHODS.split(', ').includes(request.method)) {
    refuse(
      request,
      response,
      { code: 'method_not_allowed', message: 'Nothing here takes this method.' },
      { Allow: KNOWN_METHODS },
    );
  } else if (request.url.length > LONGEST_URL) {
    refuse(request, response, {
      code: 'uri_too_long',
      message: `The address is longer than ${LONGEST_URL} characters.`,
    });
  } else if (!isReadable(request.url)) {
    refuse(request, response, {
      code: 'bad_url',
      message: 'The address is not properly percent-encoded UTF-8.',
    });
  } else next();
};

function isReadable(url: string): boolean {
  try {
    return !decodeURIComponent(url).includes('\0');
  } catch {
    return false;
  }
}
