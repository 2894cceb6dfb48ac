import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { Server } from 'socket.io';
import type {
  ClientToServerEvents,
  ConversationSummary,
  Fact,
  ServerToClientEvents,
} from '../../src/contract/index.js';
import type { ConsoleWorld } from './console-world.js';

const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: http: data: blob:; media-src 'self' https: http: data: blob:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const kinds: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

export interface ConsoleBackEnd {
  url: string;
  /** Requests that arrived, as "METHOD /path". */
  requests: string[];
  /** Files that arrived. */
  uploads: { name: string; contentType: string; bytes: Buffer }[];
  /** What the next request to this path is refused with. */
  refuseNext(start: string, status: number, code: string): void;
  /** What the next file turns out to be, whatever it calls itself. */
  findNext(contentType: string): void;
  /** Carries out the next reply and hangs up instead of answering. */
  loseNextAnswer(): void;
  /** How long the next replies take on their way here, one after the other, in milliseconds. */
  slowReplies(delays: number[]): void;
  /** Cuts every socket; they may come back. */
  dropSockets(): void;
  /** From now on nothing gets through, until it comes back. */
  goAway(): void;
  comeBack(): void;
  stop(): Promise<void>;
}

/** The bridge's contract at its seam, REST and sockets, over a world in memory; serves the built console. */
export async function startConsoleBackEnd(
  world: ConsoleWorld,
  root = 'dist/console',
): Promise<ConsoleBackEnd> {
  const requests: string[] = [];
  const uploads: ConsoleBackEnd['uploads'] = [];
  const kindsFound: string[] = [];
  let isAnswerLost = false;
  let isAway = false;
  let delays: number[] = [];
  const refusals: { start: string; status: number; code: string }[] = [];
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.writeHead(500).end());
  });
  server.on('connection', (socket) => {
    if (isAway) socket.destroy();
  });
  const sockets = new Server<ClientToServerEvents, ServerToClientEvents>(server, { serveClient: false });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const line = `${request.method ?? 'GET'} ${url.pathname}`;
    requests.push(`${line}${url.search}`);
    if (!url.pathname.startsWith('/v1/')) return serveFile(url.pathname, response);
    const bytes = await readBody(request);
    const contentType = request.headers['content-type'] ?? '';
    const body: unknown =
      contentType === 'application/json' && bytes.length > 0 ? JSON.parse(bytes.toString()) : undefined;
    if (line === 'POST /v1/files')
      uploads.push({ name: url.searchParams.get('name') ?? '', contentType, bytes });
    if (line.endsWith('/messages')) {
      const delay = delays.shift() ?? 0;
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
    const refusal = refusals.findIndex(({ start }) => line.startsWith(start));
    const [planned] = refusal < 0 ? [] : refusals.splice(refusal, 1);
    if (planned !== undefined) return refuse(response, planned.status, planned.code);
    const isOpen = line === 'POST /v1/session';
    if (!isOpen && request.headers.authorization !== `Bearer ${world.session.token}`) {
      return refuse(response, 401, 'token_invalid');
    }
    const result = route(line, url, body, request);
    if (isAnswerLost && line.endsWith('/messages')) {
      isAnswerLost = false;
      request.socket.destroy();
      return;
    }
    if (result === undefined) return refuse(response, 404, 'not_found');
    if ('refused' in result) return refuse(response, result.status, result.refused);
    const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
    response.writeHead(result.status, headers).end(JSON.stringify(result.body));
  }

  type Result = { status: number; body: unknown } | { status: number; refused: string } | undefined;

  function route(line: string, url: URL, body: unknown, request: IncomingMessage): Result {
    const [, , resource, id = '', rest = ''] = url.pathname.split('/').map(decodeURIComponent);
    const input = (body ?? {}) as Record<string, string>;
    const ok = (value: unknown, status = 200): Result => ({ status, body: value });
    const list = (data: unknown[]): Result => ok({ data });
    switch (`${request.method ?? ''} ${resource ?? ''}${rest === '' ? '' : `/${rest}`}`) {
      case 'POST session':
        if (id === 'renew') return ok(world.session);
        return input.code === world.code
          ? ok(world.session)
          : { status: 401, refused: 'sign_in_code_invalid' };
      case 'DELETE session':
        return ok({});
      case 'GET me':
        return ok({
          type: 'agent',
          workspace: world.session.workspace,
          permissions: ['desk'],
          agent: world.session.agent,
          sessionExpiresAt: world.session.expiresAt,
          ...(world.hints === undefined ? {} : { hints: world.hints }),
        });
      case 'GET agents':
        return list(world.agents);
      case 'GET connections':
        return list(world.connections);
      case 'GET conversations':
        return id === '' ? ok(page(world, url.searchParams)) : found(world.read(id));
      case 'GET conversations/events':
        return list(
          range(
            world.facts.filter(({ conversationId }) => conversationId === id),
            url.searchParams,
          ),
        );
      case 'POST conversations/messages':
        return ok(world.reply(id, input, key(request)), 202);
      case 'POST conversations/notes':
        return ok(world.addNote(id, input.text ?? '', key(request)), 201);
      case 'PUT conversations/assignee':
        return ok(world.assign(id, input), 202);
      case 'POST conversations/close':
        return ok(world.close(id), 202);
      case 'POST files':
        return ok(
          {
            fileId: 'fil_1',
            name: url.searchParams.get('name'),
            contentType: kindsFound.shift() ?? request.headers['content-type'],
            sizeBytes: 1,
            url: '/',
            expiresAt: world.session.expiresAt,
          },
          201,
        );
      case 'POST deliveries/resolve':
      case 'POST deliveries/redrive':
        return found(world.settle(id, input.as ?? 'redrive'));
      default:
        if (resource !== 'ticket-links') return undefined;
        if (line.startsWith('DELETE')) return found(world.unlinkTicket(id, rest));
        return line.startsWith('PUT')
          ? ok(world.linkTicket(id, rest, input))
          : found(world.findTicket(id, rest));
    }
    function found(value: unknown): Result {
      return value === undefined ? undefined : ok(value);
    }
  }

  sockets.use((socket, next) => {
    const isKnown = socket.handshake.auth.token === world.session.token;
    next(
      isKnown ? undefined : Object.assign(new Error('token_invalid'), { data: { code: 'token_invalid' } }),
    );
  });
  sockets.on('connection', (socket) => {
    const cursor = socket.handshake.auth.cursor as string | undefined;
    if (cursor !== undefined) {
      for (const fact of world.facts) if (Number(fact.cursor) > Number(cursor)) socket.emit('fact', fact);
    }
    socket.emit('caught-up', { cursor: world.cursor() });
    socket.on('conversation:unwatch', (_input, ack) => ack({ ok: true, result: {} }));
    socket.on('typing:start', (_input, ack) => ack({ ok: true, result: {} }));
  });
  const stopListening = world.onFact((fact: Fact) => sockets.emit('fact', fact));

  async function serveFile(pathname: string, response: ServerResponse): Promise<void> {
    const name = pathname === '/' ? 'index.html' : path.normalize(pathname).replace(/^(\.\.[/\\])+/, '');
    try {
      const content = await readFile(path.join(root, name));
      const kind = kinds[path.extname(name)] ?? 'application/octet-stream';
      response.writeHead(200, {
        'content-type': kind,
        'content-security-policy': CSP,
        'referrer-policy': 'no-referrer',
      });
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  }

  const dropSockets = (): void => {
    for (const socket of sockets.sockets.sockets.values()) socket.conn.close();
  };

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    uploads,
    refuseNext: (start, status, code) => refusals.push({ start, status, code }),
    findNext: (contentType) => kindsFound.push(contentType),
    loseNextAnswer: () => {
      isAnswerLost = true;
    },
    slowReplies: (next) => {
      delays = next;
    },
    dropSockets,
    goAway: () => {
      isAway = true;
      dropSockets();
      server.closeAllConnections();
    },
    comeBack: () => {
      isAway = false;
    },
    stop: async () => {
      stopListening();
      await sockets.close();
    },
  };
}

const key = (request: IncomingMessage): string => String(request.headers['idempotency-key']);

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ error: { code, message: code, requestId: 'req_1' } }));
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces);
}

function range(facts: Fact[], query: URLSearchParams): Fact[] {
  const limit = Number(query.get('limit') ?? 50);
  const before = query.get('before');
  if (before !== null) return facts.filter(({ seq }) => seq < Number(before)).slice(-limit);
  return facts.filter(({ seq }) => seq > Number(query.get('after') ?? 0)).slice(0, limit);
}

function page(
  world: ConsoleWorld,
  query: URLSearchParams,
): { data: ConversationSummary[]; nextCursor?: string } {
  const limit = Number(query.get('limit') ?? 50);
  const from = Number(query.get('cursor') ?? 0);
  const fitting = world
    .list()
    .filter(({ status }) => query.get('status') === null || status === query.get('status'))
    .filter(({ sla }) => query.get('slaBreached') === null || sla !== undefined)
    .filter(({ contact }) =>
      (contact.name ?? '').toLowerCase().includes((query.get('q') ?? '').toLowerCase()),
    );
  const data = fitting.slice(from, from + limit);
  return { data, ...(from + limit < fitting.length ? { nextCursor: String(from + limit) } : {}) };
}
