import { createHash, randomBytes } from 'node:crypto';
import type { FakeAnswer, FakeRequest } from '../serve-fake.js';

/** Zendesk's token endpoint: single-use codes and refresh tokens, PKCE, an end to every access token. */
export function createZendeskOAuth(lifetimeSeconds: number) {
  const client = {
    id: `client-${randomBytes(6).toString('hex')}`,
    secret: `client-secret-${randomBytes(12).toString('hex')}`,
  };
  /** Access token → when it ends. */
  const access = new Map<string, number>();
  /** Refresh token → the access token that ends with it. */
  const refresh = new Map<string, string>();
  const codes = new Map<string, { challenge: string; redirectUri: string; until: number }>();
  const requests: string[] = [];

  const token = (): string => randomBytes(24).toString('hex');
  const refused = (error: string): FakeAnswer => ({ status: 401, body: { error, error_description: 'no' } });

  function issue(withRefresh: boolean): FakeAnswer {
    const accessToken = token();
    access.set(accessToken, Date.now() + lifetimeSeconds * 1_000);
    const refreshToken = withRefresh ? token() : undefined;
    if (refreshToken !== undefined) refresh.set(refreshToken, accessToken);
    return {
      status: 200,
      body: {
        access_token: accessToken,
        token_type: 'bearer',
        scope: 'read write',
        expires_in: lifetimeSeconds,
        ...(refreshToken === undefined
          ? {}
          : { refresh_token: refreshToken, refresh_token_expires_in: 2_592_000 }),
      },
    };
  }

  return {
    client,
    requests,
    answer({ json }: FakeRequest): FakeAnswer {
      const grant = String(json['grant_type']);
      requests.push(grant);
      if (json['client_id'] !== client.id || json['client_secret'] !== client.secret)
        return refused('invalid_client');
      if (grant === 'client_credentials') return issue(false);
      if (grant === 'refresh_token') {
        const given = String(json['refresh_token']);
        const before = refresh.get(given);
        if (before === undefined) return refused('invalid_grant');
        refresh.delete(given);
        access.delete(before);
        return issue(true);
      }
      const code = codes.get(String(json['code']));
      codes.delete(String(json['code']));
      const challenge = createHash('sha256').update(String(json['code_verifier'])).digest('base64url');
      if (code === undefined || code.until < Date.now()) return refused('invalid_grant');
      if (code.challenge !== challenge || code.redirectUri !== json['redirect_uri'])
        return refused('invalid_grant');
      return issue(true);
    },
    isLive: (accessToken: string): boolean => (access.get(accessToken) ?? 0) > Date.now(),
    /** A person opens the address and says yes, so long ago. @returns where the browser is sent then */
    approve(address: string, secondsAgo = 0): string {
      const query = new URL(address).searchParams;
      const code = token();
      const redirectUri = query.get('redirect_uri') ?? '';
      codes.set(code, {
        challenge: query.get('code_challenge') ?? '',
        redirectUri,
        until: Date.now() + (120 - secondsAgo) * 1_000,
      });
      return `${redirectUri}?code=${code}&state=${query.get('state')}`;
    },
    /** The person says no. @returns where the browser is sent then */
    deny(address: string): string {
      const query = new URL(address).searchParams;
      return `${query.get('redirect_uri')}?error=access_denied&error_description=no&state=${query.get('state')}`;
    },
    /** Every access token ends at once; refresh tokens stay. */
    endAccess: (): void => access.clear(),
    endRefresh: (): void => refresh.clear(),
  };
}

export type ZendeskOAuth = ReturnType<typeof createZendeskOAuth>;
