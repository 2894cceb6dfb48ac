import type { Fault } from '../../src/sandbox/index.js';

/** What has really reached the visitor, as the sandbox tells it. */
export interface Received {
  id: string;
  from: 'visitor' | 'bot' | 'agent';
  agent?: { email: string };
  type: string;
  text?: string;
  file?: { name: string; size: number; state: string; url?: string };
  receivedAt: string;
  receipt: 'sent' | 'delivered' | 'read' | 'failed';
}

export interface SandboxConversation {
  id: string;
  visitorKey: string;
  status: string;
  assignee: { type: string; email?: string; name?: string };
  labels: { name: string }[];
  variables: { name: string; value: unknown }[];
  messages: Received[];
}

export interface SandboxRequest {
  n: number;
  /** When it was received. */
  at: string;
  operation: string;
  conversationId?: string;
  body: unknown;
  answer?: unknown;
  fault?: unknown;
}

/** A visitor of the sandbox in one conversation. */
export interface Visitor {
  /** WotNot's id of the conversation. */
  id: string;
  visitorKey: string;
  write(text: string): Promise<{ conversationId: string; messageId: string }>;
  sendFile(file: { path: string; name: string; type?: string }): Promise<void>;
  see(): Promise<SandboxConversation>;
  /** What agents have said, in the order in which the visitor received it. */
  heard(): Promise<string[]>;
}

/** The far side: visitors, WotNot's own screens, faults, and what was asked of it. */
export interface FarSide {
  /** `visitorKey`: somebody who was here before. */
  arrive(words?: {
    text?: string;
    name?: string;
    email?: string;
    visitorKey?: string;
    human?: boolean;
  }): Promise<Visitor>;
  /** Somebody acts in WotNot's own screens: assign, close, note, label, variable, sla-breach, message. */
  act(conversationId: string, deed: string, fields?: Record<string, unknown>): Promise<void>;
  emit(event: { type: string; payload: unknown; conversationId: string }): Promise<void>;
  plant(fault: Fault): Promise<void>;
  clearFaults(): Promise<void>;
  struck(): Promise<number>;
  requests(operation?: string): Promise<SandboxRequest[]>;
  webhooks(): Promise<{ n: number; type: string; state: string; conversationId: string; event: unknown }[]>;
  block(visitorKey: string): Promise<void>;
  bytes(path: string): Promise<Buffer>;
}

export function createFarSide(baseUrl: string): FarSide {
  const get = async <T>(path: string): Promise<T> => {
    const response = await fetch(`${baseUrl}${path}`);
    if (!response.ok) throw new Error(`the sandbox answered ${response.status} to ${path}`);
    return (await response.json()) as T;
  };
  const post = async <T>(path: string, body: unknown): Promise<T> => {
    const response = await fetch(`${baseUrl}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok)
      throw new Error(`the sandbox answered ${response.status} to ${path}: ${await response.text()}`);
    return (await response.json()) as T;
  };
  const visitorIn = (id: string, visitorKey: string): Visitor => ({
    id,
    visitorKey,
    write: (text) => post(`/sandbox/conversations/${id}/messages`, { text }),
    sendFile: async (file) => {
      await post(`/sandbox/conversations/${id}/messages`, { file });
    },
    see: () => get(`/sandbox/conversations/${id}`),
    heard: async () =>
      (await get<SandboxConversation>(`/sandbox/conversations/${id}`)).messages
        .filter(({ from, receipt }) => from === 'agent' && receipt !== 'failed')
        .map(({ text, file }) => text ?? file?.name ?? ''),
  });
  return {
    async arrive({ human = true, ...words } = {}) {
      const { id, visitorKey } = await post<{ id: string; visitorKey: string }>('/sandbox/conversations', {
        ...words,
        human,
      });
      return visitorIn(id, visitorKey);
    },
    act: async (conversationId, deed, fields = {}) => {
      await post(`/office/api/conversations/${conversationId}/${deed}`, fields);
    },
    emit: async (event) => {
      await post('/sandbox/events', event);
    },
    plant: async (fault) => {
      await post('/sandbox/faults', fault);
    },
    clearFaults: async () => {
      await fetch(`${baseUrl}/sandbox/faults`, { method: 'DELETE' });
    },
    struck: async () =>
      (await get<{ struck: number }[]>('/sandbox/faults')).reduce((sum, { struck }) => sum + struck, 0),
    requests: async (operation) =>
      (await get<SandboxRequest[]>('/sandbox/requests')).filter(
        (request) => operation === undefined || request.operation === operation,
      ),
    webhooks: () => get('/sandbox/webhooks'),
    block: async (visitorKey) => {
      await post(`/sandbox/contacts/${visitorKey}/block`, {});
    },
    bytes: async (path) => Buffer.from(await (await fetch(new URL(path, baseUrl))).arrayBuffer()),
  };
}
