import type { TicketFile } from '../../domain/desk-fact.js';
import type { Account, FetchContext, FileFetch } from '../connector.js';
import { fetchSigned } from '../desk-kit/index.js';
import type { FetchOutside } from '../http-client/index.js';
import { messagePage } from './calling/answers.js';
import type { ChatwootClient, OpenClient } from './calling/open-client.js';
import { ticketPath } from './calling/ticket-path.js';
import { filesOf } from './reading/message-fields.js';

/** A file lies where its address says, often at a store of another host; it is called without the token. */
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
    return { outcome: 'unavailable', message: 'Chatwoot tells no address of the file.' };
  return fetchSigned(
    file.url,
    (address) => fetchOutside(address, { maxBytes, deadlineSeconds: 60, allowPrivate, name: file.name }),
    async () => findAddress(open(account, { signal }), file),
  );
}

/** Each reading of a message gives its files fresh addresses. */
async function findAddress(
  client: ChatwootClient,
  { externalFileId, place }: TicketFile,
): Promise<string | undefined> {
  const id = Number(place?.externalId);
  if (place === undefined || !Number.isSafeInteger(id)) return undefined;
  // Those behind an id are told from the lowest on.
  const path = ticketPath(place.externalTicketId, `/messages?after=${id - 1}`);
  const { payload } = await client.ask(messagePage, { method: 'GET', path, deadlineSeconds: 30 });
  const message = payload.find((one) => one.id === id);
  return filesOf(message?.attachments, place).find((one) => one.externalFileId === externalFileId)?.url;
}
