import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface WebhookSeen {
  at: number;
  body: {
    token: string;
    events?: {
      event: { type: string; payload: Record<string, unknown> };
      conversation: { key: string };
      visitor: { key: string };
    }[];
  };
}

export interface FakeBridge {
  url: string;
  seen: WebhookSeen[];
  /** Events of one conversation in the order in which they came. */
  events(conversationId?: string): { type: string; payload: Record<string, unknown> }[];
  answerWith(answer: (webhook: WebhookSeen) => { status: number; body: string } | undefined): void;
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** The far end of the webhooks: writes down what comes and answers with the token. */
export async function listenAsBridge(): Promise<FakeBridge> {
  const seen: WebhookSeen[] = [];
  let answerOf: (webhook: WebhookSeen) => { status: number; body: string } | undefined = () => undefined;
  let port = 0;
  let server: Server;
  const start = async (): Promise<void> => {
    server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8');
      });
      request.on('end', () => {
        const webhook: WebhookSeen = { at: Date.now(), body: JSON.parse(text) };
        const answer = answerOf(webhook);
        seen.push(webhook);
        response.statusCode = answer?.status ?? 200;
        response.setHeader('content-type', 'application/json');
        response.end(answer?.body ?? JSON.stringify({ token: webhook.body.token }));
      });
    });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    port = (server.address() as AddressInfo).port;
  };
  await start();
  return {
    url: `http://127.0.0.1:${port}/webhooks/key`,
    seen,
    events: (conversationId) =>
      seen
        .flatMap((webhook) => webhook.body.events ?? [])
        .filter((event) => conversationId === undefined || event.conversation.key === conversationId)
        .map((event) => event.event),
    answerWith(answer) {
      answerOf = answer;
    },
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
    start,
  };
}
