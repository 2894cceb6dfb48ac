import type { Socket } from 'socket.io';

type Connection = Socket['conn'];

export interface BufferWatch {
  /** What was sent and has not left this process, in characters. */
  waiting(): number;
  /** Resolves true when all of it has left, false when none of it did for so long, or when it closed. */
  drained(stallSeconds: number): Promise<boolean>;
}

const FIRST_LOOK_MS = 2;
const LONGEST_LOOK_MS = 50;

/**
 * Counts what waits in a connection. The transport takes the whole buffer at once and is not writable
 * until the operating system has taken all of it, so two sums are enough.
 */
export function watchBuffer(connection: Connection): BufferWatch {
  let queued = 0;
  let underway = 0;
  let flushes = 0;
  connection.on('packetCreate', (packet: { data?: unknown }) => {
    queued += sizeOf(packet.data);
  });
  connection.on('flush', () => {
    underway = queued;
    queued = 0;
    flushes += 1;
  });
  const waiting = (): number => queued + (connection.transport.writable ? 0 : underway);
  return {
    waiting,
    async drained(stallSeconds) {
      let pause = FIRST_LOOK_MS;
      let seen = flushes;
      let since = Date.now();
      while (waiting() > 0) {
        if (connection.readyState !== 'open') return false;
        if (flushes !== seen) {
          seen = flushes;
          since = Date.now();
        } else if (Date.now() - since > stallSeconds * 1000) return false;
        await new Promise((resolve) => setTimeout(resolve, pause));
        pause = Math.min(pause * 2, LONGEST_LOOK_MS);
      }
      return connection.readyState === 'open';
    },
  };
}

function sizeOf(data: unknown): number {
  if (typeof data === 'string') return data.length;
  return data instanceof Uint8Array ? data.byteLength : 0;
}
