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
    const { outcome, code, message, httpStatus } = error.failed;
    if (code === 'answer_too_large') return tooLarge;
    if (outcome === 'refused') return { outcome: 'unavailable', message };
    // RT answers 500 for an attachment that is not there, and nothing else tells the two apart.
    const isOfTheFile = httpStatus === 500 || code === 'answer_not_understood';
    return { outcome: isOfTheFile ? 'later' : 'not_now', message };
  }
}

const tooLarge: FileFetch = { outcome: 'unavailable', message: 'The file is larger than the bridge takes.' };
