import type { TicketFile } from '../../domain/desk-fact.js';
import type { FileFetch } from '../connector.js';
import { FailedCall } from '../desk-kit/index.js';
import type { Tracker } from './calling/open-tracker.js';
import { isId } from './calling/query.js';
import { readPartBytes } from './calling/read-attachments.js';

/** The bytes of an attachment. @throws FailedCall */
export async function fetchFile(tracker: Tracker, file: TicketFile, maxBytes: number): Promise<FileFetch> {
  const { externalFileId: id, sizeBytes } = file;
  if (id === undefined || !isId(id))
    return { outcome: 'unavailable', message: 'Request Tracker has no such file.' };
  if (sizeBytes !== undefined && sizeBytes > maxBytes) return tooLarge;
  try {
    const { bytes, contentType } = await readPartBytes(tracker, id, maxBytes);
    return bytes.length > maxBytes ? tooLarge : { outcome: 'fetched', bytes, contentType };
  } catch (error) {
    if (!(error instanceof FailedCall)) throw error;
    const { outcome, code, message } = error.failed;
    if (code === 'answer_too_large') return tooLarge;
    // RT answers 500 for an attachment that is not there.
    return outcome === 'refused' ? { outcome: 'unavailable', message } : { outcome: 'later', message };
  }
}

const tooLarge: FileFetch = { outcome: 'unavailable', message: 'The file is larger than the bridge takes.' };
