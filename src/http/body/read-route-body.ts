import type { IncomingMessage } from 'node:http';
import type { Request } from 'express';
import type { HttpConfig } from '../ports.js';
import type { Refusal, Route } from '../route.js';
import { judgeJsonHeaders } from './judge-json-headers.js';
import { readBody } from './read-body.js';
import { readJson } from './read-json.js';
import { readUpload } from './read-upload.js';
import { validate } from './validate.js';

const LARGEST_JSON = 64 * 1024;
const JSON_SECONDS = 15;
const FILE_SECONDS = 120;
const UPLOADS_AT_ONCE = 8;
const NOTHING = Buffer.alloc(0);

export type RouteBodyReading =
  | { outcome: 'read'; value: unknown; bytes: Buffer }
  | Refusal
  | { outcome: 'gone' };

/** Reads the body that a route takes: JSON held against its schema, a file, or nothing. */
export function readRouteBody(config: HttpConfig) {
  let uploads = 0;
  return async (route: Route, request: Request, query: unknown): Promise<RouteBodyReading> => {
    if (route.body !== 'upload') return readJsonBody(route.body, request, config.bodySeconds ?? JSON_SECONDS);
    if (uploads >= (config.uploadsAtOnce ?? UPLOADS_AT_ONCE)) {
      return {
        outcome: 'refused',
        code: 'overloaded',
        message: 'Too many files are on their way in: wait a moment.',
      };
    }
    uploads += 1;
    try {
      const { name } = query as { name?: string };
      const reading = await readUpload(request, { name, seconds: config.bodySeconds ?? FILE_SECONDS });
      if (reading.outcome !== 'read') return reading;
      return { outcome: 'read', value: reading.upload, bytes: reading.upload.bytes };
    } finally {
      uploads -= 1;
    }
  };
}

async function readJsonBody(
  schema: Exclude<Route['body'], 'upload'>,
  request: Request,
  seconds: number,
): Promise<RouteBodyReading> {
  if (request.method === 'GET' || request.method === 'HEAD' || request.method === 'DELETE') {
    return { outcome: 'read', value: {}, bytes: NOTHING };
  }
  let bytes: Buffer = NOTHING;
  let value: Record<string, unknown> | undefined;
  if (hasBody(request)) {
    const unreadable = judgeJsonHeaders(request.headers);
    if (unreadable !== undefined) return unreadable;
    const body = await readBody(request, { bytes: LARGEST_JSON, seconds });
    if (body.outcome !== 'read') return body;
    bytes = body.bytes;
    if (bytes.length > 0) {
      const json = readJson(bytes);
      if (json.outcome === 'refused') return json;
      value = json.value;
    }
  }
  // Where nothing need be said, nothing may be said.
  if (value === undefined && !schema.safeParse({}).success) {
    return { outcome: 'refused', code: 'body_not_an_object', message: 'The body must be a JSON object.' };
  }
  const validation = validate(schema, value ?? {});
  return validation.outcome === 'refused' ? validation : { outcome: 'read', value: validation.value, bytes };
}

const hasBody = ({ headers }: IncomingMessage): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
