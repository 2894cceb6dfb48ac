import type { TicketFile } from '../../domain/desk-fact.js';
import type { FetchContext, FileFetch } from '../connector.js';
import type { OutsideCaller } from '../http-client/index.js';

/** The bytes of a file from where the desk's back end says that they lie. */
export async function fetchFile(
  caller: OutsideCaller,
  file: TicketFile,
  context: FetchContext & { maxBytes: number },
): Promise<FileFetch> {
  if (file.url === undefined || !URL.canParse(file.url))
    return { outcome: 'unavailable', message: 'The file has no address.' };
  const url = new URL(file.url);
  const answer = await caller.call({
    method: 'GET',
    baseUrl: url.origin,
    path: `${url.pathname}${url.search}`,
    headers: { accept: '*/*' },
    signal: context.signal,
    deadlineSeconds: 30,
    maxAnswerBytes: context.maxBytes,
  });
  if (answer.outcome === 'answered' && answer.status === 200)
    return {
      outcome: 'fetched',
      bytes: answer.bytes,
      ...(answer.headers['content-type'] === undefined
        ? {}
        : { contentType: answer.headers['content-type'] }),
    };
  if (answer.outcome === 'answered') {
    const message = `Its address answers ${answer.status}.`;
    if (NOT_THERE_YET.includes(answer.status)) return { outcome: 'later', message };
    return { outcome: isBusy(answer.status) ? 'not_now' : 'unavailable', message };
  }
  if (answer.outcome === 'not_sent' && answer.code === 'url_not_allowed')
    return { outcome: 'unavailable', message: answer.message };
  if (answer.outcome === 'unanswered' && answer.code === 'answer_too_large')
    return { outcome: 'unavailable', message: 'It is too large.' };
  return { outcome: 'not_now', message: 'Its address cannot be reached.' };
}

const NOT_THERE_YET = [404, 425];
const isBusy = (status: number): boolean => [408, 429].includes(status) || status >= 500;
