import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  method: string;
  path: string;
  body: Record<string, unknown>;
}

export interface FarSide {
  url: string;
  received: Received[];
  /** Answers, one after another; the last one for ever. */
  answers: { status: number; body: unknown; headers?: Record<string, string> }[];
  stop(): Promise<void>;
}

/** A WotNot that says what it is told to. */
export async function startFarSide(): Promise<FarSide> {
  const side: FarSide = { url: '', received: [], answers: [], stop: async () => undefined };
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      side.received.push({
        method: request.method ?? '',
        path: request.url ?? '',
        body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
      });
      const answer = side.answers.length > 1 ? side.answers.shift() : side.answers[0];
      response.writeHead(answer?.status ?? 500, { 'content-type': 'application/json', ...answer?.headers });
      response.end(JSON.stringify(answer?.body ?? {}));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  side.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  side.stop = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return side;
}
