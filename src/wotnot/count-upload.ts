import type { BuiltRequest } from './build-request.js';

export interface UploadProgress {
  /** Of the whole body, the form's own lines included, as the connection takes it. */
  sentBytes: number;
  /** Null when a stream does not tell its length. */
  totalBytes: number | null;
}

/** Counts a streamed body piece by piece as it is read; nothing is kept, and the reader sets the pace. */
export function countUpload(request: BuiltRequest, tell: (progress: UploadProgress) => void): void {
  const { body, headers } = request;
  if (body === null || Buffer.isBuffer(body)) return;
  const length = headers['Content-Length'];
  const totalBytes = length === undefined ? null : Number(length);
  let sentBytes = 0;
  // Paused beforehand, as listening would else set it flowing before its reader is there.
  body.pause();
  body.on('data', (piece: Buffer) => {
    sentBytes += piece.length;
    tell({ sentBytes, totalBytes });
  });
  tell({ sentBytes, totalBytes });
}
