import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'socket.io';
import { breakOff } from './break-off.js';
import { clientAddress } from '../access/client-address.js';
import { countPlaces } from './count-places.js';
import type { FilledLimits } from './fill-limits.js';
import type { GatewayServer } from './listener.js';
import { mayConnectFrom } from './may-connect-from.js';
import type { GatewayDeps } from './ports.js';
import { spendRate } from './spend-rate.js';

type Connection = Socket['conn'];

/** Packets of one connection, whatever they are: what is beyond this is no client of ours. */
const PACKETS_PER_SECOND = 100;
const PACKET_BURST = 300;

export interface Door {
  allowRequest(
    request: IncomingMessage,
    answer: (message: string | null | undefined, success: boolean) => void,
  ): void;
  /** Watches every connection below the sockets, before and after it has said who it is. */
  guard(engine: GatewayServer['engine']): void;
}

/** Who may connect at all: judged for long polling and WebSockets alike, before anything is read. */
export function guardDoor(
  deps: Pick<GatewayDeps, 'allowedOrigins' | 'telemetry'>,
  limits: FilledLimits,
  isStopping: () => boolean,
): Door {
  const addresses = countPlaces(limits.socketsPerAddress);
  const isOriginAllowed = ({ headers }: IncomingMessage): boolean =>
    mayConnectFrom(headers.origin, headers.host, deps.allowedOrigins);

  return {
    allowRequest(request, answer) {
      const address = clientAddress(request, limits.trustProxyHops);
      const refusal = isStopping()
        ? 'not_ready'
        : !isOriginAllowed(request)
          ? 'origin_not_allowed'
          : addresses.isFull(address)
            ? 'too_many_connections'
            : undefined;
      if (refusal !== undefined) deps.telemetry.socketRefused({ code: refusal, address });
      answer(refusal, refusal === undefined);
    },
    guard(engine) {
      // The handshake asks allowRequest; every later request of its session, upgrades too, comes by here.
      engine.use((request: IncomingMessage, response: ServerResponse, next: (error?: Error) => void) => {
        if (!['GET', 'POST', 'OPTIONS'].includes(request.method ?? '')) {
          response.writeHead(405, { Allow: 'GET, POST', 'Content-Type': 'application/json' });
          response.end('{"code":3,"message":"method_not_allowed"}');
          next(new Error('method_not_allowed'));
        } else if (request.url?.includes('sid=') && !isOriginAllowed(request)) {
          deps.telemetry.socketRefused({
            code: 'origin_not_allowed',
            address: clientAddress(request, limits.trustProxyHops),
          });
          next(new Error('origin_not_allowed'));
        } else next();
      });
      engine.on('connection', (connection: Connection) => {
        const address = clientAddress(connection.request, limits.trustProxyHops);
        const giveBack = addresses.take(address);
        if (giveBack === undefined) {
          deps.telemetry.socketRefused({ code: 'too_many_connections', address });
          breakOff(connection);
          return;
        }
        connection.once('close', giveBack);
        guardPackets(connection);
      });
    },
  };
}

function guardPackets(connection: Connection): void {
  const mayPass = spendRate(PACKETS_PER_SECOND, PACKET_BURST);
  connection.on('packet', (packet: { type: string; data?: unknown }) => {
    if (packet.type !== 'message') return;
    // 5 and 6 announce binary attachments; no command has any.
    const isBinary =
      typeof packet.data !== 'string' || packet.data.startsWith('5') || packet.data.startsWith('6');
    if (isBinary || !mayPass()) breakOff(connection);
  });
}
