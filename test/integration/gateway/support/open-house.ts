import { EventEmitter } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { io, type Socket } from 'socket.io-client';
import type { Authentication } from '../../../../src/access/access.js';
import type { Principal } from '../../../../src/access/principal.js';
import type { Fact } from '../../../../src/contract/facts.js';
import type { ClientToServerEvents, ServerToClientEvents } from '../../../../src/contract/socket.js';
import {
  createGateway,
  type Gateway,
  type GatewayDeps,
  type GatewayLimits,
} from '../../../../src/gateway/index.js';
import { WorkspaceScope } from '../../../../src/store/scope.js';
import { createFakeDesk, type FakeDesk } from './fake-desk.js';
import { createFakeFeed, type FakeFeed } from './fake-feed.js';

export type TestSocket = Socket<ServerToClientEvents, ClientToServerEvents>;

export interface House {
  url: string;
  gateway: Gateway;
  server: Server;
  feed: FakeFeed;
  desk: FakeDesk;
  nudge(topic: 'facts' | 'access', workspaceIds: string[]): void;
  /** Answers of `authenticate` by token; missing ones are refused. */
  tokens: Map<string, Principal>;
  /** A token of an agent of that workspace. */
  agent(workspaceId: string, agentId: string, expiresInSeconds?: number): string;
  telemetry: { kind: string; [field: string]: unknown }[];
  connect(auth: Record<string, unknown>, options?: Parameters<typeof io>[1]): TestSocket;
  stop(): Promise<void>;
}

export const ROOMY: GatewayLimits = {
  socketsPerPrincipal: 1_000,
  socketsPerWorkspace: 1_000,
  socketsPerAddress: 1_000,
};

/** A gateway on a port of its own; the outside of the room is in memory. */
export async function openHouse(
  options: { limits?: Partial<GatewayLimits>; deps?: Partial<GatewayDeps> } = {},
): Promise<House> {
  const nudges = new EventEmitter();
  nudges.setMaxListeners(0);
  const feed = createFakeFeed((workspaceIds) => nudges.emit('facts', workspaceIds));
  const desk = createFakeDesk();
  const tokens = new Map<string, Principal>();
  const telemetry: House['telemetry'] = [];
  const note =
    (kind: string) =>
    (event: object): void => {
      telemetry.push({ kind, ...event });
    };
  const gateway = createGateway({
    access: {
      async authenticate(token): Promise<Authentication> {
        const principal = tokens.get(token);
        if (principal === undefined) return { outcome: 'refused', code: 'token_invalid' };
        if (principal.type === 'agent' && principal.expiresAt.getTime() <= Date.now()) {
          return { outcome: 'refused', code: 'token_expired' };
        }
        return { outcome: 'authenticated', principal };
      },
    },
    desk: desk.desk,
    feed,
    nudges: {
      on(topic, listener) {
        nudges.on(topic, listener);
        return () => nudges.off(topic, listener);
      },
    },
    telemetry: {
      socketConnected: note('connected'),
      socketClosed: note('closed'),
      socketCut: note('cut'),
      socketRefused: note('refused'),
      commandAnswered: note('command'),
      factsSent: note('facts'),
      failed: note('failed'),
    },
    limits: { ...ROOMY, ...options.limits },
    allowedOrigins: ['https://desk.example'],
    signUrl: (scope, fileId, name) => `https://files.example/${scope.workspaceId}/${fileId}/${name}`,
    ...options.deps,
  });
  const server = createServer((_request, response) => response.writeHead(404).end());
  gateway.attach(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sockets = new Set<TestSocket>();
  return {
    url,
    gateway,
    server,
    feed,
    desk,
    tokens,
    telemetry,
    nudge: (topic, workspaceIds) => nudges.emit(topic, workspaceIds),
    agent(workspaceId, agentId, expiresInSeconds = 900) {
      const token = `ses_${workspaceId}_${agentId}_${tokens.size}`;
      tokens.set(token, {
        type: 'agent',
        scope: WorkspaceScope.open(workspaceId),
        agentId,
        email: `${agentId}@example.com`,
        name: agentId,
        sessionId: `ses_${agentId}`,
        expiresAt: new Date(Date.now() + expiresInSeconds * 1000),
      });
      return token;
    },
    connect(auth, more = {}) {
      const socket: TestSocket = io(url, {
        transports: ['websocket'],
        forceNew: true,
        reconnection: false,
        auth,
        ...more,
      });
      sockets.add(socket);
      return socket;
    },
    async stop() {
      for (const socket of sockets) socket.disconnect();
      await gateway.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** What one socket was told. */
export interface Heard {
  facts: Fact[];
  cursors: string[];
  caughtUp: string[];
  afresh: string[];
  signedOut: string[];
}

export function listen(socket: TestSocket): Heard {
  const heard: Heard = { facts: [], cursors: [], caughtUp: [], afresh: [], signedOut: [] };
  socket.on('fact', (fact) => {
    heard.facts.push(fact);
    heard.cursors.push(fact.cursor);
  });
  socket.on('caught-up', ({ cursor }) => heard.caughtUp.push(cursor));
  socket.on('start-afresh', ({ cursor }) => heard.afresh.push(cursor));
  socket.on('signed-out', ({ code }) => heard.signedOut.push(code));
  return heard;
}

/** Waits for a fact. */
export async function until(isSo: () => boolean, what: string, withinMs = 10_000): Promise<void> {
  const end = Date.now() + withinMs;
  while (!isSo()) {
    if (Date.now() > end) throw new Error(`not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** How a connection attempt ended. */
export function attempt(
  socket: TestSocket,
): Promise<{ outcome: 'connected' } | { outcome: 'refused'; code: unknown }> {
  return new Promise((resolve) => {
    socket.once('connect', () => resolve({ outcome: 'connected' }));
    socket.once('connect_error', (error: Error & { data?: { code?: unknown } }) =>
      resolve({ outcome: 'refused', code: error.data?.code ?? error.message }),
    );
  });
}
