import type { TicketFile } from '../../domain/desk-fact.js';
import type { FileFetch } from '../connector.js';
import type { createFetchOutside } from '../http-client/index.js';

/** A file lies where its address says, often at a store of another host; it is called without the token. */
export async function fetchFile(
  fetchOutside: ReturnType<typeof createFetchOutside>,
  file: TicketFile,
  { maxBytes, allowPrivate }: { maxBytes: number; allowPrivate: boolean },
): Promise<FileFetch> {
  if (file.url === undefined)
    return { outcome: 'unavailable', message: 'Chatwoot tells no address of the file.' };
  const fetched = await fetchOutside(file.url, {
    maxBytes,
    deadlineSeconds: 60,
    allowPrivate,
    name: file.name,
  });
  if (fetched.outcome === 'fetched') return fetched;
  // A file may be announced before its store has it.
  const outcome = fetched.mayComeLater ? 'later' : 'unavailable';
  return { outcome, message: fetched.reason };
}
