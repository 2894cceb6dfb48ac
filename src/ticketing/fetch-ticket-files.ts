import type { Account, DeskConnector } from '../connectors/connector.js';
import type { TicketFile } from '../domain/desk-fact.js';
import type { OrderedContent } from '../domain/order.js';
import type { WorkspaceScope } from '../store/scope.js';

/** Keeps bytes as a file of ours; undefined when it is empty or too large. */
export type KeepBytes = (
  scope: WorkspaceScope,
  file: { name: string; bytes: Buffer },
) => Promise<{ fileId: string; name: string; contentType: string; sizeBytes: number } | undefined>;

const MOST_BYTES = 25 * 1_048_576;
/** A file that is not there yet is tried again for so long. */
const PATIENCE_MILLISECONDS = 60_000;
const DEADLINE_MILLISECONDS = 30_000;

/**
 * The files of an agent's answer, kept by us and ready to send. What cannot be had is named in words.
 * @returns undefined while one of them may still come
 */
export async function fetchTicketFiles(
  keepBytes: KeepBytes,
  files: readonly TicketFile[],
  receivedAt: Date,
  scope: WorkspaceScope,
  { connector, account }: { connector: DeskConnector; account: Account },
): Promise<{ contents: OrderedContent[]; unavailable: string[] } | undefined> {
  const contents: OrderedContent[] = [];
  const unavailable: string[] = [];
  for (const file of files) {
    const fetched = await connector.fetchFile(file, account, {
      signal: AbortSignal.timeout(DEADLINE_MILLISECONDS),
      maxBytes: MOST_BYTES,
    });
    if (fetched.outcome === 'later' && Date.now() - receivedAt.getTime() < PATIENCE_MILLISECONDS)
      return undefined;
    const kept =
      fetched.outcome === 'fetched'
        ? await keepBytes(scope, { name: file.name, bytes: fetched.bytes })
        : undefined;
    if (kept === undefined) {
      unavailable.push(`[The file "${file.name}" could not be sent.]`);
      continue;
    }
    contents.push({ type: kept.contentType.startsWith('audio/') ? 'voice' : 'file', file: kept });
  }
  return { contents, unavailable };
}
