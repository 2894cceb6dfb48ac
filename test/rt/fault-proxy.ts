import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { type FakeWrite, type Fault, isMetBy } from '../fakes/fake-desk.js';

type Kind = 'create' | 'write' | 'read';

/** Stands before a real desk and does to its answers what tests ask for. */
export interface FaultProxy {
  url: string;
  plant(fault: Fault): void;
  clearFaults(): void;
  writes(): FakeWrite[];
  close(): Promise<void>;
}

export async function openFaultProxy(target: string): Promise<FaultProxy> {
  const faults: Fault[] = [];
  const written: FakeWrite[] = [];
  const server = http.createServer((request, response) => {
    void serve(request, response).catch(() => request.socket.destroy());
  });

  async function serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const body = await collect(request);
    const path = request.url ?? '';
    const kind = kindOf(request.method ?? '', path, body);
    const fault = strike(faults, kind, body);
    if (fault?.do === 'refuse') return void request.socket.destroy();
    if (fault?.do === 'answer') return answerWith(response, fault);
    const answer = await forward(target, request, body);
    // RT being away is a connection that is refused.
    if (answer === undefined) return void request.socket.destroy();
    if (kind !== 'read' && answer.status < 400) {
      const ticketId = /\/ticket\/(\d+)/u.exec(path)?.[1] ?? '';
      written.push({ at: Date.now(), ticketId, kind: `${request.method} ${path}` });
    }
    if (fault?.do === 'accept-then-drop') return void request.socket.destroy();
    if (fault?.do === 'accept-then-500') return answerWith(response, { ...fault, status: 500 });
    if (fault?.do === 'slow') await new Promise((resolve) => setTimeout(resolve, fault.ms ?? 0).unref());
    response.writeHead(answer.status, answer.headers);
    response.end(answer.bytes);
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    plant: (fault) => void faults.push({ ...fault }),
    clearFaults: () => void faults.splice(0),
    writes: () => [...written],
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function kindOf(method: string, path: string, body: Buffer): Kind {
  if (path.includes('/mail-gateway'))
    return body.includes('probe') && !body.includes('From:') ? 'read' : 'write';
  if (method === 'GET') return 'read';
  return /\/REST\/2\.0\/ticket\/?$/u.test(path) ? 'create' : 'write';
}

function strike(faults: Fault[], kind: Kind, body: Buffer): Fault | undefined {
  const at = faults.findIndex((each) => (each.on === 'any' || each.on === kind) && isMetBy(each, body));
  const fault = faults[at];
  if (fault === undefined) return undefined;
  if ((fault.skip ?? 0) > 0) {
    fault.skip = (fault.skip ?? 0) - 1;
    return undefined;
  }
  const left = (fault.times ?? 1) - 1;
  if (left > 0) fault.times = left;
  else faults.splice(at, 1);
  return fault;
}

function answerWith(response: http.ServerResponse, { status = 500, headers = {}, body = '' }: Fault): void {
  response.writeHead(status, headers);
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

async function collect(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function forward(target: string, request: http.IncomingMessage, body: Buffer) {
  const { host: _host, connection: _connection, ...headers } = request.headers;
  const url = new URL(request.url ?? '', target);
  const sent = http.request(url, { method: request.method ?? 'GET', headers, agent: false });
  sent.end(body);
  try {
    const [answer] = (await once(sent, 'response')) as [http.IncomingMessage];
    const bytes = await collect(answer as AsyncIterable<Buffer>);
    const { connection: _, 'transfer-encoding': __, ...rest } = answer.headers;
    return { status: answer.statusCode ?? 502, headers: { ...rest, 'content-length': bytes.length }, bytes };
  } catch {
    return undefined;
  }
}
