import { z } from 'zod';
import type { TicketLine } from '../../../domain/desk-order.js';
import type { OrderedFile } from '../../../domain/order.js';
import type { DeskSendContext } from '../../connector.js';
import { capabilities } from '../capabilities.js';
import type { Failed } from '../calling/judge-answer.js';
import type { Desk } from '../calling/open-desk.js';
import { unreadable } from '../calling/tickets.js';
import { wellFormed } from './well-formed.js';

const uploadShape = z.object({ upload: z.object({ token: z.string().min(1) }) });

export interface Carried {
  outcome: 'carried';
  /** One for each file that goes as a file. */
  uploads: string[];
  /** What the text says of the others. */
  remarks: string[];
}

/**
 * Brings the files there, before anything is said: an upload that no comment takes ends by itself after an
 * hour. What does not fit becomes a link.
 */
export async function uploadFiles(
  desk: Desk,
  lines: readonly TicketLine[],
  context: DeskSendContext,
): Promise<Carried | Failed> {
  const uploads: string[] = [];
  const remarks: string[] = [];
  for (const file of lines.flatMap((line) => line.files)) {
    const fits =
      file.sizeBytes <= capabilities.mostFileBytes && uploads.length < capabilities.mostFilesPerMessage;
    if (!fits) {
      remarks.push(linkTo(file, context));
      continue;
    }
    const bytes = file.fileId === undefined ? undefined : await readBytes(file.fileId, context);
    if (bytes === undefined) {
      remarks.push(
        file.url === undefined ? `(The file ${file.name} is no longer there.)` : linkTo(file, context),
      );
      continue;
    }
    const uploaded = await upload(desk, file, bytes);
    if (uploaded.outcome === 'uploaded') uploads.push(uploaded.token);
    // The account may take less than Zendesk's own limit.
    else if (uploaded.failure.outcome === 'refused') remarks.push(linkTo(file, context));
    else return uploaded;
  }
  return { outcome: 'carried', uploads, remarks };
}

async function readBytes(fileId: string, context: DeskSendContext): Promise<Buffer | undefined> {
  try {
    return await context.readFile(fileId);
  } catch {
    return undefined;
  }
}

async function upload(
  desk: Desk,
  file: OrderedFile,
  bytes: Buffer,
): Promise<{ outcome: 'uploaded'; token: string } | Failed> {
  const type = /^[\w.+-]+\/[\w.+-]+$/u.test(file.contentType) ? file.contentType : 'application/octet-stream';
  const asked = await desk.ask({
    method: 'POST',
    path: `/api/v2/uploads?filename=${encodeURIComponent(wellFormed(file.name))}`,
    changes: 'again',
    body: bytes,
    headers: { 'content-type': type },
    deadlineSeconds: 60,
  });
  if (asked.outcome === 'failed') return asked;
  const told = uploadShape.safeParse(asked.body);
  return told.success ? { outcome: 'uploaded', token: told.data.upload.token } : unreadable;
}

function linkTo(file: OrderedFile, context: DeskSendContext): string {
  const url = file.fileId === undefined ? (file.url ?? '') : context.fileLink(file.fileId, file.name);
  return `(The file ${file.name} could not be attached. It can be had for a while at ${url})`;
}
