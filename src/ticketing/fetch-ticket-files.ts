import type { Account, DeskConnector } from '../connectors/connector.js';
import type { DeskFact } from '../domain/desk-fact.js';
import type { OrderedContent } from '../domain/order.js';
import type { WorkspaceScope } from '../store/scope.js';
import { type FileWait, isDeskAway, noteMissed } from './file-wait.js';

/** Keeps bytes as a file of ours; undefined when it is empty or too large. */
export type KeepBytes = (
  scope: WorkspaceScope,
  file: { name: string; bytes: Buffer; id?: string },
) => Promise<{ fileId: string; name: string; contentType: string; sizeBytes: number } | undefined>;

const MOST_BYTES = 25 * 1_048_576;
const DEADLINE_MILLISECONDS = 30_000;

/** A file that the contact does not get, and why; the reason is for those who work in the desk. */
export interface UnsentFile {
  name: string;
  reason: string;
}

/** The desk that an event is from, and how the event's files have fared so far. */
export interface FileSource {
  connector: DeskConnector;
  account: Account;
  /** Its connection is paused, by hand or as its credentials were refused. */
  isPaused: boolean;
  wait: FileWait;
}

export interface FileDeps {
  keepBytes: KeepBytes;
  /** The steady clock, in milliseconds. */
  now: () => number;
}

/**
 * The files of an agent's answer, kept by us and ready to send, and those that cannot be had.
 * @returns undefined while one of them may still come
 */
export async function fetchTicketFiles(
  { keepBytes, now }: FileDeps,
  { externalId, files }: Extract<DeskFact, { type: 'agent-replied' }>,
  scope: WorkspaceScope,
  { connector, account, isPaused, wait }: FileSource,
): Promise<{ contents: OrderedContent[]; unsent: UnsentFile[] } | undefined> {
  const contents: OrderedContent[] = [];
  const unsent: UnsentFile[] = [];
  for (const [at, file] of files.entries()) {
    const place = `${externalId} ${at}`;
    const had = wait.kept.get(place);
    if (had !== undefined) {
      contents.push(had);
      continue;
    }
    // Whoever was refused does not ask again and again.
    if (isPaused && isDeskAway(wait)) {
      noteMissed(wait, 'paused', now(), 'The connection is paused.');
      return undefined;
    }
    const fetched = await connector.fetchFile(file, account, {
      signal: AbortSignal.timeout(DEADLINE_MILLISECONDS),
      maxBytes: MOST_BYTES,
    });
    const isMissed = fetched.outcome === 'later' || fetched.outcome === 'not_now';
    if (isMissed && noteMissed(wait, fetched.outcome, now(), fetched.message)) return undefined;
    const kept =
      fetched.outcome === 'fetched'
        ? await keepBytes(scope, { name: file.name, bytes: fetched.bytes })
        : undefined;
    if (kept === undefined) {
      const reason = fetched.outcome === 'fetched' ? 'It is empty or larger than 25 MB.' : fetched.message;
      unsent.push({ name: file.name, reason });
      continue;
    }
    const content: OrderedContent = {
      type: kept.contentType.startsWith('audio/') ? 'voice' : 'file',
      file: kept,
    };
    wait.kept.set(place, content);
    contents.push(content);
  }
  return { contents, unsent };
}
