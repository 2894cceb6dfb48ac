import type { z } from 'zod';
import type { createAgentSchema, createApiKeySchema, createConnectionSchema } from '../contract/commands.js';
import type { Agent, ApiKey, Connection } from '../contract/resources.js';
import type { Page } from './page.js';
import type { SendRequest } from './send-request.js';

export interface CreatedConnection {
  connection: Connection;
  /** Told this once. */
  webhookToken: string;
  webhookUrl: string;
  registered: { outcome: 'registered' } | { outcome: 'not_registered'; code: string; message: string };
}

/** What an operator's API key may do besides the desk's work. */
export interface OperatorResources {
  connections: {
    list(): Promise<Page<Connection>>;
    read(connectionId: string): Promise<Connection>;
    create(connection: z.input<typeof createConnectionSchema>): Promise<CreatedConnection>;
  };
  agents: {
    list(): Promise<Page<Agent>>;
    create(agent: z.input<typeof createAgentSchema>): Promise<Agent>;
  };
  keys: {
    list(): Promise<Page<ApiKey>>;
    /** `key` is told this once. */
    create(key: z.input<typeof createApiKeySchema>): Promise<ApiKey & { key: string }>;
  };
}

export function createOperatorResources(send: SendRequest): OperatorResources {
  const list = async <T>(path: string): Promise<Page<T>> =>
    (await send<Page<T>>({ method: 'GET', path })).value;
  const create = async <T>(path: string, body: unknown): Promise<T> =>
    (await send<T>({ method: 'POST', path, body, idempotencyKey: crypto.randomUUID() })).value;
  return {
    connections: {
      list: () => list<Connection>('/v1/connections'),
      async read(connectionId) {
        return (
          await send<Connection>({
            method: 'GET',
            path: `/v1/connections/${encodeURIComponent(connectionId)}`,
          })
        ).value;
      },
      create: (connection) => create<CreatedConnection>('/v1/connections', connection),
    },
    agents: {
      list: () => list<Agent>('/v1/agents'),
      create: (agent) => create<Agent>('/v1/agents', agent),
    },
    keys: {
      list: () => list<ApiKey>('/v1/keys'),
      create: (key) => create<ApiKey & { key: string }>('/v1/keys', key),
    },
  };
}
