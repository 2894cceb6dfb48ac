import type { Fact } from '../contract/facts.js';
import type { WorkspaceScope } from '../store/scope.js';
import { catchUp, type CatchUpPage, type CatchUpSource } from './catch-up.js';
import type { GatewayServer, Listener } from './listener.js';
import type { GatewayDeps } from './ports.js';
import { presentFacts } from './present-facts.js';
import { PAGE, type WorkspaceReader, readWorkspace } from './read-workspace.js';
import type { FilledLimits } from './fill-limits.js';

/** The listeners of one workspace in this process and the reader that serves them. */
export interface OpenWorkspace {
  readonly listeners: ReadonlySet<Listener>;
  readonly reader: WorkspaceReader;
  join(listener: Listener): void;
  leave(listener: Listener): void;
  stop(): void;
}

export function openWorkspace(
  io: GatewayServer,
  deps: GatewayDeps,
  limits: FilledLimits,
  scope: WorkspaceScope,
  isStopping: () => boolean,
): OpenWorkspace {
  const { workspaceId } = scope;
  const room = `w:${workspaceId}`;
  const listeners = new Set<Listener>();
  /** Pages being read: after a restart all screens come back with the same cursor. */
  const pages = new Map<string, Promise<CatchUpPage>>();

  const tellFacts = (facts: Fact[]): void => {
    const begun = performance.now();
    for (const fact of facts) io.to(room).emit('fact', fact);
    let live = 0;
    for (const listener of listeners) {
      if (!listener.isLive) continue;
      live += 1;
      if (listener.buffer.waiting() > limits.bufferBytes) fallBehind(listener);
    }
    const milliseconds = performance.now() - begun;
    deps.telemetry.factsSent({ workspaceId, facts: facts.length, sockets: live, milliseconds });
  };

  /** A slow socket leaves the live feed and reads on at its own pace: what waits for it stays bounded. */
  const fallBehind = (listener: Listener): void => {
    listener.isLive = false;
    listener.cursor = reader.cursor;
    void listener.socket.leave(room);
    bringUp(listener);
  };

  const bringUp = (listener: Listener): void => {
    catchUp(listener, source, () => {
      listener.isLive = true;
      void listener.socket.join(room);
      listener.socket.emit('caught-up', { cursor: listener.cursor ?? '' });
    }).catch((error: unknown) => deps.telemetry.failed({ during: 'catch-up', workspaceId, error }));
  };

  const readPage = async (cursor: string): Promise<CatchUpPage> => {
    const stoodAt = reader.cursor;
    const reading = await deps.feed.readAfter(scope, cursor, PAGE);
    if (reading.outcome === 'start_afresh') return reading;
    const facts = presentFacts(deps, scope, reading.facts);
    return { outcome: 'read', facts, cursor: reading.cursor, reader: stoodAt };
  };

  const reader = readWorkspace(deps, scope, {
    facts: tellFacts,
    startAfresh: (cursor) => io.to(room).emit('start-afresh', { cursor }),
  });
  const source: CatchUpSource = {
    reader,
    limits,
    isStopping,
    page(cursor) {
      const underway = pages.get(cursor);
      if (underway) return underway;
      const page = readPage(cursor).finally(() => pages.delete(cursor));
      pages.set(cursor, page);
      return page;
    },
    failed: (error) => deps.telemetry.failed({ during: 'catch-up', workspaceId, error }),
  };

  return {
    listeners,
    reader,
    join(listener) {
      listeners.add(listener);
      bringUp(listener);
    },
    leave(listener) {
      listeners.delete(listener);
      listener.isLive = false;
    },
    stop: () => reader.stop(),
  };
}
