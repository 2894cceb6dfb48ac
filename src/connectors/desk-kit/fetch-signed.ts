import type { FileFetch } from '../connector.js';
import type { Fetched } from '../http-client/index.js';
import { settleCall } from './failed-call.js';

/** What an address answers that was signed for a while, once that is over. */
const RUN_OUT = [401, 403, 404, 410];
/** The file itself is not there yet; other failures that pass say nothing of it. */
const NOT_THERE_YET = [404, 425];

/**
 * The bytes of a file under an address that is good for a while: where it answers no more, the desk is asked once for
 * a fresh one. `findAddress` answers no address where the desk knows the file no longer.
 */
export async function fetchSigned(
  address: string,
  fetchAt: (address: string) => Promise<Fetched>,
  findAddress: () => Promise<string | undefined>,
): Promise<FileFetch> {
  const first = await fetchAt(address);
  if (first.outcome === 'fetched' || !RUN_OUT.includes(first.status ?? 0)) return judge(first);
  const found = await settleCall(async () => ({ outcome: 'asked' as const, address: await findAddress() }));
  switch (found.outcome) {
    case 'asked':
      return judge(found.address === undefined ? first : await fetchAt(found.address));
    case 'refused':
      return judge(first);
    case 'retry':
    case 'credential':
    case 'uncertain':
      return { outcome: 'not_now', message: found.message };
  }
}

function judge(fetched: Fetched): FileFetch {
  if (fetched.outcome === 'fetched') return fetched;
  const { status, mayComeLater, reason: message } = fetched;
  if (!mayComeLater) return { outcome: 'unavailable', message };
  return { outcome: NOT_THERE_YET.includes(status ?? 0) ? 'later' : 'not_now', message };
}
