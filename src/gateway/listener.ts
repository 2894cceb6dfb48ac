import type { Server, Socket } from 'socket.io';
import { type Principal, principalKey } from '../access/principal.js';
import type { ClientToServerEvents, ServerToClientEvents } from '../contract/socket.js';
import type { ErrorCode } from '../contract/errors.js';
import { breakOff } from './break-off.js';
import { type BufferWatch, watchBuffer } from './watch-buffer.js';

/** Processes of ours do not talk over sockets. */
type NoEvents = Record<string, never>;
export interface SocketData {
  listener?: Listener;
}
export type GatewayServer = Server<ClientToServerEvents, ServerToClientEvents, NoEvents, SocketData>;
export type GatewaySocket = Socket<ClientToServerEvents, ServerToClientEvents, NoEvents, SocketData>;

/** One connected socket: who it is, how far it has read, what it watches. */
export interface Listener {
  readonly socket: GatewaySocket;
  readonly buffer: BufferWatch;
  readonly address: string;
  token: string;
  principal: Principal;
  /** Everything up to here was sent; while it is live the workspace's reader knows better. */
  cursor: string | undefined;
  isLive: boolean;
  /** The conversations whose typing it is told of. */
  readonly watching: Set<string>;
  /** Why we ended it, once we did. */
  cutFor?: string;
}

export function createListener(
  socket: GatewaySocket,
  who: { token: string; principal: Principal; cursor: string | undefined; address: string },
): Listener {
  return { socket, buffer: watchBuffer(socket.conn), ...who, isLive: false, watching: new Set() };
}

export const workspaceOf = (listener: Listener): string => listener.principal.scope.workspaceId;

/** For telemetry: ids, never a name. */
export const whoIs = (listener: Listener): { workspaceId: string; principal: string } => ({
  workspaceId: workspaceOf(listener),
  principal: principalKey(listener.principal),
});

/** Ends a session: told why, and not to come back with the same token. */
export function signOut(listener: Listener, code: ErrorCode): void {
  listener.cutFor ??= code;
  listener.socket.emit('signed-out', { code });
  listener.socket.disconnect(true);
}

/** Ends a connection at once; the client may come back. */
export function cut(listener: Listener, reason: string): void {
  listener.cutFor ??= reason;
  breakOff(listener.socket.conn);
}
