import type { Account, DeskConnector } from '../connectors/connector.js';
import type { TicketFile } from '../domain/desk-fact.js';
import type { OrderedContent } from '../domain/order.js';
import type { WorkspaceScope } from '../store/scope.js';

/** Keeps bytes as a file of ours; undefined when it is empty or too large. */
export type KeepBytes = (
  scope: WorkspaceScope,
  file: { name: string; bytes: Buffer; id?: string },
) => Promise<{ fileId: string; name: string; contentType: string; sizeBytes: number } | undefined>;

const MOST_BYTES = 25 * 1_048_576;
/** A file that is not there yet is tried again for so long. */
const PATIENCE_MILLISECONDS = 60_000;
const DEADLINE_MILLISECONDS = 30_000;

/** A file that the contact does not get, and why; the reason is for those who work in the desk. */
export interface UnsentFile {
  name: string;
  reason: string;
}

/**
 * The files of an agent's answer, kept by us and ready to send, and those that cannot be had.
 * @returns undefined while one of them may still come
 */
export async function fetchTicketFiles(
  keepBytes: KeepBytes,
  files: readonly TicketFile[],
  receivedAt: Date,
  scope: WorkspaceScope,
  { connector, account }: { connector: DeskConnector; account: Account },
): Promise<{ contents: OrderedContent[]; unsent: UnsentFile[] } | undefined> {
  const contents: OrderedContent[] = [];
  const unsent: UnsentFile[] = [];
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
      const reason = fetched.outcome === 'fetched' ? 'It is empty or larger than 25 MB.' : fetched.message;
      unsent.push({ name: file.name, reason });
      continue;
    }
    contents.push({ type: kept.contentType.startsWith('audio/') ? 'voice' : 'file', file: kept });
  }
  return { contents, unsent };
}
