import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { PassThrough, pipeline, Readable } from 'node:stream';
import { WotNotInputError } from './errors.js';
import type { SourceToUpload } from './upload-sources.js';

export interface EncodedMultipart {
  body: Readable;
  contentType: string;
  /** Null when a stream does not tell its length; the body is then sent in chunks. */
  contentLength: number | null;
}

interface Part {
  head: Buffer;
  bytes: number | null;
  read: () => AsyncIterable<Buffer | string> | Iterable<Buffer>;
}

const lineEnd = Buffer.from('\r\n');

/** `multipart/form-data`, one part per field. Files go through as they are read. */
export async function encodeMultipart(
  operation: string,
  sources: Readonly<Record<string, SourceToUpload>>,
): Promise<EncodedMultipart> {
  const boundary = `form-${randomBytes(16).toString('hex')}`;
  const parts: Part[] = [];
  for (const [field, source] of Object.entries(sources)) {
    parts.push(await describePart(operation, field, source, boundary));
  }
  const tail = Buffer.from(`--${boundary}--\r\n`);
  let contentLength: number | null = tail.length;
  for (const part of parts) {
    contentLength =
      contentLength === null || part.bytes === null
        ? null
        : contentLength + part.head.length + part.bytes + lineEnd.length;
  }
  return {
    body: openBody(parts, tail, sources),
    contentType: `multipart/form-data; boundary=${boundary}`,
    contentLength,
  };
}

/** Closed before its end, the body lets go of the streams it was given, even of one that has stalled. */
function openBody(
  parts: readonly Part[],
  tail: Buffer,
  sources: Readonly<Record<string, SourceToUpload>>,
): Readable {
  const body = new PassThrough();
  body.once('close', () => {
    for (const source of Object.values(sources)) {
      if (typeof source !== 'string' && 'stream' in source) source.stream.destroy();
    }
  });
  // A failure reaches whoever reads the body.
  pipeline(Readable.from(writeParts(parts, tail), { objectMode: false }), body, () => undefined);
  return body;
}

async function describePart(
  operation: string,
  field: string,
  source: SourceToUpload,
  boundary: string,
): Promise<Part> {
  const opening = `--${boundary}\r\nContent-Disposition: form-data; name="${quote(field)}"`;
  if (typeof source === 'string') {
    const text = Buffer.from(source);
    return { head: Buffer.from(`${opening}\r\n\r\n`), bytes: text.length, read: () => [text] };
  }
  const name = source.name ?? ('path' in source ? basename(source.path) : '');
  const type = source.type ?? 'application/octet-stream';
  const head = Buffer.from(`${opening}; filename="${quote(name)}"\r\nContent-Type: ${type}\r\n\r\n`);
  if ('stream' in source) return { head, bytes: null, read: () => source.stream };
  const bytes = await measure(operation, field, source.path);
  return { head, bytes, read: () => readExactly(source.path, bytes) };
}

/** Asked before the first byte is sent, so that a wrong path is the caller's error and not a broken upload. */
async function measure(operation: string, field: string, path: string): Promise<number> {
  const found = await stat(path).catch(() => null);
  if (found?.isFile()) return found.size;
  throw new WotNotInputError(operation, [
    { message: 'is not a file that can be read', path: ['sources', field, 'path'] },
  ]);
}

/** The length is announced beforehand: a file that grows is cut to it, one that shrinks ends the upload. */
async function* readExactly(path: string, bytes: number): AsyncGenerator<Buffer> {
  if (bytes === 0) return;
  let left = bytes;
  for await (const chunk of createReadStream(path, { end: bytes - 1 }) as AsyncIterable<Buffer>) {
    left -= chunk.length;
    yield chunk;
  }
  if (left > 0) throw new Error('the file became shorter while it was read');
}

async function* writeParts(parts: readonly Part[], tail: Buffer): AsyncGenerator<Buffer | string> {
  for (const part of parts) {
    yield part.head;
    yield* part.read();
    yield lineEnd;
  }
  yield tail;
}

/** As browsers write it: nothing in a name can end the quotes or the line. */
function quote(name: string): string {
  return name.replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('"', '%22');
}
