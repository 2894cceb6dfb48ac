import type { Request, Response } from 'express';
import { refuse } from '../answer/refuse.js';
import { contextOf } from '../door/request-context.js';
import type { Desk } from '../../desk/desk.js';
import { dispositionOf } from './disposition.js';
import { readQuery } from '../body/read-query.js';
import { readRange } from './read-range.js';

const REASONS = {
  link_invalid: 'This link is not valid.',
  link_expired: 'This link has expired. Ask for a fresh one.',
  not_found: 'There is no such file.',
} as const;

/** Serves the file that a signed link leads to; the signature is the right, so nobody signs in. */
export function openFileLink(desk: Pick<Desk, 'openFileLink'>) {
  return async (request: Request, response: Response): Promise<void> => {
    contextOf(request).route = '/files/{workspaceId}/{fileId}/{name}';
    const query = readQuery(request.url);
    if (query.outcome === 'refused') return refuse(request, response, query);
    const opened = await desk.openFileLink({
      workspaceId: String(request.params.workspaceId),
      fileId: String(request.params.fileId),
      expires: query.value.expires ?? '',
      signature: query.value.signature ?? '',
    });
    if (opened.outcome === 'refused') {
      return refuse(request, response, { code: opened.code, message: REASONS[opened.code] });
    }
    const { file, bytes, inline } = opened;
    const headers = {
      'Content-Type': inline ? file.contentType : downloadType(file.contentType),
      'Content-Disposition': dispositionOf(file.name, inline),
      'Cache-Control': 'private, no-store',
      'X-Robots-Tag': 'noindex',
      'Accept-Ranges': 'bytes',
    };
    const range = readRange(request.headers.range, bytes.length);
    switch (range.outcome) {
      case 'unsatisfiable':
        response.writeHead(416, { 'Content-Range': `bytes */${bytes.length}`, 'Content-Length': 0 }).end();
        return;
      case 'whole':
        response.writeHead(200, { ...headers, 'Content-Length': bytes.length }).end(bytes);
        return;
      case 'part': {
        const part = bytes.subarray(range.first, range.last + 1);
        const contentRange = `bytes ${range.first}-${range.last}/${bytes.length}`;
        response.writeHead(206, { ...headers, 'Content-Length': part.length, 'Content-Range': contentRange });
        response.end(part);
      }
    }
  };
}

/** What a browser would run is named as mere bytes; the download keeps its name. */
const downloadType = (contentType: string): string =>
  /^(?:text\/(?!plain)|image\/svg|application\/(?:xhtml|xml|javascript|ecmascript))|\+xml|script/i.test(
    contentType,
  )
    ? 'application/octet-stream'
    : contentType;
