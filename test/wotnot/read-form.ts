import { Readable } from 'node:stream';
import busboy from 'busboy';
import type { ReceivedRequest } from './far-side.js';

export interface FormField {
  field: string;
  content: string;
  /** Null for a field that is not a file. */
  name: string | null;
  type: string;
}

/** Reads `multipart/form-data` with a parser that had no part in writing it. */
export async function readForm(request: ReceivedRequest | undefined): Promise<FormField[]> {
  if (request === undefined) throw new Error('no request was received');
  const fields: FormField[] = [];
  const parser = busboy({ headers: request.headers, defParamCharset: 'utf8' });
  parser.on('field', (field, content, info) => {
    fields.push({ field, content, name: null, type: info.mimeType });
  });
  parser.on('file', (field, stream, info) => {
    const read: FormField = { field, content: '', name: info.filename, type: info.mimeType };
    fields.push(read);
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      read.content += chunk;
    });
  });
  const done = new Promise((resolve, reject) => parser.once('close', resolve).once('error', reject));
  Readable.from([request.body]).pipe(parser);
  await done;
  return fields;
}
