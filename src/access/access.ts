import type { AgentView } from '../domain/views.js';
import type { Principal } from './principal.js';

export type Authentication =
  | { outcome: 'authenticated'; principal: Principal }
  | { outcome: 'refused'; code: 'token_invalid' | 'token_expired' };

export interface OpenedSession {
  token: string;
  expiresAt: Date;
  workspace: { id: string; name: string };
  agent: AgentView;
}

export type SessionAnswer =
  | { outcome: 'opened'; session: OpenedSession }
  | { outcome: 'refused'; code: 'sign_in_code_invalid' | 'token_invalid' | 'token_expired' };

/** Who is asking. Tokens are opaque; only their hashes are stored. */
export interface Access {
  /** An API key or a session token → its principal. Answers are remembered for two seconds at the most. */
  authenticate(token: string): Promise<Authentication>;
  /** Exchanges the code of a one-time link for a session of fifteen minutes. */
  exchangeCode(code: string): Promise<SessionAnswer>;
  /** A fresh token for a living session; the old one ends with its own time. */
  renew(token: string): Promise<SessionAnswer>;
  /** Ends a session at once. */
  signOut(token: string): Promise<void>;
  /** Makes the code of a one-time link; `reusable` for demos. Its lifetime is in seconds. */
  createSignInCode(
    principal: Principal,
    agentId: string,
    options: { lifetimeSeconds: number; reusable?: boolean },
  ): Promise<string>;
}
