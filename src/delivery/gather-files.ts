import type { DeskOrder, TicketLine } from '../domain/desk-order.js';
import type { OrderedFile } from '../domain/order.js';
import { FileStoreError } from '../store/file-store.js';
import type { LaneHead, Outbox } from '../store/outbox.js';
import type { WorkspaceScope } from '../store/scope.js';
import type { AttemptOutcome } from './attempt-outcome.js';

/** What of something said lies at a URL, kept as a file of ours; `at`: when it was said, ISO 8601. */
export type FileSource = (
  scope: WorkspaceScope,
  file: { conversationId: string; at: string; url: string; name: string },
) => Promise<
  | { outcome: 'kept'; fileId: string; name: string; contentType: string; sizeBytes: number }
  /** Not now; it may be there in a moment. */
  | { outcome: 'later'; reason: string }
  | { outcome: 'unavailable'; reason: string }
>;

export type Gathered = { outcome: 'ready'; order: DeskOrder } | Extract<AttemptOutcome, { outcome: 'wait' }>;

/** A file that is not there yet is tried again for so long. */
const PATIENCE_SECONDS = 60;
const PAUSE_SECONDS = 3;
/** A store that is full is looked at again so soon. */
const STORE_PAUSE_SECONDS = 15;

/**
 * The contact's files, fetched at once and kept by us: what lies outside may be gone tomorrow. What cannot
 * be had is named in the text with its address, and the message goes on without it.
 */
export async function gatherFiles(
  head: LaneHead,
  order: DeskOrder,
  deps: { outbox: Pick<Outbox, 'keepOrder'>; keepFile: FileSource },
): Promise<Gathered> {
  if (order.kind === 'update-ticket' || !order.lines.some(isWaiting)) return { outcome: 'ready', order };
  try {
    return await gather(head, order, deps);
  } catch (error) {
    if (!(error instanceof FileStoreError)) throw error;
    // Nothing has been sent, and somebody has to make room.
    return {
      outcome: 'wait',
      seconds: STORE_PAUSE_SECONDS,
      code: error.code,
      message: error.message,
      isTrouble: true,
    };
  }
}

async function gather(
  head: LaneHead,
  order: Exclude<DeskOrder, { kind: 'update-ticket' }>,
  deps: { outbox: Pick<Outbox, 'keepOrder'>; keepFile: FileSource },
): Promise<Gathered> {
  let isMissing = false;
  const lines: TicketLine[] = [];
  for (const line of order.lines) {
    const gathered = await gatherLine(line, head, deps.keepFile);
    isMissing ||= isWaiting(gathered);
    lines.push(gathered);
  }
  const next = { ...order, lines };
  await deps.outbox.keepOrder(head, next);
  return isMissing
    ? {
        outcome: 'wait',
        seconds: PAUSE_SECONDS,
        code: 'file_not_there_yet',
        message: 'A file of this message cannot be fetched yet.',
      }
    : { outcome: 'ready', order: next };
}

const isWaiting = (line: TicketLine): boolean => line.files.some(({ fileId }) => fileId === undefined);

async function gatherLine(line: TicketLine, head: LaneHead, keepFile: FileSource): Promise<TicketLine> {
  const files: OrderedFile[] = [];
  const words = [line.text];
  for (const file of line.files) {
    if (file.fileId !== undefined) {
      files.push(file);
      continue;
    }
    const kept =
      file.url === undefined
        ? ({ outcome: 'unavailable', reason: 'It has no address.' } as const)
        : await keepFile(head.scope, {
            conversationId: head.conversationId,
            at: line.at,
            url: file.url,
            name: file.name,
          });
    if (kept.outcome === 'kept') {
      const { fileId, name, contentType, sizeBytes } = kept;
      files.push({ fileId, name, contentType, sizeBytes });
    } else if (kept.outcome === 'later' && head.waitedSeconds < PATIENCE_SECONDS) {
      files.push(file);
    } else {
      words.push(`[file "${file.name}" could not be fetched: ${kept.reason} ${file.url ?? ''}]`.trimEnd());
    }
  }
  return { ...line, text: words.filter((part) => part !== '').join('\n'), files };
}
