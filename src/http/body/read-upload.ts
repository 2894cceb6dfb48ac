import type { Request } from 'express';
import { cleanFileName } from '../files/clean-file-name.js';
import type { UploadReading } from './upload-reading.js';
import { readBody } from './read-body.js';
import { readMultipartFile } from './read-multipart-file.js';

export const LARGEST_FILE = 25 * 1024 * 1024;

/** The file that a request brings: its body as it is, or the field `file` of a form. */
export async function readUpload(
  request: Request,
  options: { name: string | undefined; seconds: number },
): Promise<UploadReading> {
  const encoding = request.headers['content-encoding'];
  if (encoding !== undefined && encoding.toLowerCase() !== 'identity') {
    return {
      outcome: 'refused',
      code: 'unsupported_media_type',
      message: 'Send the file without compression.',
    };
  }
  const given = options.name ?? headerName(request);
  if (/^multipart\//i.test(request.headers['content-type'] ?? '')) {
    const reading = await readMultipartFile(request, { bytes: LARGEST_FILE, seconds: options.seconds });
    if (reading.outcome !== 'read') return reading;
    const name = cleanFileName(given ?? reading.upload.name);
    return { outcome: 'read', upload: { name, bytes: reading.upload.bytes } };
  }
  const reading = await readBody(request, { bytes: LARGEST_FILE, seconds: options.seconds });
  if (reading.outcome !== 'read') return reading;
  return { outcome: 'read', upload: { name: cleanFileName(given ?? ''), bytes: reading.bytes } };
}

function headerName(request: Request): string | undefined {
  const header = request.headers['x-file-name'];
  if (typeof header !== 'string') return undefined;
  try {
    return decodeURIComponent(header);
  } catch {
    return header;
  }
}
