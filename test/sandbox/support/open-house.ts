import { createSandbox, type Fault, type SandboxOptions } from '../../../src/sandbox/index.js';
import { type FakeBridge, listenAsBridge } from './listen-as-bridge.js';

export interface Reply {
  status: number;
  body: Record<string, unknown>;
  headers: Headers;
}

export const allEvents = [
  'conversation_create',
  'message',
  'status',
  'assignee_change',
  'sla_breached',
  'variables',
  'conversation_labels',
  'note',
  'message_status',
];

export interface ConversationSeen {
  id: string;
  status: string;
  assignee: { type: string; email?: string; name?: string };
  messages: {
    id: string;
    from: string;
    type: string;
    text?: string;
    file?: { state: string; size: number; url?: string; problem?: string };
    agent?: { email: string; name: string };
    receipt: string;
    receivedAt: string;
  }[];
  webhooks: { type: string; state: string; tries: { at: string; status?: number; problem?: string }[] }[];
}

export type House = Awaited<ReturnType<typeof openHouse>>;

/** A sandbox and a bridge that listens to it. */
export async function openHouse(options: SandboxOptions = {}) {
  const bridge: FakeBridge = await listenAsBridge();
  const sandbox = createSandbox({
    botTypingMs: 0,
    trainingMs: 30,
    webhookRetryMs: [20, 20, 20, 20],
    ...options,
  });
  const { url, port } = await sandbox.start();

  async function call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Reply> {
    const isRaw = typeof body === 'string' || body instanceof FormData;
    const answer = await fetch(`${url}${path}`, {
      method,
      headers: { ...(isRaw ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: isRaw ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, body: text === '' ? {} : JSON.parse(text), headers: answer.headers };
  }
  const api = (method: string, path: string, body?: unknown, token = sandbox.token): Promise<Reply> =>
    call(method, path, body, { authorization: `Bearer ${token}` });

  return {
    bridge,
    sandbox,
    url,
    port,
    call,
    api,
    register: (webhookUrl = bridge.url, keys = allEvents) =>
      api('POST', `/v1/accounts/${sandbox.accountId}/webhook`, {
        webhook_url: webhookUrl,
        subscribed_events: keys.map((key) => ({ key, is_subscribed: true })),
        is_enabled: true,
        token: 'shared-secret',
      }),
    async visitor(given: Record<string, unknown> = {}): Promise<string> {
      const { body } = await call('POST', '/sandbox/conversations', given);
      return String(body['id']);
    },
    async conversation(id: string): Promise<ConversationSeen> {
      return (await call('GET', `/sandbox/conversations/${id}`)).body as unknown as ConversationSeen;
    },
    plant: (fault: Fault) => call('POST', '/sandbox/faults', fault),
    say: (id: string, text: string, by = 'ada@fern.example') =>
      api('POST', `/api/v1/conversation/${id}/messages`, {
        message: { type: 'text', data: { body: text } },
        user: { by },
      }),
    async until<T>(
      look: () => T | undefined | false | Promise<T | undefined | false>,
      waitMs = 5_000,
    ): Promise<T> {
      const deadline = Date.now() + waitMs;
      for (;;) {
        const found = await look();
        if (found !== undefined && found !== false) return found;
        if (Date.now() > deadline) throw new Error('It has not come about.');
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
    async close(): Promise<void> {
      await sandbox.stop();
      await bridge.stop().catch(() => undefined);
    },
  };
}
