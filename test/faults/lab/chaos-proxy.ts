import { once } from 'node:events';
import { type AddressInfo, createServer, connect as openSocket, type Socket } from 'node:net';

/** What the wire does with the bytes of one direction. */
export interface Wire {
  /** Added to each chunk on its way. */
  latencyMilliseconds: number;
  /** 0: as fast as it goes. */
  bytesPerSecond: number;
  /** Swallows everything: no byte arrives, and no reset tells of it. */
  silent: boolean;
}

export interface ChaosProxy {
  port: number;
  /** Changes both directions, also of connections that stand. */
  shape(wire: Partial<Wire>): void;
  /** Changes one direction: a partition that only one side notices. */
  shapeOne(direction: 'up' | 'down', wire: Partial<Wire>): void;
  /** Nothing is carried any more and nothing is said of it, as when a cable is pulled. */
  silence(): void;
  /** Carries again; what was swallowed meanwhile is sent on, as TCP would repeat it. */
  restore(): void;
  /** The far side of every connection goes away without a word; new connections are carried. */
  abandon(): number;
  /** Ends every connection with a reset. */
  reset(): number;
  /** Whether new connections are refused. */
  refuse(isRefusing: boolean): void;
  /** Connections that stand, and how many there have been. */
  connections(): { open: number; ever: number };
  close(): Promise<void>;
}

const EVEN: Wire = { latencyMilliseconds: 0, bytesPerSecond: 0, silent: false };

/** Stands between a client and a TCP server, and does to the bytes what networks do. */
export async function openChaosProxy(target: { host?: string; port: number }): Promise<ChaosProxy> {
  const wires = { up: { ...EVEN }, down: { ...EVEN } };
  const carriers = new Set<Carrier>();
  let ever = 0;
  let isRefusing = false;
  const server = createServer({ allowHalfOpen: true }, (near) => {
    ever += 1;
    if (isRefusing) {
      near.on('error', () => undefined);
      near.resetAndDestroy();
      return;
    }
    const carrier = carry(near, openFar(target), wires);
    carriers.add(carrier);
    near.once('close', () => carriers.delete(carrier));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const each = (deed: (carrier: Carrier) => void): number => {
    const now = [...carriers];
    for (const carrier of now) deed(carrier);
    return now.length;
  };
  const shapeOne: ChaosProxy['shapeOne'] = (direction, wire) => {
    Object.assign(wires[direction], wire);
    each((carrier) => carrier.flow());
  };
  const shape: ChaosProxy['shape'] = (wire) => {
    shapeOne('up', wire);
    shapeOne('down', wire);
  };
  return {
    port: (server.address() as AddressInfo).port,
    shape,
    shapeOne,
    silence: () => shape({ silent: true }),
    restore: () => shape({ ...EVEN }),
    abandon: () => each((carrier) => carrier.abandon()),
    reset: () => each((carrier) => carrier.reset()),
    refuse: (next) => {
      isRefusing = next;
    },
    connections: () => ({ open: carriers.size, ever }),
    async close() {
      const closed = once(server, 'close');
      server.close();
      each((carrier) => carrier.reset());
      await closed;
    },
  };
}

interface Carrier {
  flow(): void;
  abandon(): void;
  reset(): void;
}

const openFar = (target: { host?: string; port: number }): Socket =>
  openSocket({ host: target.host ?? '127.0.0.1', port: target.port, allowHalfOpen: true });

function carry(near: Socket, far: Socket, wires: { up: Wire; down: Wire }): Carrier {
  let isAbandoned = false;
  const up = createPipe(near, far, wires.up);
  const down = createPipe(far, near, wires.down);
  const end = (): void => {
    up.stop();
    down.stop();
    if (!isAbandoned) near.destroy();
    far.destroy();
  };
  // What ends one side reaches the other only if the wire carries it.
  near.on('error', end).on('close', end);
  far
    .on('error', () => {
      if (isAbandoned || wires.down.silent) return;
      near.resetAndDestroy();
    })
    .on('close', () => {
      if (!isAbandoned && !wires.down.silent && !near.destroyed && !near.writableEnded)
        near.resetAndDestroy();
    });
  return {
    flow() {
      // A far side that went away while nothing was carried answers the next byte with a reset.
      if (far.destroyed && !isAbandoned && !wires.down.silent) near.resetAndDestroy();
      up.flow();
      down.flow();
    },
    abandon() {
      isAbandoned = true;
      up.stop();
      down.stop();
      near.resume();
      near.once('end', () => near.destroy());
      far.destroy();
    },
    reset() {
      near.resetAndDestroy();
      end();
    },
  };
}

interface Pipe {
  flow(): void;
  stop(): void;
}

/** One direction: keeps what arrives and lets it go as the wire allows, in order. */
function createPipe(from: Socket, to: Socket, wire: Wire): Pipe {
  const kept: { bytes: Buffer | null; due: number }[] = [];
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  let freeAt = 0;

  const flow = (): void => {
    clearTimeout(timer);
    timer = undefined;
    while (!isStopped && !wire.silent) {
      const [head] = kept;
      if (head === undefined) return;
      const wait = Math.max(head.due, freeAt) - performance.now();
      if (wait > 0) {
        timer = setTimeout(flow, wait);
        return;
      }
      kept.shift();
      if (head.bytes === null) {
        to.end();
        continue;
      }
      if (wire.bytesPerSecond > 0)
        freeAt = performance.now() + (head.bytes.length / wire.bytesPerSecond) * 1_000;
      if (!to.destroyed) to.write(head.bytes);
    }
  };
  const keep = (bytes: Buffer | null): void => {
    kept.push({ bytes, due: performance.now() + wire.latencyMilliseconds });
    if (timer === undefined) flow();
  };
  from.on('data', (bytes) => {
    // Small pieces, so that a thin wire delivers evenly.
    const piece = wire.bytesPerSecond > 0 ? Math.max(1, Math.ceil(wire.bytesPerSecond / 20)) : bytes.length;
    for (let at = 0; at < bytes.length; at += piece) keep(bytes.subarray(at, at + piece));
  });
  from.on('end', () => keep(null));
  return {
    flow,
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
