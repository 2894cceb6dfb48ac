import type { IncomingMessage } from 'node:http';
import { pipeline, type Readable, type Transform } from 'node:stream';
import zlib from 'node:zlib';

export type BodyReading =
  | { outcome: 'read'; bytes: Buffer }
  | { outcome: 'too_large' }
  | { outcome: 'unreadable'; reason: string };

/** The whole body or none of it; what counts is what comes out of the decompression. */
export async function readBody(response: IncomingMessage, maxBytes: number): Promise<BodyReading> {
  const announced = Number(response.headers['content-length'] ?? 0);
  if (announced > maxBytes) return ended(response, { outcome: 'too_large' });
  const body = decompressed(response);
  if (body === undefined) return ended(response, { outcome: 'unreadable', reason: 'in an unknown encoding' });
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > maxBytes) return ended(response, { outcome: 'too_large' });
      chunks.push(chunk);
    }
  } catch {
    return ended(response, { outcome: 'unreadable', reason: 'broken off before its end' });
  }
  return { outcome: 'read', bytes: Buffer.concat(chunks, length) };
}

/** undefined for an encoding, or a pile of encodings, that is not undone here. */
function decompressed(response: IncomingMessage): Readable | undefined {
  switch ((response.headers['content-encoding'] ?? 'identity').trim().toLowerCase()) {
    case '':
    case 'identity':
      return response;
    case 'gzip':
    case 'x-gzip':
      return through(response, zlib.createGunzip());
    case 'deflate':
      return through(response, zlib.createInflate());
    case 'br':
      return through(response, zlib.createBrotliDecompress());
    default:
      return undefined;
  }
}

/** Fails when either end fails, and leaves neither open. */
function through(response: IncomingMessage, transform: Transform): Readable {
  return pipeline(response, transform, () => undefined);
}

function ended(response: IncomingMessage, reading: BodyReading): BodyReading {
  response.destroy();
  return reading;
}
