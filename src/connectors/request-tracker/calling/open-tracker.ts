import type { Account, FailedSend } from '../../connector.js';
import { FailedCall, judgeAnswer } from '../../desk-kit/index.js';
import {
  createOutsideCaller,
  type Leave,
  type OutsideAnswer,
  type OutsideCall,
  type Policy,
  type Resolve,
} from '../../http-client/index.js';
import {
  createRequestTrackerSettings,
  requestTrackerCredentials,
  type RequestTrackerSettings,
} from '../schema.js';

type Answered = Extract<OutsideAnswer, { outcome: 'answered' }>;

export interface CallOptions {
  json?: unknown;
  form?: FormData;
  /** Statuses that are the caller's to understand. */
  expected?: readonly number[];
  /** Doing it twice is the same as doing it once; true for GET. */
  repeatable?: boolean;
  maxAnswerBytes?: number;
}

/** RT, opened for one verb: its calls, and who it is that calls. */
export interface Tracker {
  settings: RequestTrackerSettings;
  /** What is remembered of this RT's people, keyed by the words that were asked. */
  people: PeopleMemory;
  /** RT's number of the bridge's own user. */
  ownUserId: string;
  /** A 2xx, or one of the expected. @throws FailedCall */
  rest(method: OutsideCall['method'], path: string, options?: CallOptions): Promise<Answered>;
  /** The mail gateway, which knows no credentials. @throws FailedCall */
  mail(form: FormData): Promise<Answered>;
  /**
   * RT refuses without a reason, and at times what it takes a moment later: only what it refuses again and again
   * is refused. `key` names what was refused; answers whether it is to be tried once more.
   */
  mayPass(key: string): boolean;
  /** For people. */
  ticketUrl(id: string): string;
}

export interface PeopleMemory {
  /** What is not worth keeping is asked again each time: what is missing may be mended any moment. */
  recall<T>(key: string, ask: () => Promise<T>, isWorthKeeping: (value: T) => boolean): Promise<T>;
}

export interface TrackerShelf {
  /** @throws FailedCall when settings or credentials cannot be used */
  open(account: Account, leave: Leave): Tracker;
  stop(): void;
}

export const desk = 'Request Tracker';
/** RT runs its scrips, and sends its mail, before it answers. */
const writeSeconds = 30;
const readSeconds = 20;
/** How long it is believed who somebody is: long enough for a chat, short for one who joins the staff. */
const memorySeconds = 300;
const mostRemembered = 5_000;
/** With the pauses between attempts that is half a minute. */
const triesUntilRefused = 3;

export function createTrackerShelf(policy: Policy, resolve?: Resolve): TrackerShelf {
  const caller = createOutsideCaller(policy, resolve);
  const settingsSchema = createRequestTrackerSettings(policy);
  const memories = new Map<string, { value: unknown; until: number }>();
  const refusals = new Map<string, number>();
  const mayPass = (key: string): boolean => {
    const times = (refusals.get(key) ?? 0) + 1;
    refusals.delete(key);
    if (times >= triesUntilRefused) return false;
    refusals.set(key, times);
    forgetOldest(refusals);
    return true;
  };

  return {
    open(account, { signal, leaving }) {
      const parsed = settingsSchema.safeParse(account.settings);
      const credentials = requestTrackerCredentials.safeParse(account.credentials);
      if (!parsed.success || !credentials.success) throw new FailedCall(misconfigured);
      const settings = parsed.data;
      const { token } = credentials.data;
      const url = new URL(settings.baseUrl);
      const root = url.pathname.replace(/\/+$/u, '');

      const judge = async (call: Parameters<typeof caller.call>[0], options: CallOptions) => {
        const answer = await caller.call(call);
        const isExpected =
          answer.outcome === 'answered' &&
          ((answer.status >= 200 && answer.status < 300) || options.expected?.includes(answer.status));
        if (isExpected) return answer;
        const repeatable = options.repeatable ?? call.method === 'GET';
        throw new FailedCall(judgeAnswer(answer, { desk, repeatable }));
      };
      return {
        settings,
        ownUserId: token.split('-')[1] ?? '',
        mayPass,
        ticketUrl: (id) => `${url.origin}${root}/Ticket/Display.html?id=${id}`,
        people: {
          recall: (key, ask, isWorthKeeping) =>
            recall(memories, JSON.stringify([settings.baseUrl, token, key]), ask, isWorthKeeping),
        },
        rest: (method, path, options = {}) =>
          judge(
            {
              method,
              baseUrl: url.origin,
              path: `${root}/REST/2.0${path}`,
              headers: { authorization: `token ${token}` },
              signal,
              leaving,
              deadlineSeconds: method === 'GET' ? readSeconds : writeSeconds,
              ...(options.json === undefined ? {} : { json: options.json }),
              ...(options.maxAnswerBytes === undefined ? {} : { maxAnswerBytes: options.maxAnswerBytes }),
            },
            options,
          ),
        mail: (form) =>
          judge(
            {
              method: 'POST',
              baseUrl: url.origin,
              path: `${root}/REST/1.0/NoAuth/mail-gateway`,
              form,
              signal,
              leaving,
              deadlineSeconds: writeSeconds,
            },
            {},
          ),
      };
    },
    stop: () => caller.stop(),
  };
}

const misconfigured: FailedSend = {
  outcome: 'credential',
  code: 'connection_misconfigured',
  message: 'The settings or the credentials of the connection cannot be used. Set them again.',
};

async function recall<T>(
  memories: Map<string, { value: unknown; until: number }>,
  key: string,
  ask: () => Promise<T>,
  isWorthKeeping: (value: T) => boolean,
): Promise<T> {
  const known = memories.get(key);
  if (known !== undefined && known.until > Date.now()) return known.value as T;
  const value = await ask();
  memories.delete(key);
  if (!isWorthKeeping(value)) return value;
  memories.set(key, { value, until: Date.now() + memorySeconds * 1_000 });
  forgetOldest(memories);
  return value;
}

function forgetOldest(memories: Map<string, unknown>): void {
  const oldest = memories.size > mostRemembered ? memories.keys().next().value : undefined;
  if (oldest !== undefined) memories.delete(oldest);
}
