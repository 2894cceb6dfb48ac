import { createHash, randomBytes } from 'node:crypto';
import type { Account, AuthorisationBegun, FailedSend } from '../connector.js';
import { exchange } from './calling/access-token.js';
import type { DeskDoor } from './calling/open-desk.js';
import { sentences } from './calling/sentences.js';
import { type CodeCredentials, zendeskCredentials } from './schema.js';

const DEADLINE_MILLISECONDS = 20_000;

/** Where a person lets the bridge in. The verifier stays with who asked: whoever reads the code alone has nothing. */
export function beginAuthorisation(
  door: DeskDoor,
  account: Account,
): { outcome: 'begun'; begun: AuthorisationBegun } | FailedSend {
  const opened = open(door, account);
  if ('failure' in opened) return opened.failure;
  const { baseUrl, credentials } = opened;
  const verifier = randomBytes(48).toString('base64url');
  const state = randomBytes(24).toString('base64url');
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: credentials.clientId,
    redirect_uri: credentials.redirectUri,
    scope: credentials.scope,
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });
  const url = `${baseUrl}/oauth/authorizations/new?${query.toString()}`;
  return { outcome: 'begun', begun: { url, state, verifier } };
}

/** The code for the first pair of tokens; it is good for two minutes. */
export async function finishAuthorisation(
  door: DeskDoor,
  account: Account,
  { code, verifier }: { code: string; verifier: string },
): Promise<{ outcome: 'authorised'; credentials: Record<string, unknown> } | FailedSend> {
  const opened = open(door, account);
  if ('failure' in opened) return opened.failure;
  const { baseUrl, credentials } = opened;
  const grant = {
    grant_type: 'authorization_code',
    code,
    code_verifier: verifier,
    redirect_uri: credentials.redirectUri,
    scope: credentials.scope,
  };
  const signal = AbortSignal.timeout(DEADLINE_MILLISECONDS);
  const exchanged = await exchange(door.caller, baseUrl, credentials, grant, signal);
  if (exchanged.outcome === 'failed') return exchanged.failure;
  return { outcome: 'authorised', credentials: exchanged.credentials };
}

function open(
  door: DeskDoor,
  account: Account,
): { baseUrl: string; credentials: CodeCredentials } | { failure: FailedSend } {
  const opened = door.open(account, { signal: AbortSignal.timeout(DEADLINE_MILLISECONDS) });
  if (opened.outcome === 'failed') return opened;
  const credentials = zendeskCredentials.parse(account.credentials);
  if (credentials.grant === 'authorization_code')
    return { baseUrl: opened.desk.settings.baseUrl, credentials };
  const code = 'no_authorisation_needed';
  return { failure: { outcome: 'refused', code, message: sentences[code] } };
}
