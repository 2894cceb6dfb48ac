import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Fault } from './fake-desk.js';
import { createFaultPlan, type RequestKind } from './fault-plan.js';

export interface FakeRequest {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: Readonly<Record<string, string | undefined>>;
  bytes: Buffer;
  /** The body as JSON; {} when it is none. */
  json: Record<string, unknown>;
  form(): Promise<FormData>;
}

/** `body`: sent as it is when it is a text or bytes, else as JSON; undefined for nothing. */
export interface FakeAnswer {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Serving {
  kindOf(request: FakeRequest): RequestKind;
  answer(request: FakeRequest): Promise<FakeAnswer> | FakeAnswer;
  /** After everything else, what was answered. */
  observe?(request: FakeRequest, answer: FakeAnswer): void;
}

/** Where everything that a fake has taken is told, to whoever in its process listens. */
export const REQUESTS_ANSWERED = 'fake.request.answered';

export interface FakeAnswered {
  request: FakeRequest;
  answer: FakeAnswer;
}

const answers = channel(REQUESTS_ANSWERED);

/** A server on loopback that meets its faults before or after it has done what it was asked for. */
export async function serveFake({ kindOf, answer, observe }: Serving) {
  const plan = createFaultPlan();
  const timers = new Set<NodeJS.Timeout>();

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const request = await readRequest(incoming);
    const fault = plan.meet(kindOf(request), request.bytes);
    if (fault?.do === 'refuse') return void incoming.socket.destroy();
    if (fault?.do === 'answer') return respond(response, faultAnswer(fault));
    const answered = await answer(request);
    observe?.(request, answered);
    answers.publish({ request, answer: answered } satisfies FakeAnswered);
    if (fault?.do === 'accept-then-drop') return void incoming.socket.destroy();
    if (fault?.do === 'accept-then-500') return respond(response, { status: 500, body: { error: 'oops' } });
    if (fault?.do !== 'slow') return respond(response, answered);
    const timer = setTimeout(() => {
      timers.delete(timer);
      respond(response, answered);
    }, fault.ms ?? 1_000);
    timers.add(timer);
  }

  const server = http.createServer((incoming, response) => {
    serve(incoming, response).catch((error: unknown) => {
      console.error('the fake has failed', error);
      respond(response, { status: 599, body: String(error) });
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    plan,
    async stop(): Promise<void> {
      for (const timer of timers) clearTimeout(timer);
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function readRequest(incoming: IncomingMessage): Promise<FakeRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  const url = new URL(incoming.url ?? '/', 'http://fake');
  const headers = Object.fromEntries(
    Object.entries(incoming.headers).map(([name, value]) => [
      name,
      value === undefined ? undefined : String(value),
    ]),
  );
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers,
    bytes,
    json: parse(bytes),
    form: () => readForm(bytes, headers['content-type'] ?? ''),
  };
}

async function readForm(bytes: Buffer, contentType: string): Promise<FormData> {
  const form = new Response(new Uint8Array(bytes), { headers: { 'content-type': contentType } });
  // What is read here was made by the connector, and is small.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  return form.formData();
}

function parse(bytes: Buffer): Record<string, unknown> {
  try {
    const value = JSON.parse(bytes.toString('utf8')) as unknown;
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function faultAnswer({ status = 500, headers, body }: Fault): FakeAnswer {
  return { status, body: body ?? '', ...(headers === undefined ? {} : { headers }) };
}

function respond(response: ServerResponse, { status, body, headers = {} }: FakeAnswer): void {
  if (response.destroyed || response.headersSent) return;
  const raw = typeof body === 'string' || Buffer.isBuffer(body);
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', ...headers });
  response.end(raw ? body : body === undefined ? '' : JSON.stringify(body));
}
