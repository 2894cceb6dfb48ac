import type { Principal } from '../access/principal.js';
import type { AuthorisationBegun, CheckFinding } from '../connectors/connector.js';
import type { ConnectionView, WatchedConnection } from '../domain/views.js';

type RefusalCode =
  | 'not_found'
  | 'invalid_request'
  | 'already_exists'
  | 'connection_disconnected'
  | 'connection_in_use'
  | 'not_supported'
  | 'account_refused'
  | 'account_unavailable'
  | 'forbidden';

export interface Refusal {
  outcome: 'refused';
  code: RefusalCode;
  message: string;
  details?: { path?: string; message: string }[];
}

export type OperatorAnswer<T> = { outcome: 'done'; value: T } | Refusal;

/** Whether the outside was told where to send its webhooks. */
export type Registered =
  /** `notice`: what the outside would not take of it. */
  | { outcome: 'registered'; notice?: string }
  /** It cannot be told: a person enters it there. */
  | { outcome: 'by_hand'; message: string }
  | { outcome: 'not_registered'; code: string; message: string };

export interface ConnectionToCreate {
  connector: string;
  name: string;
  settings: Record<string, unknown>;
  credentials: Record<string, unknown>;
  /** Made here when not given; 24 characters at least. */
  webhookToken?: string;
}

export interface ChangeOfConnection {
  name?: string;
  /** Those that change; null for the default. */
  settings?: Record<string, unknown>;
}

export interface CreatedConnection {
  connection: ConnectionView;
  /** Shown this once: only its hash is kept. */
  webhookToken: string;
  webhookUrl: string;
  registered: Registered;
}

export interface RotatedToken {
  connection: ConnectionView;
  webhookToken: string;
  registered: Registered;
}

/** Desk and account side by side. `role` is the account's word for what somebody is there. */
export interface ConnectionPeople {
  agents: { email: string; name: string; role?: string; inDesk: boolean; inAccount: boolean }[];
  roles: { id: string; name: string }[];
}

export interface Invitation {
  email: string;
  /** Lets the invited in; told this once. */
  invitationLink?: string;
}

type Answer<T> = Promise<OperatorAnswer<T>>;

/** What an operator does with connections. Another workspace's ids are not found. */
export interface Operator {
  createConnection(principal: Principal, connection: ConnectionToCreate): Answer<CreatedConnection>;
  /** Open to agents too. */
  listConnections(principal: Principal): Answer<WatchedConnection[]>;
  readConnection(principal: Principal, connectionId: string): Answer<WatchedConnection>;
  changeConnection(
    principal: Principal,
    connectionId: string,
    change: ChangeOfConnection,
  ): Answer<ConnectionView>;
  checkConnection(principal: Principal, connectionId: string): Answer<CheckFinding[]>;
  pauseConnection(principal: Principal, connectionId: string, reason: string): Answer<ConnectionView>;
  resumeConnection(principal: Principal, connectionId: string): Answer<ConnectionView>;
  /** The new token is good at once, the one before it until the next rotation or `endOldToken`. */
  rotateWebhookToken(principal: Principal, connectionId: string): Answer<RotatedToken>;
  endOldToken(principal: Principal, connectionId: string): Answer<ConnectionView>;
  /** Where a person lets the bridge in; `verifier` and `state` stay with who asked until the code comes. */
  beginAuthorisation(principal: Principal, connectionId: string): Answer<AuthorisationBegun>;
  /** What waited because the old credentials were refused goes on, and the webhook is set up. */
  finishAuthorisation(
    principal: Principal,
    connectionId: string,
    brought: { code: string; verifier: string },
  ): Answer<RotatedToken>;
  /** What was paused because the credentials were refused goes on. */
  replaceCredentials(
    principal: Principal,
    connectionId: string,
    credentials: Record<string, unknown>,
  ): Answer<ConnectionView>;
  listAgents(principal: Principal, connectionId: string): Answer<ConnectionPeople>;
  inviteAgent(
    principal: Principal,
    connectionId: string,
    invited: { email: string; roleId: string },
  ): Answer<Invitation>;
  disconnect(principal: Principal, connectionId: string): Answer<ConnectionView>;
}
