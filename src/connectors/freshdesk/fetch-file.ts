import type { TicketFile } from '../../domain/desk-fact.js';
import type { FileFetch } from '../connector.js';
import type { createFetchOutside } from '../http-client/index.js';

/** A file lies in a store of another host, under an address that is good for a while; no key goes there. */
export async function fetchFile(
  fetchOutside: ReturnType<typeof createFetchOutside>,
  file: TicketFile,
  { maxBytes, allowPrivate }: { maxBytes: number; allowPrivate: boolean },
): Promise<FileFetch> {
  if (file.url === undefined)
    return { outcome: 'unavailable', message: 'Freshdesk tells no address of the file.' };
  const fetched = await fetchOutside(file.url, {
    maxBytes,
    deadlineSeconds: 60,
    allowPrivate,
    name: file.name,
  });
  if (fetched.outcome === 'fetched') return fetched;
  const outcome = fetched.mayComeLater ? 'later' : 'unavailable';
  return { outcome, message: fetched.reason };
}
