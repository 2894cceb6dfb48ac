import http, {
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { Duplex } from 'node:stream';
import { refuseBytes } from './answer/refuse-bytes.js';
import { writeRefusal } from './answer/write-refusal.js';
import { letGo } from './body/read-body.js';
import { requestIdOf } from './door/request-id.js';
import type { Refusal } from './route.js';

/** A browser behind three proxies sends some forty. */
const MOST_HEADERS = 100;

/**
 * The server as it faces the world: how long it waits for what, how much of a head it reads, and what it
 * answers to bytes that are no request. Listens nowhere yet.
 */
export function createServer(handle: RequestListener): Server {
  const underWay = new WeakMap<Duplex, { request: IncomingMessage; response: ServerResponse }>();
  const server = http.createServer(
    {
      headersTimeout: 15_000,
      requestTimeout: 120_000,
      keepAliveTimeout: 65_000,
      maxHeaderSize: 16_384,
      // Node's own answer says nothing of why.
      requireHostHeader: false,
    },
    (request, response) => {
      underWay.set(request.socket, { request, response });
      const refusal = judgeHead(request);
      if (refusal === undefined) handle(request, response);
      else refuseHead(request, response, refusal);
    },
  );
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (mayAnswer(socket)) refuseBytes(socket, error.code);
    else socket.destroy();
  });
  return server;

  /** Whether bytes written now are an answer to these bytes, and not to a request before them. */
  function mayAnswer(socket: Duplex): boolean {
    if (!socket.writable) return false;
    const last = underWay.get(socket);
    if (last === undefined || last.response.writableFinished) return true;
    return last.response.socket === socket && !last.response.headersSent && !last.request.complete;
  }
}

type HeadRefusal = Pick<Refusal, 'code' | 'message'>;

function judgeHead({ rawHeaders, headers, httpVersion }: IncomingMessage): HeadRefusal | undefined {
  // Node drops what is beyond a limit of its own without a word: then a proxy and we read different requests.
  if (rawHeaders.length > 2 * MOST_HEADERS)
    return { code: 'headers_too_large', message: `The request has more than ${MOST_HEADERS} headers.` };
  if (headers.host === undefined && httpVersion !== '1.0')
    return { code: 'invalid_http', message: 'The request names no host.' };
  return undefined;
}

function refuseHead(request: IncomingMessage, response: ServerResponse, refusal: HeadRefusal): void {
  writeRefusal(response, refusal, requestIdOf(request.headers['x-request-id']), { Connection: 'close' });
  letGo(request);
}
