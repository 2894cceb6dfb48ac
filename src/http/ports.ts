import type { Access } from '../access/access.js';
import type { Principal } from '../access/principal.js';
import type { ErrorCode } from '../contract/index.js';
import type { Operator } from '../connections/operator.js';
import type { Desk } from '../desk/desk.js';
import type { AgentView, ApiKeyView, WorkspaceChange, WorkspaceView } from '../domain/views.js';

/** What this room needs of the others. */
export interface HttpDeps extends Rooms {
  intake: Intake;
  idempotency: IdempotencyKeys;
  telemetry: HttpTelemetry;
  config: HttpConfig;
  /** Whether the database answers, the migrations are in and the workers are alive. */
  readiness(): Promise<Readiness>;
  metrics(): Promise<{ contentType: string; text: string }>;
  /** Whether an exception says that the database cannot be reached just now. */
  isDatabaseUnavailable(error: unknown): boolean;
}

/** What the verbs of the routes call. */
export interface Rooms {
  desk: Desk;
  access: Access;
  operator: Operator;
  directory: Directory;
  links: LinkSettings;
}

export interface LinkSettings {
  /** Without a slash at its end. */
  publicUrl: string;
  signInLinkSeconds: number;
  /** A demo tells its console where a visitor may write. */
  visitorPage?: string;
}

export interface HttpConfig {
  publicUrl: string;
  /** What the bridge calls itself at the webhooks' address, when it is asked whether it is there. */
  bridgeId: string;
  trustProxyHops: number;
  allowedOrigins: readonly string[];
  embedOrigins: readonly string[];
  requestsPerMinutePerAddress: number;
  requestsPerMinutePerPrincipal: number;
  refusalsPerMinutePerAddress: number;
  /** Without one, metrics are told to this machine only. */
  metricsToken?: string;
  /** Where the built console lies. */
  consoleDirectory?: string;
  /** A verb that has not answered by then is given up on; 30 when not said. */
  answerSeconds?: number;
  /** A body that has not arrived by then; 15 when not said, 120 for a file. */
  bodySeconds?: number;
  /** Files that may be on their way in at once, as each is held in memory; 8 when not said. */
  uploadsAtOnce?: number;
}

export type IntakeAnswer =
  | { outcome: 'answered'; status: number; body: Record<string, unknown> }
  | { outcome: 'refused'; code: ErrorCode; message: string; retryAfterSeconds?: number };

export interface Intake {
  receive(
    connectionKey: string,
    request: {
      headers: Readonly<Record<string, string | undefined>>;
      body: Buffer;
      remoteAddress: string;
      requestId: string;
    },
  ): Promise<IntakeAnswer>;
}

export type KeyBeginning =
  | { outcome: 'first' }
  | { outcome: 'answered'; status: number; answer: unknown }
  | { outcome: 'in_use' }
  | { outcome: 'reused' };

type Scope = Principal['scope'];

export interface IdempotencyKeys {
  begin(scope: Scope, principalKey: string, key: string, requestHash: string): Promise<KeyBeginning>;
  finish(scope: Scope, principalKey: string, key: string, status: number, answer: unknown): Promise<void>;
  /** Nothing was done: the key may be used again. */
  abandon(scope: Scope, principalKey: string, key: string): Promise<void>;
}

export interface Readiness {
  ready: boolean;
  checks: { name: string; ok: boolean }[];
}

/** One helper per event; they write log and metric together. */
export interface HttpTelemetry {
  requestServed(line: RequestLine): void;
  /** A surprise. `stack` holds places in the code, never the message: that may quote a customer. */
  requestFailed(line: { requestId: string; method: string; route: string } & FailureTrace): void;
  /** A webhook that did not get as far as the intake, which tells its own. */
  webhookRefused(line: { code: ErrorCode; requestId: string }): void;
}

export interface FailureTrace {
  name: string;
  code?: string;
  stack: string;
}

export interface RequestLine {
  requestId: string;
  method: string;
  /** The pattern, never the path itself. */
  route: string;
  status: number;
  milliseconds: number;
  workspaceId?: string;
  principal?: string;
  code?: ErrorCode;
}

type Refused<Code extends ErrorCode> = {
  outcome: 'refused';
  code: Code;
  message: string;
  details?: { path?: string; message: string }[];
};

export type DirectoryAnswer<T> = { outcome: 'done'; value: T } | Refused<'not_found' | 'already_exists'>;

/** The workspace's agents and keys. */
export interface Directory {
  readWorkspace(principal: Principal): Promise<WorkspaceView>;
  changeWorkspace(principal: Principal, change: WorkspaceChange): Promise<WorkspaceView>;
  listAgents(principal: Principal): Promise<AgentView[]>;
  createAgent(
    principal: Principal,
    agent: { email: string; name: string },
  ): Promise<DirectoryAnswer<AgentView>>;
  /** Ends the agent's sessions too. */
  disableAgent(principal: Principal, agentId: string): Promise<DirectoryAnswer<AgentView>>;
  listApiKeys(principal: Principal): Promise<ApiKeyView[]>;
  createApiKey(
    principal: Principal,
    key: { name: string; scopes: ('admin' | 'desk')[] },
  ): Promise<DirectoryAnswer<{ key: ApiKeyView; token: string }>>;
  revokeApiKey(principal: Principal, keyId: string): Promise<DirectoryAnswer<ApiKeyView>>;
}
