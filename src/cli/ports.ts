import type { Config } from '../config/config.js';
import type { Secrets } from '../config/secrets.js';
import type { Telemetry } from '../telemetry/telemetry.js';

/** Whoever acts in one workspace; handed from room to room unopened. */
export interface Actor {
  readonly scope: { readonly workspaceId: string };
}

export interface Workspace {
  id: string;
  name: string;
  createdAt: Date;
  disabledAt?: Date;
  uncertainPolicy: UncertainPolicy;
}

export type UncertainPolicy = 'by_echo' | 'ask' | 'resend';

export interface Agent {
  id: string;
  email: string;
  name: string;
  createdAt: Date;
  disabledAt?: Date;
}

export interface ApiKey {
  id: string;
  name: string;
  lastFour: string;
  scopes: ('admin' | 'desk')[];
  createdAt: Date;
  lastUsedAt?: Date;
  revokedAt?: Date;
}

export interface Connection {
  id: string;
  connector: string;
  side: 'chat' | 'desk';
  name: string;
  webhookKey: string;
  status: 'active' | 'paused' | 'disconnected';
  pausedReason?: string;
  pausedAt?: Date;
  settings: Record<string, unknown>;
  lastInboundAt?: Date;
  lastDeliveredAt?: Date;
  registrationOwedAt?: Date;
  createdAt: Date;
}

/** A connection and how it stands with it. */
export interface WatchedConnection extends Connection {
  health: {
    waiting: number;
    oldestWaitingSeconds?: number;
    uncertain: number;
    dead: number;
    breaker: 'closed' | 'open';
    breakerUntil?: Date;
  };
}

export interface Delivery {
  id: string;
  conversationId: string;
  kind: string;
  state: string;
  attempts: number;
  reason?: { code: string; message: string };
  createdAt: Date;
}

export interface InboundEvent {
  id: string;
  kind: string;
  state: string;
  detail?: string;
  receivedAt: Date;
}

export interface ConnectionPeople {
  agents: { email: string; name: string; role?: string; inDesk: boolean; inAccount: boolean }[];
  roles: { id: string; name: string }[];
}

export interface Finding {
  ok: boolean;
  what: string;
  hint?: string;
}

/** What was owed and was put in doubt. */
export interface Doubted {
  side: 'chat' | 'desk';
  orders: number;
}

export type Registered =
  | { outcome: 'registered'; notice?: string }
  | { outcome: 'by_hand'; message: string }
  | { outcome: 'not_registered'; code: string; message: string };

/** Of a refusal only the sentence is of use here. */
export type PlainAnswer<T> =
  | { outcome: 'done'; value: T }
  | { outcome: 'refused'; code: string; message: string };

export type Answer<T> =
  | { outcome: 'done'; value: T }
  | { outcome: 'refused'; code: string; message: string; details?: { path?: string; message: string }[] };

