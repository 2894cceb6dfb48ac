import type { TicketFile } from '../../domain/desk-fact.js';
import type { Account, FetchContext, FileFetch } from '../connector.js';
import { fetchSigned } from '../desk-kit/index.js';
import type { FetchOutside } from '../http-client/index.js';
import { conversationList } from './calling/answers.js';
import type { FreshdeskClient, OpenClient } from './calling/open-client.js';
import { ticketPath } from './calling/ticket-path.js';
import { filesOf } from './reading/files-of.js';

const FULL_PAGE = 100;
/** Longer tickets are not read through for one file. */
const MOST_PAGES = 20;

/** A file lies in a store of another host, under an address that is good for a while; no key goes there. */
export async function fetchFile(
  {
    open,
    fetchOutside,
    allowPrivate,
  }: { open: OpenClient; fetchOutside: FetchOutside; allowPrivate: boolean },
  file: TicketFile,
  account: Account,
  { signal, maxBytes }: FetchContext & { maxBytes: number },
): Promise<FileFetch> {
  if (file.url === undefined)
    return { outcome: 'unavailable', message: 'Freshdesk tells no address of the file.' };
  return fetchSigned(
    file.url,
    (address) => fetchOutside(address, { maxBytes, deadlineSeconds: 60, allowPrivate, name: file.name }),
    async () => findAddress(open(account, { signal }), file),
  );
}

/** Each reading of a ticket's conversations gives its files fresh addresses. */
async function findAddress(
  client: FreshdeskClient,
  { externalFileId, place }: TicketFile,
): Promise<string | undefined> {
  if (place === undefined) return undefined;
  const path = ticketPath(place.externalTicketId);
  for (let page = 1; page <= MOST_PAGES; page += 1) {
    const said = await client.ask(conversationList, {
      method: 'GET',
      path: `${path}/conversations?per_page=${FULL_PAGE}&page=${page}`,
      deadlineSeconds: 30,
    });
    const entry = said.find(({ id }) => String(id) === place.externalId);
    if (entry !== undefined)
      return filesOf(entry.attachments, place).find((one) => one.externalFileId === externalFileId)?.url;
    if (said.length < FULL_PAGE) return undefined;
  }
  return undefined;
}
