import type { Server as HttpServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { Server } from 'socket.io';
import type { ErrorCode } from '../contract/errors.js';
import { createAdmitSocket, type AdmitSocket } from './admit-socket.js';
import { answerCommands } from './answer-commands.js';
import { createCarryOut } from './carry-out.js';
import { fillLimits } from './fill-limits.js';
import { guardDoor } from './guard-door.js';
import { type GatewayServer, type GatewaySocket, type Listener, whoIs, workspaceOf } from './listener.js';
import { type OpenWorkspace, openWorkspace } from './open-workspace.js';
import type { GatewayDeps } from './ports.js';
import { createRecheckRights } from './recheck-rights.js';
import { clientAddress } from '../access/client-address.js';
import type { WrittenFacts } from '../store/written-facts.js';
import { watchConversations } from './watch-conversations.js';

export interface GatewayStats {
  sockets: number;
  /** Of these, the ones that have all there is. */
  live: number;
  workspaces: number;
}

export interface Gateway {
  /** Takes /socket.io on this server; its other requests must have their handler by now. */
  attach(server: HttpServer): void;
  /** Closes every socket; clients come back elsewhere or later. The server itself is left alone. */
  stop(): Promise<void>;
  stats(): GatewayStats;
}

const MAX_PACKET_BYTES = 64 * 1024;
const REFUSED_LINGER_MS = 1_000;
/** How long a client may take to answer the closing of its connection when we stop. */
const CLOSING_MS = 300;

/** Sockets: who connects, what they are told, what they ask for. */
export function createGateway(deps: GatewayDeps): Gateway {
  const limits = fillLimits(deps.limits);
  const workspaces = new Map<string, OpenWorkspace>();
  const watchers = watchConversations();
  const rights = createRecheckRights(deps);
  const carryOut = createCarryOut(deps, watchers);
  const admit = createAdmitSocket(deps, limits);
  /** The streams under the WebSockets, which the HTTP server no longer counts among its own. */
  const upgraded = new Set<Duplex>();
  let stopping = false;
  const isStopping = (): boolean => stopping;
  const door = guardDoor(deps, limits, isStopping);

  const io: GatewayServer = new Server({
    path: '/socket.io',
    serveClient: false,
    transports: ['polling', 'websocket'],
    maxHttpBufferSize: MAX_PACKET_BYTES,
    connectTimeout: limits.connectSeconds * 1000,
    perMessageDeflate: false,
    allowEIO3: false,
    allowRequest: door.allowRequest,
    ...(deps.allowedOrigins.length > 0 && {
      cors: { origin: [...deps.allowedOrigins], methods: ['GET', 'POST'] },
    }),
  });
  io.use((socket, next) => void greet(socket, next, admit, deps, limits.trustProxyHops));
  io.on('connection', (socket) => {
    const { listener } = socket.data;
    if (listener === undefined || stopping) socket.conn.close();
    else welcome(listener);
  });

  const welcome = (listener: Listener): void => {
    const { socket } = listener;
    const id = workspaceOf(listener);
    const workspace =
      workspaces.get(id) ?? openWorkspace(io, deps, limits, listener.principal.scope, isStopping);
    workspaces.set(id, workspace);
    deps.telemetry.socketConnected({ ...whoIs(listener), address: listener.address });
    socket.on('disconnect', (reason) => {
      watchers.leave(listener);
      workspace.leave(listener);
      if (workspace.listeners.size === 0) {
        workspace.stop();
        workspaces.delete(id);
      }
      if (listener.cutFor === undefined) deps.telemetry.socketClosed({ ...whoIs(listener), reason });
      else deps.telemetry.socketCut({ ...whoIs(listener), reason: listener.cutFor });
      // A connection without its socket has nothing left to say.
      socket.conn.close();
    });
    answerCommands(deps, limits, carryOut, listener);
    workspace.join(listener);
  };

  const everyone = function* (): Iterable<Listener> {
    for (const { listeners } of workspaces.values()) yield* listeners;
  };

  let rechecking = false;
  const recheckAll = (): void => {
    if (rechecking) return;
    rechecking = true;
    void rights.recheck(everyone()).finally(() => {
      rechecking = false;
    });
  };
  const sweepAll = (): void => {
    for (const { reader } of workspaces.values()) reader.look();
    rights.endExpired([...everyone()]);
  };
  /** Workspaces whose next nudge says nothing new. */
  const taken = new Set<string>();
  const takes = (written: WrittenFacts): boolean => {
    try {
      return workspaces.get(written.workspaceId)?.reader.take(written) === true;
    } catch (error) {
      // Whoever wrote them must not fail because of us; what was told is not told again.
      deps.telemetry.failed({ during: 'take-written', workspaceId: written.workspaceId, error });
      return false;
    }
  };
  const timers: ReturnType<typeof setInterval>[] = [];
  const unsubscribe = [
    deps.nudges.on('written', (written) => {
      for (const each of written) if (takes(each)) taken.add(each.workspaceId);
    }),
    deps.nudges.on('facts', (workspaceIds) => {
      for (const id of workspaceIds) if (!taken.delete(id)) workspaces.get(id)?.reader.look();
    }),
    deps.nudges.on('access', (workspaceIds) => {
      // After every other listener of the nudge: access forgets what it remembers by the same one.
      setImmediate(() => {
        for (const id of workspaceIds) void rights.recheck(workspaces.get(id)?.listeners ?? []);
      });
    }),
  ];

  return {
    attach(server) {
      server.on('upgrade', (_request, stream) => {
        upgraded.add(stream);
        stream.once('close', () => upgraded.delete(stream));
      });
      io.attach(server);
      door.guard(io.engine);
      timers.push(setInterval(sweepAll, limits.sweepSeconds * 1000));
      timers.push(setInterval(recheckAll, limits.recheckSeconds * 1000));
    },
    async stop() {
      stopping = true;
      for (const timer of timers) clearInterval(timer);
      for (const off of unsubscribe) off();
      for (const listener of [...everyone()]) {
        listener.cutFor ??= 'stopping';
        listener.socket.conn.close();
      }
      for (const workspace of workspaces.values()) workspace.stop();
      const patience = Date.now() + CLOSING_MS;
      while (upgraded.size > 0 && Date.now() < patience)
        await new Promise((resolve) => setTimeout(resolve, 10));
      (io.engine as GatewayServer['engine'] | undefined)?.close();
      for (const stream of upgraded) stream.destroy();
    },
    stats() {
      let sockets = 0;
      let live = 0;
      for (const listener of everyone()) {
        sockets += 1;
        if (listener.isLive) live += 1;
      }
      return { sockets, live, workspaces: workspaces.size };
    },
  };
}

async function greet(
  socket: GatewaySocket,
  next: (error?: Error & { data?: unknown }) => void,
  admit: AdmitSocket,
  deps: Pick<GatewayDeps, 'telemetry' | 'isDatabaseUnavailable'>,
  trustProxyHops: number,
): Promise<void> {
  let code: ErrorCode;
  try {
    const admission = await admit(socket);
    if (admission.outcome === 'admitted') {
      socket.data.listener = admission.listener;
      next();
      return;
    }
    code = admission.code;
  } catch (error) {
    deps.telemetry.failed({ during: 'admit-socket', error });
    code = deps.isDatabaseUnavailable?.(error) === true ? 'database_unavailable' : 'internal';
  }
  deps.telemetry.socketRefused({ code, address: clientAddress(socket.request, trustProxyHops) });
  next(Object.assign(new Error(code), { data: { code } }));
  const timer = setTimeout(() => socket.conn.close(), REFUSED_LINGER_MS);
  socket.conn.once('close', () => clearTimeout(timer));
}