/** The rooms that the command line works through; the app has them all. */
export interface Bridge {
  installation: {
    createWorkspace(name: string): Promise<Workspace>;
    listWorkspaces(): Promise<Workspace[]>;
    enterWorkspace(
      idOrName?: string,
    ): Promise<
      | { outcome: 'entered'; workspace: Workspace; principal: Actor }
      | { outcome: 'not_found' }
      | { outcome: 'ambiguous'; workspaces: Workspace[] }
    >;
    disableWorkspace(actor: Actor): Promise<Workspace | undefined>;
    enableWorkspace(actor: Actor): Promise<Workspace | undefined>;
  };
  directory: {
    changeWorkspace(
      actor: Actor,
      change: { name?: string; uncertainPolicy?: UncertainPolicy },
    ): Promise<Workspace>;
    listAgents(actor: Actor): Promise<Agent[]>;
    createAgent(actor: Actor, agent: { email: string; name: string }): Promise<Answer<Agent>>;
    disableAgent(actor: Actor, agentId: string): Promise<Answer<Agent>>;
    listApiKeys(actor: Actor): Promise<ApiKey[]>;
    createApiKey(
      actor: Actor,
      key: { name: string; scopes: ('admin' | 'desk')[] },
    ): Promise<Answer<{ key: ApiKey; token: string }>>;
    revokeApiKey(actor: Actor, keyId: string): Promise<Answer<ApiKey>>;
  };
  desk: {
    listDeliveries(
      actor: Actor,
      filter: { state: string; limit: number },
    ): Promise<PlainAnswer<{ items: Delivery[] }>>;
    redriveDelivery(actor: Actor, deliveryId: string): Promise<PlainAnswer<Delivery>>;
    listInboundEvents(
      actor: Actor,
      filter: { state: string; limit: number },
    ): Promise<PlainAnswer<{ items: InboundEvent[] }>>;
    replayInboundEvent(actor: Actor, eventId: string): Promise<PlainAnswer<InboundEvent>>;
  };
  operator: {
    createConnection(
      actor: Actor,
      connection: {
        connector: string;
        name: string;
        settings: Record<string, unknown>;
        credentials: Record<string, unknown>;
      },
    ): Promise<
      Answer<{ connection: Connection; webhookToken: string; webhookUrl: string; registered: Registered }>
    >;
    changeConnection(
      actor: Actor,
      connectionId: string,
      change: { name?: string; settings?: Record<string, unknown> },
    ): Promise<Answer<Connection>>;
    replaceCredentials(
      actor: Actor,
      connectionId: string,
      credentials: Record<string, unknown>,
    ): Promise<Answer<Connection>>;
    endOldToken(actor: Actor, connectionId: string): Promise<Answer<Connection>>;
    beginAuthorisation(
      actor: Actor,
      connectionId: string,
    ): Promise<Answer<{ url: string; state: string; verifier: string }>>;
    finishAuthorisation(
      actor: Actor,
      connectionId: string,
      brought: { code: string; verifier: string },
    ): Promise<Answer<{ connection: Connection; registered: Registered }>>;
    listConnections(actor: Actor): Promise<Answer<WatchedConnection[]>>;
    checkConnection(actor: Actor, connectionId: string): Promise<Answer<Finding[]>>;
    pauseConnection(actor: Actor, connectionId: string, reason: string): Promise<Answer<Connection>>;
    resumeConnection(actor: Actor, connectionId: string): Promise<Answer<Connection>>;
    rotateWebhookToken(
      actor: Actor,
      connectionId: string,
    ): Promise<Answer<{ connection: Connection; webhookToken: string; registered: Registered }>>;
    readConnection(actor: Actor, connectionId: string): Promise<Answer<Connection>>;
    listAgents(actor: Actor, connectionId: string): Promise<Answer<ConnectionPeople>>;
    inviteAgent(
      actor: Actor,
      connectionId: string,
      invited: { email: string; roleId: string },
    ): Promise<Answer<{ email: string; invitationLink?: string }>>;
    disconnect(actor: Actor, connectionId: string): Promise<Answer<Connection>>;
  };
  access: {
    authenticate(token: string): Promise<{ outcome: 'authenticated' | 'refused' }>;
    createSignInCode(
      actor: Actor,
      agentId: string,
      options: { lifetimeSeconds: number; reusable?: boolean },
    ): Promise<string>;
  };
  /** A connection's account with its secrets opened; undefined when it is disconnected. */
  openAccount(
    scope: Actor['scope'],
    connectionId: string,
  ): Promise<
    { account: { settings: Record<string, unknown>; credentials: Record<string, unknown> } } | undefined
  >;
  /** How the database is: its version, its durability, its migrations. */
  examine(): Promise<Finding[]>;
  /** After a restore; before `start`. */
  doubtOwed(): Promise<Doubted[]>;
  /** Starts the parts of the process and listens; `url` is where. */
  start(roles?: Config['roles']): Promise<{ url: string }>;
  stop(): Promise<void>;
}

export interface BridgeOverrides {
  /** A demo tells its console where a visitor may write. */
  visitorPage?: string;
}

/** Puts the app together: opens the database and brings it up to date; starts nothing. */
export type OpenBridge = (
  config: Config,
  secrets: Secrets,
  telemetry: Telemetry,
  overrides?: BridgeOverrides,
) => Promise<Bridge>;
