import type {
  connectionAgentsSchema,
  connectionCheckSchema,
  createdApiKeySchema,
  createdConnectionSchema,
  invitationSchema,
  rotatedWebhookTokenSchema,
  signInLinkSchema,
} from '../contract/answers.js';
import type {
  changeConnectionSchema,
  changeWorkspaceSchema,
  createAgentSchema,
  createApiKeySchema,
  createConnectionSchema,
} from '../contract/commands.js';
import type { OutputOf } from '../contract/json-schema.js';
import type { Agent, ApiKey, Connection, Workspace } from '../contract/resources.js';
import type { Page } from './page.js';
import type { BridgeRequest, SendRequest } from './send-request.js';

export type CreatedConnection = OutputOf<typeof createdConnectionSchema>;
export type CreatedApiKey = OutputOf<typeof createdApiKeySchema>;
export type RotatedWebhookToken = OutputOf<typeof rotatedWebhookTokenSchema>;
export type ConnectionCheck = OutputOf<typeof connectionCheckSchema>;
export type ConnectionAgents = OutputOf<typeof connectionAgentsSchema>;
export type Invitation = OutputOf<typeof invitationSchema>;
export type SignInLink = OutputOf<typeof signInLinkSchema>;

type Connecting = OutputOf<typeof createConnectionSchema>;
type KeyAsked = OutputOf<typeof createApiKeySchema>;
export type NewConnection = Pick<Connecting, 'connector' | 'name'> & Partial<Connecting>;
export type ConnectionChange = OutputOf<typeof changeConnectionSchema>;
export type WorkspaceChange = OutputOf<typeof changeWorkspaceSchema>;
export type NewApiKey = Pick<KeyAsked, 'name'> & Partial<KeyAsked>;

/** What an operator's API key may do besides the desk's work. */
export interface OperatorResources {
  connections: {
    list(): Promise<Page<Connection>>;
    read(connectionId: string): Promise<Connection>;
    create(connection: NewConnection): Promise<CreatedConnection>;
    /** Settings are merged by key; null takes one away. */
    change(connectionId: string, change: ConnectionChange): Promise<Connection>;
    check(connectionId: string): Promise<ConnectionCheck>;
    pause(connectionId: string, reason: string): Promise<Connection>;
    resume(connectionId: string): Promise<Connection>;
    rotateWebhookToken(connectionId: string): Promise<RotatedWebhookToken>;
    replaceCredentials(connectionId: string, credentials: Record<string, unknown>): Promise<Connection>;
    agents(connectionId: string): Promise<ConnectionAgents>;
    inviteAgent(connectionId: string, email: string, roleId: string): Promise<Invitation>;
    /** Ends the webhook token from before the last rotation. */
    endOldToken(connectionId: string): Promise<Connection>;
    disconnect(connectionId: string): Promise<Connection>;
  };
  workspace: {
    read(): Promise<Workspace>;
    change(change: WorkspaceChange): Promise<Workspace>;
  };
  agents: {
    list(): Promise<Page<Agent>>;
    create(agent: OutputOf<typeof createAgentSchema>): Promise<Agent>;
    disable(agentId: string): Promise<Agent>;
    createSignInLink(agentId: string): Promise<SignInLink>;
  };
  keys: {
    list(): Promise<Page<ApiKey>>;
    /** `key` is told this once. */
    create(key: NewApiKey): Promise<CreatedApiKey>;
    revoke(keyId: string): Promise<ApiKey>;
  };
}

export function createOperatorResources(send: SendRequest): OperatorResources {
  const ask = async <T>(method: BridgeRequest['method'], path: string, body?: unknown): Promise<T> =>
    (await send<T>({ method, path, body })).value;
  const create = async <T>(path: string, body?: unknown): Promise<T> =>
    (await send<T>({ method: 'POST', path, body, idempotencyKey: crypto.randomUUID() })).value;
  const connection = (id: string, rest = ''): string => `/v1/connections/${encodeURIComponent(id)}${rest}`;
  const agent = (id: string, rest = ''): string => `/v1/agents/${encodeURIComponent(id)}${rest}`;
  return {
    workspace: {
      read: () => ask('GET', '/v1/workspace'),
      change: (change) => ask('PATCH', '/v1/workspace', change),
    },
    connections: {
      list: () => ask('GET', '/v1/connections'),
      read: (id) => ask('GET', connection(id)),
      create: (input) => create('/v1/connections', input),
      change: (id, change) => ask('PATCH', connection(id), change),
      check: (id) => ask('POST', connection(id, '/check')),
      pause: (id, reason) => ask('POST', connection(id, '/pause'), { reason }),
      resume: (id) => ask('POST', connection(id, '/resume')),
      rotateWebhookToken: (id) => ask('POST', connection(id, '/rotate-token')),
      replaceCredentials: (id, credentials) => ask('PUT', connection(id, '/credentials'), { credentials }),
      agents: (id) => ask('GET', connection(id, '/agents')),
      inviteAgent: (id, email, roleId) =>
        create(connection(id, `/agents/${encodeURIComponent(email)}/invite`), { roleId }),
      endOldToken: (id) => ask('DELETE', connection(id, '/old-token')),
      disconnect: (id) => ask('DELETE', connection(id)),
    },
    agents: {
      list: () => ask('GET', '/v1/agents'),
      create: (input) => create('/v1/agents', input),
      disable: (id) => ask('DELETE', agent(id)),
      createSignInLink: (id) => create(agent(id, '/sign-in-link')),
    },
    keys: {
      list: () => ask('GET', '/v1/keys'),
      create: (input) => create('/v1/keys', input),
      revoke: (id) => ask('DELETE', `/v1/keys/${encodeURIComponent(id)}`),
    },
  };
}
