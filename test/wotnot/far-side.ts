import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

export interface ReceivedRequest {
  method: string;
  path: string;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
}

export type Answer = (request: ReceivedRequest, response: http.ServerResponse, socket: Socket) => void;

/** A server in WotNot's place that writes down what it got and answers as it is told. */
export async function startFarSide(answer: Answer = answerJson(200, { ok: true })) {
  const received: ReceivedRequest[] = [];
  const sockets = new Set<Socket>();
  let current = answer;
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const seen: ReceivedRequest = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks),
      };
      received.push(seen);
      current(seen, response, request.socket);
    });
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    received,
    openSockets: () => sockets.size,
    answerWith(next: Answer) {
      current = next;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type FarSide = Awaited<ReturnType<typeof startFarSide>>;

export function answerJson(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return answerText(status, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
}

export function answerText(status: number, body: string, headers: Record<string, string> = {}): Answer {
  return (_, response) => response.writeHead(status, headers).end(body);
}

/** Waits for a call to fail and hands over the error. */
export async function failureOf(call: Promise<unknown>): Promise<unknown> {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new Error('the call was expected to fail');
}
