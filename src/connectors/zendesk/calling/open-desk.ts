import type { Account, FailedSend } from '../../connector.js';
import {
  type Counting,
  createOutsideCaller,
  type Leave,
  type OutsideAnswer,
  type OutsideCaller,
  type Policy,
  type Resolve,
  type Spending,
} from '../../http-client/index.js';
import { createZendeskSettings, type ZendeskSettings, zendeskCredentials } from '../schema.js';
import { createAccessTokens } from './access-token.js';
import { type Asked, type Changes, judgeAnswer } from './judge-answer.js';
import { sentences } from './sentences.js';
import { createShelf, type Shelf } from './shelf.js';
import { createSpending, isUpdate, type SpendingCall, spendFreely } from './spending.js';

export interface Question extends SpendingCall {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  /** Path and query, each part already encoded. */
  path: string;
  changes: Changes;
  json?: unknown;
  body?: Buffer;
  headers?: Record<string, string>;
  deadlineSeconds?: number;
}

/** One account, opened for one order: what it may ask, and what is remembered of the account. */
export interface Desk {
  settings: ZendeskSettings;
  shelf: Shelf;
  signal: AbortSignal;
  ask(question: Question): Promise<Asked>;
  /** How many changes of tickets may have reached Zendesk. */
  ticketWrites(): number;
  /** What a call to the account's own host is authorised by. */
  authorise(): Promise<
    { outcome: 'ready'; authorization: string } | { outcome: 'failed'; failure: FailedSend }
  >;
}

export type Opened = { outcome: 'opened'; desk: Desk } | { outcome: 'failed'; failure: FailedSend };

export interface DeskDoor {
  caller: OutsideCaller;
  /** `updates`: it is opened to change a ticket that exists. */
  open(account: Account, leave: Leave, purpose?: { updates: boolean }): Opened;
  stop(): void;
}

/** A page of a hundred long comments. */
const MOST_ANSWER_BYTES = 8 * 1_048_576;

export function createDeskDoor(policy: Policy, resolve?: Resolve, counting?: Counting): DeskDoor {
  const settingsSchema = createZendeskSettings(policy);
  const caller = createOutsideCaller(policy, resolve, counting);
  const tokens = createAccessTokens({
    ...caller,
    call: (call) => caller.call({ ...call, spending: spendFreely(call.baseUrl) }),
  });
  const shelves = createShelf();

  function open(account: Account, leave: Leave, purpose = { updates: false }): Opened {
    const { signal } = leave;
    const settings = settingsSchema.safeParse(account.settings);
    const credentials = zendeskCredentials.safeParse(account.credentials);
    if (!settings.success || !credentials.success) {
      const code = 'misconfigured';
      return { outcome: 'failed', failure: { outcome: 'credential', code, message: sentences[code] } };
    }
    const { baseUrl } = settings.data;
    const spending = createSpending(settings.data, account.calls, purpose);
    let ticketWrites = 0;
    const ask = async (question: Question): Promise<Asked> => {
      const make = async (authorization: string): Promise<Asked> => {
        const answer = await once(baseUrl, question, authorization, leave, spending.spend(question));
        const isCounted = answer.outcome !== 'not_sent' && !('status' in answer && answer.status === 401);
        if (isCounted && isUpdate(question)) ticketWrites += 1;
        return judgeAnswer(answer, question.changes);
      };
      const access = await tokens.get(account, baseUrl, signal);
      if (access.outcome === 'failed') return { ...access, fields: [] };
      const first = await make(access.authorization);
      if (!isUnauthorised(first) || access.token === undefined) return first;
      // The token may have ended early, or another process has a newer one.
      const again = await tokens.get(account, baseUrl, signal, access.token);
      if (again.outcome === 'failed') return { ...again, fields: [] };
      return make(again.authorization);
    };
    const who = credentials.data.grant === 'api_token' ? credentials.data.email : credentials.data.clientId;
    const shelf = shelves.of(JSON.stringify([baseUrl, who]));
    const authorise = () => tokens.get(account, baseUrl, signal);
    return {
      outcome: 'opened',
      desk: { settings: settings.data, shelf, signal, ask, ticketWrites: () => ticketWrites, authorise },
    };
  }

  async function once(
    baseUrl: string,
    { method, path, json, body, headers, deadlineSeconds }: Question,
    authorization: string,
    { signal, leaving }: Leave,
    spending: Spending,
  ): Promise<OutsideAnswer> {
    return caller.call({
      method,
      baseUrl,
      path,
      headers: { ...headers, authorization },
      signal,
      spending,
      leaving,
      maxAnswerBytes: MOST_ANSWER_BYTES,
      ...(json === undefined ? {} : { json }),
      ...(body === undefined ? {} : { body }),
      ...(deadlineSeconds === undefined ? {} : { deadlineSeconds }),
    });
  }

  return { caller, open, stop: () => caller.stop() };
}

const isUnauthorised = (asked: Asked): boolean =>
  asked.outcome === 'failed' && asked.failure.outcome === 'credential' && asked.failure.httpStatus === 401;
