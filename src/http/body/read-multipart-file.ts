import busboy from 'busboy';
import type { IncomingMessage } from 'node:http';
import type { UploadReading } from './upload-reading.js';
import { letGo } from './read-body.js';

/** The field `file` of a multipart form, while it streams in. */
export function readMultipartFile(
  request: IncomingMessage,
  limits: { bytes: number; seconds: number },
): Promise<UploadReading> {
  return new Promise((resolve) => {
    let parser: busboy.Busboy;
    const end = (reading: UploadReading): void => {
      clearTimeout(timer);
      request.off('close', leave);
      request.on('error', () => undefined);
      if (reading.outcome !== 'read') {
        request.unpipe();
        letGo(request);
      }
      resolve(reading);
    };
    const leave = (): void => end({ outcome: 'gone' });
    const timer = setTimeout(() => {
      end({ outcome: 'refused', code: 'request_timeout', message: 'The file did not arrive in time.' });
    }, limits.seconds * 1_000);
    const malformed = (message: string): void =>
      end({ outcome: 'refused', code: 'invalid_request', message });
    try {
      parser = busboy({
        headers: request.headers,
        defParamCharset: 'utf8',
        limits: { files: 1, fileSize: limits.bytes, fields: 5, fieldSize: 1_024, parts: 6, headerPairs: 50 },
      });
    } catch {
      malformed('The form cannot be read: it needs multipart/form-data with a boundary.');
      return;
    }
    let found: { name: string; bytes: Buffer } | undefined;
    parser.on('file', (field, stream, info) => {
      stream.on('error', () => undefined);
      if (field !== 'file') {
        stream.resume();
        return;
      }
      const pieces: Buffer[] = [];
      stream.on('data', (piece: Buffer) => pieces.push(piece));
      stream.on('limit', () => {
        pieces.length = 0;
        end({
          outcome: 'refused',
          code: 'body_too_large',
          message: `The file is larger than ${limits.bytes} bytes.`,
        });
      });
      // The type promises a name; a form need not give one.
      const { filename }: { filename?: string } = info;
      stream.on('end', () => {
        found = { name: filename ?? '', bytes: Buffer.concat(pieces) };
      });
    });
    parser.on('error', () => malformed('The form is broken off or malformed.'));
    parser.on('close', () => {
      if (found) end({ outcome: 'read', upload: found });
      else malformed('The form has no field `file` with a file in it.');
    });
    request.on('close', leave);
    request.pipe(parser);
  });
}
