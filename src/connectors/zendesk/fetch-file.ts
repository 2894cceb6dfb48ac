import { z } from 'zod';
import type { TicketFile } from '../../domain/desk-fact.js';
import type { Account, FetchContext, FileFetch } from '../connector.js';
import type { OutsideAnswer } from '../http-client/index.js';
import type { Desk, DeskDoor } from './calling/open-desk.js';
import { spendFreely } from './calling/spending.js';

const attachmentShape = z.object({
  attachment: z.object({
    content_url: z.string(),
    size: z.number().nullish().catch(null),
    deleted: z.boolean().catch(false),
    malware_scan_result: z.string().nullish().catch(null),
    malware_access_override: z.boolean().catch(false),
  }),
});

const MOST_REDIRECTS = 3;
const DEADLINE_SECONDS = 60;

type Context = FetchContext & { maxBytes: number };

/** The bytes of a file that somebody has attached. Never throws. */
export async function fetchFile(
  door: DeskDoor,
  file: TicketFile,
  account: Account,
  context: Context,
): Promise<FileFetch> {
  try {
    const id = file.externalFileId ?? '';
    if (!/^\d{1,20}$/u.test(id)) return unavailable('This is no file of Zendesk’s.');
    if ((file.sizeBytes ?? 0) > context.maxBytes) return tooLarge(context);
    const opened = door.open(account, { signal: context.signal });
    if (opened.outcome === 'failed') return notNow(opened.failure.message);
    const { desk } = opened;
    const asked = await desk.ask({ method: 'GET', path: `/api/v2/attachments/${id}`, changes: 'no' });
    if (asked.outcome === 'failed') {
      if (asked.problem === 'not_found') return unavailable('The file is no longer there.');
      const { outcome, message } = asked.failure;
      return { outcome: outcome === 'refused' ? 'later' : 'not_now', message };
    }
    const told = attachmentShape.safeParse(asked.body);
    if (!told.success) return { outcome: 'later', message: 'Zendesk’s word on the file could not be read.' };
    const { attachment } = told.data;
    if (attachment.deleted) return unavailable('The file was taken out of the ticket.');
    if (attachment.malware_scan_result === 'malware_found' && !attachment.malware_access_override)
      return unavailable('Zendesk has found malware in the file; it is not passed on.');
    if ((attachment.size ?? 0) > context.maxBytes) return tooLarge(context);
    return await download(door, desk, attachment.content_url, context);
  } catch {
    return { outcome: 'later', message: 'The file could not be fetched just now.' };
  }
}

/** Follows Zendesk to where the file lies. What authorises us is told to the account's own host alone. */
async function download(door: DeskDoor, desk: Desk, from: string, context: Context): Promise<FileFetch> {
  let url = from;
  for (let hop = 0; hop <= MOST_REDIRECTS; hop += 1) {
    if (!URL.canParse(url)) return unavailable('The file’s address cannot be used.');
    const { origin, pathname, search } = new URL(url);
    const access = origin === desk.settings.baseUrl ? await desk.authorise() : undefined;
    if (access?.outcome === 'failed') return notNow(access.failure.message);
    const answer = await door.caller.call({
      method: 'GET',
      baseUrl: origin,
      path: `${pathname}${search}`,
      headers: { accept: '*/*', ...(access === undefined ? {} : { authorization: access.authorization }) },
      signal: context.signal,
      ...(access === undefined ? {} : { spending: spendFreely(origin) }),
      deadlineSeconds: DEADLINE_SECONDS,
      maxAnswerBytes: context.maxBytes,
    });
    const next = answer.outcome === 'answered' ? redirectOf(answer, url) : undefined;
    if (next === undefined) return judge(answer, context);
    url = next;
  }
  return unavailable('The file’s address leads on and on.');
}

function redirectOf(
  { status, headers }: Extract<OutsideAnswer, { outcome: 'answered' }>,
  from: string,
): string | undefined {
  const { location } = headers;
  if (status < 300 || status >= 400 || location === undefined || !URL.canParse(location, from))
    return undefined;
  const next = new URL(location, from);
  // Never from an encrypted address to a plain one.
  return from.startsWith('https:') && next.protocol !== 'https:' ? undefined : next.href;
}

function judge(answer: OutsideAnswer, context: Context): FileFetch {
  if (answer.outcome === 'not_sent' && answer.code === 'url_not_allowed')
    return unavailable('The file’s address may not be called.');
  if (answer.outcome === 'unanswered' && answer.code === 'answer_too_large') return tooLarge(context);
  if (answer.outcome !== 'answered') return notNow('The file could not be fetched just now.');
  if (answer.status === 200) {
    const contentType = answer.headers['content-type'];
    return { outcome: 'fetched', bytes: answer.bytes, ...(contentType === undefined ? {} : { contentType }) };
  }
  if (answer.status === 404 || answer.status === 425)
    return { outcome: 'later', message: 'The file is not there yet.' };
  if (answer.status === 408 || answer.status === 429 || answer.status >= 500)
    return notNow(`The file could not be fetched just now: its address answers ${answer.status}.`);
  return unavailable('Zendesk does not give the file away.');
}

const unavailable = (message: string): FileFetch => ({ outcome: 'unavailable', message });
const notNow = (message: string): FileFetch => ({ outcome: 'not_now', message });
const tooLarge = ({ maxBytes }: Context): FileFetch =>
  unavailable(`The file is larger than ${Math.floor(maxBytes / 1_048_576)} MB.`);
