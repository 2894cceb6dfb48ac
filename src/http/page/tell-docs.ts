import type { RequestHandler } from 'express';
import { setSecurityHeaders } from '../door/set-security-headers.js';
import { openApiDocument } from '../openapi.js';
import { DOCS_STYLE } from './docs-style.js';
import { renderDocs } from './render-docs.js';

/** The description is the same for everyone: it is made when the first one asks. */
export function tellDescription(): RequestHandler {
  let text: string | undefined;
  return (_request, response) => {
    text ??= JSON.stringify(openApiDocument());
    response.writeHead(200, {
      'Content-Type': 'application/json; charset=utf-8',
      'Cache-Control': 'no-cache',
    });
    response.end(text);
  };
}

/** The same as a page without a script. */
export function tellDocs(isHttps: boolean): RequestHandler[] {
  let page: string | undefined;
  const directives = {
    'default-src': ["'none'"],
    'style-src': ["'self'"],
    'base-uri': ["'none'"],
    'form-action': ["'none'"],
    'frame-ancestors': ["'none'"],
  };
  return [
    setSecurityHeaders(directives, { isHttps }),
    (_request, response) => {
      page ??= renderDocs(openApiDocument());
      response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-cache' });
      response.end(page);
    },
  ];
}

export const tellDocsStyle: RequestHandler = (_request, response) => {
  response.writeHead(200, { 'Content-Type': 'text/css; charset=utf-8', 'Cache-Control': 'no-cache' });
  response.end(DOCS_STYLE);
};
