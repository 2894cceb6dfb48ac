import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Account, FailedSend } from '../../connector.js';
import type { OutsideCaller } from '../../http-client/index.js';
import { type OAuthCredentials, zendeskCredentials } from '../schema.js';
import { judgeAnswer } from './judge-answer.js';
import { sentences } from './sentences.js';

export type Access =
  | { outcome: 'ready'; authorization: string; token?: string }
  | { outcome: 'failed'; failure: FailedSend };

const tokenShape = z.object({
  access_token: z.string().min(1).max(4_096),
  refresh_token: z.string().min(1).max(4_096).nullish(),
  expires_in: z.number().positive().nullish().catch(null),
});

/** A token that ends within this time is renewed first. */
const SPARE_SECONDS = 60;
/** No token lives longer: a greater number counts milliseconds, as Zendesk's prose has it in one place. */
const LONGEST_SECONDS = 172_800;
const MOST_REMEMBERED = 500;

export interface AccessTokens {
  /** What a call is authorised by. `refused`: the token that Zendesk has just refused. Never throws. */
  get(account: Account, baseUrl: string, signal: AbortSignal, refused?: string): Promise<Access>;
}

/** Carries a failure out of the renewal, which knows only success. */
class NoTokenError extends Error {
  override readonly name = 'NoTokenError';
  readonly failure: FailedSend;

  constructor(failure: FailedSend) {
    super(failure.code);
    this.failure = failure;
  }
}

export function createAccessTokens(caller: OutsideCaller): AccessTokens {
  /** For accounts that cannot keep what is renewed: one being created. Only client credentials end here. */
  const remembered = new Map<string, OAuthCredentials>();

  async function get(
    account: Account,
    baseUrl: string,
    signal: AbortSignal,
    refused?: string,
  ): Promise<Access> {
    const credentials = zendeskCredentials.parse(account.credentials);
    if (credentials.grant === 'api_token') {
      const pair = `${credentials.email}/token:${credentials.apiToken}`;
      return { outcome: 'ready', authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
    }
    if (isUsable(credentials, refused)) return ready(credentials);
    try {
      const renewed = await renew(account, credentials, async (current) =>
        isUsable(current, refused) ? undefined : obtain(caller, baseUrl, current, signal),
      );
      return ready(renewed);
    } catch (error) {
      if (error instanceof NoTokenError) return { outcome: 'failed', failure: error.failure };
      return failure('retry', 'renewal_failed');
    }
  }

  async function renew(
    account: Account,
    known: OAuthCredentials,
    step: (current: OAuthCredentials) => Promise<OAuthCredentials | undefined>,
  ): Promise<OAuthCredentials> {
    if (account.renewCredentials !== undefined) {
      const stored = await account.renewCredentials(async (current) => step(parseOAuth(current)));
      return parseOAuth(stored);
    }
    // A refresh token is good for one use: without a place to keep its successor, it is not used.
    if (known.grant === 'authorization_code')
      throw new NoTokenError(
        failureOf('credential', known.refreshToken ? 'not_renewable' : 'not_authorised'),
      );
    const key = createHash('sha256').update(JSON.stringify(account.credentials)).digest('hex');
    const current = remembered.get(key) ?? known;
    const renewed = (await step(current)) ?? current;
    if (remembered.size >= MOST_REMEMBERED) remembered.clear();
    remembered.set(key, renewed);
    return renewed;
  }

  return {
    async get(account, baseUrl, signal, refused) {
      try {
        return await get(account, baseUrl, signal, refused);
      } catch {
        return failure('credential', 'misconfigured');
      }
    },
  };
}

function parseOAuth(stored: Record<string, unknown>): OAuthCredentials {
  const credentials = zendeskCredentials.parse(stored);
  if (credentials.grant === 'api_token') throw new NoTokenError(failureOf('retry', 'renewal_failed'));
  return credentials;
}

function isUsable({ accessToken, expiresAt }: OAuthCredentials, refused: string | undefined): boolean {
  if (accessToken === undefined || accessToken === refused) return false;
  return expiresAt === undefined || Date.parse(expiresAt) > Date.now() + SPARE_SECONDS * 1_000;
}

async function obtain(
  caller: OutsideCaller,
  baseUrl: string,
  current: OAuthCredentials,
  signal: AbortSignal,
): Promise<OAuthCredentials> {
  if (current.grant === 'authorization_code' && current.refreshToken === undefined)
    throw new NoTokenError(failureOf('credential', 'not_authorised'));
  const asked =
    current.grant === 'client_credentials'
      ? { grant_type: 'client_credentials', scope: current.scope }
      : { grant_type: 'refresh_token', refresh_token: current.refreshToken, scope: current.scope };
  const answer = await exchange(caller, baseUrl, current, asked, signal);
  if (answer.outcome === 'failed') throw new NoTokenError(answer.failure);
  return answer.credentials;
}

/** One request to the token endpoint; what comes back is the credentials with both new tokens in them. */
export async function exchange<T extends OAuthCredentials>(
  caller: OutsideCaller,
  baseUrl: string,
  current: T,
  grant: Record<string, unknown>,
  signal: AbortSignal,
): Promise<{ outcome: 'exchanged'; credentials: T } | { outcome: 'failed'; failure: FailedSend }> {
  const client = {
    client_id: current.clientId,
    ...(current.clientSecret === undefined ? {} : { client_secret: current.clientSecret }),
  };
  const json = { ...grant, ...client };
  const answer = await caller.call({ method: 'POST', baseUrl, path: '/oauth/tokens', json, signal });
  if (answer.outcome === 'answered' && [400, 401, 403].includes(answer.status)) {
    return failure('credential', 'token_refused');
  }
  const asked = judgeAnswer(answer, 'again');
  if (asked.outcome === 'failed') return asked;
  const told = tokenShape.safeParse(asked.body);
  if (!told.success) return failure('retry', 'token_unreadable');
  const { accessToken: _, expiresAt: __, ...lasting } = current;
  const { access_token, refresh_token, expires_in } = told.data;
  const seconds = (expires_in ?? 0) > LONGEST_SECONDS ? (expires_in ?? 0) / 1_000 : expires_in;
  const credentials = {
    ...lasting,
    accessToken: access_token,
    ...(seconds ? { expiresAt: new Date(Date.now() + seconds * 1_000).toISOString() } : {}),
    ...(current.grant === 'authorization_code' && refresh_token ? { refreshToken: refresh_token } : {}),
  } as T;
  return { outcome: 'exchanged', credentials };
}

const ready = ({ accessToken = '' }: OAuthCredentials): Access => ({
  outcome: 'ready',
  authorization: `Bearer ${accessToken}`,
  token: accessToken,
});

const failureOf = (
  outcome: 'credential' | 'retry',
  code:
    | 'not_renewable'
    | 'not_authorised'
    | 'renewal_failed'
    | 'misconfigured'
    | 'token_refused'
    | 'token_unreadable',
): FailedSend => ({ outcome, code, message: sentences[code] });

const failure = (...given: Parameters<typeof failureOf>): { outcome: 'failed'; failure: FailedSend } => ({
  outcome: 'failed',
  failure: failureOf(...given),
});
