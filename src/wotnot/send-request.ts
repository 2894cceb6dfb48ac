import http, { type ClientRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import axios, { type AxiosResponse } from 'axios';
import type { Exchange, OutgoingRequest, Transport } from './transport.js';

/** The sockets to use. Whoever must judge addresses brings agents that do. */
export interface Agents {
  httpAgent: http.Agent;
  httpsAgent: https.Agent;
}

/** One HTTP exchange: no redirect, no proxy, no second host, and no more bytes than asked for. */
export function createSendRequest(agents: Agents): Transport {
  return async (request) => {
    const wire = watchWire(request.onLeaving);
    let response: AxiosResponse<Readable>;
    try {
      response = await axios.request<Readable>({
        method: request.method,
        baseURL: request.baseUrl,
        url: request.path,
        allowAbsoluteUrls: false,
        headers: { ...request.headers },
        ...(request.body === null ? {} : { data: request.body }),
        transformRequest: [(data: unknown) => data],
        responseType: 'stream',
        validateStatus: () => true,
        maxRedirects: 0,
        maxBodyLength: Number.POSITIVE_INFINITY,
        proxy: false,
        signal: request.signal,
        transport: wire.transport,
        ...agents,
      });
    } catch (error) {
      return { outcome: 'unanswered', reached: wire.reached(), networkCode: readNetworkCode(error) };
    }
    return readBody(response, request);
  };
}

/**
 * Notes when a connection stands: until then nothing can have been accepted. Node gives a request its socket a step
 * before it writes to it, and what waits for a connection is written after those who listened first: what may not
 * leave is ended there, with nothing written.
 */
function watchWire(leaving: () => boolean) {
  let reached = false;
  return {
    reached: () => reached,
    transport: {
      request(options: RequestOptions, answer: (response: IncomingMessage) => void): ClientRequest {
        const secure = options.protocol === 'https:';
        const sent = (secure ? https : http).request(options, answer);
        const mayLeave = (): boolean => {
          if (sent.destroyed) return false;
          const may = leaving();
          if (!may) sent.destroy(new Error('it may not leave'));
          return may;
        };
        const stand = (): void => {
          if (mayLeave()) reached = true;
        };
        sent.once('socket', (socket: Socket) => {
          if (sent.reusedSocket) return stand();
          // Earlier than it need be where there is a handshake, and without a question whether it is early enough.
          if (secure) socket.once('connect', mayLeave);
          socket.once(secure ? 'secureConnect' : 'connect', stand);
        });
        return sent;
      },
    },
  };
}

async function readBody(response: AxiosResponse<Readable>, request: OutgoingRequest): Promise<Exchange> {
  const body = response.data;
  const chunks: Buffer[] = [];
  let length = 0;
  let extent: 'whole' | 'cut' | 'broken' = 'whole';
  const stop = () => body.destroy(new Error('ended by the signal'));
  request.signal.addEventListener('abort', stop, { once: true });
  if (request.signal.aborted) stop();
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      const room = request.maxAnswerBytes - length;
      chunks.push(chunk.subarray(0, room));
      length += Math.min(chunk.length, room);
      if (chunk.length > room) {
        extent = 'cut';
        break;
      }
    }
  } catch {
    extent = 'broken';
  } finally {
    request.signal.removeEventListener('abort', stop);
  }
  const retryAfter: unknown = response.headers['retry-after'];
  return {
    outcome: 'answered',
    status: response.status,
    retryAfter: typeof retryAfter === 'string' ? retryAfter : null,
    bytes: Buffer.concat(chunks),
    extent,
  };
}

function readNetworkCode(error: unknown): string | null {
  const named = error instanceof Error && 'code' in error ? error.code : null;
  return typeof named === 'string' && /^[A-Z0-9_]{1,60}$/.test(named) ? named : null;
}
