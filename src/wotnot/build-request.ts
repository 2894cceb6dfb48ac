import type { Readable } from 'node:stream';
import type { z } from 'zod';
import { encodeMultipart } from './encode-multipart.js';
import { type ErrorMessage, WotNotInputError } from './errors.js';
import { fillPath, listParameters } from './fill-path.js';
import type { Operation } from './operation.js';
import type { SourceToUpload } from './upload-sources.js';

export interface BuiltRequest {
  /** Path and query. */
  path: string;
  headers: Record<string, string>;
  body: Buffer | Readable | null;
}

type Fields = Record<string, unknown>;

/** Checks a request and puts it into the form in which it travels. Nothing is sent on a mistake. */
export async function buildRequest(
  name: string,
  operation: Operation,
  path: string,
  accountId: string,
  given: unknown,
): Promise<BuiltRequest> {
  const fields = check(name, operation.request, given);
  const ids: Fields = { account_id: accountId };
  const carried: Fields = {};
  const parameters = new Set(listParameters(operation.path));
  for (const [field, value] of Object.entries(fields)) {
    (parameters.has(field) ? ids : carried)[field] = value;
  }
  const filled = fillPath(name, path, ids);
  switch (operation.carries) {
    case 'nothing':
      return { path: filled, headers: json, body: null };
    case 'json':
      return { path: filled, headers: json, body: Buffer.from(JSON.stringify(carried)) };
    case 'query':
      return { path: filled + writeQuery(carried), headers: json, body: null };
    case 'query-and-json': {
      const isEmpty = Object.values(carried).every((value) => value === undefined);
      if (isEmpty) return { path: filled, headers: json, body: null };
      // A GET's body is documented and yet lost on many roads, so the query says the same.
      return {
        path: filled + writeQuery(carried),
        headers: json,
        body: Buffer.from(JSON.stringify(carried)),
      };
    }
    case 'multipart': {
      const form = await encodeMultipart(name, carried['sources'] as Record<string, SourceToUpload>);
      const length = form.contentLength === null ? {} : { 'Content-Length': String(form.contentLength) };
      return { path: filled, headers: { 'Content-Type': form.contentType, ...length }, body: form.body };
    }
  }
}

const json = { 'Content-Type': 'application/json' };

function check(name: string, schema: z.ZodType, given: unknown): Fields {
  const checked = schema.safeParse(given, {
    error: (issue) => (issue.input === undefined ? 'is required' : undefined),
  });
  if (checked.success) return checked.data as Fields;
  const messages = checked.error.issues.map((issue): ErrorMessage => {
    const path = issue.path.map((part) => (typeof part === 'number' ? part : String(part)));
    // An unknown field is reported on its parent: the message should name the field itself.
    if (issue.code === 'unrecognized_keys') {
      return { message: 'is not a field of this request', path: [...path, issue.keys[0] ?? ''] };
    }
    return { message: issue.message, path };
  });
  throw new WotNotInputError(name, messages as [ErrorMessage, ...ErrorMessage[]]);
}

/** Lists are comma-separated, as the page has them. */
function writeQuery(fields: Fields): string {
  const pairs = Object.entries(fields).flatMap(([name, value]) => {
    if (value === undefined) return [];
    const items = Array.isArray(value) ? value : [value];
    return [`${name}=${items.map((item) => encodeURIComponent(String(item))).join(',')}`];
  });
  return pairs.length > 0 ? `?${pairs.join('&')}` : '';
}
