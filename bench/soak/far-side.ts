import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the stand-in does to those who call it, a phase after the other. */
const PHASES = ['well', 'slow', 'well', 'too_busy', 'well', 'away', 'well', 'resetting'] as const;
const PHASE_MILLISECONDS = 10_000;

/** A WotNot with good and bad days. It takes an answer once it has answered 200, and never when it answered otherwise. */
export interface SoakFarSide {
  url: string;
  /** Texts that were taken, with how often. */
  taken: ReadonlyMap<string, number>;
  /** From now on it is well. */
  recover(): void;
  stop(): void;
}

export async function startFarSide(): Promise<SoakFarSide> {
  const taken = new Map<string, number>();
  const begun = performance.now();
  let isWell = false;
  const phase = (): (typeof PHASES)[number] =>
    isWell
      ? 'well'
      : (PHASES[Math.floor((performance.now() - begun) / PHASE_MILLISECONDS) % PHASES.length] ?? 'well');
  const accept = (text: string | undefined, response: ServerResponse): void => {
    if (text !== undefined) taken.set(text, (taken.get(text) ?? 0) + 1);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ ok: true, message_id: `far-${taken.size}` }));
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = /"body":"([^"]+)"/u.exec(Buffer.concat(chunks).toString('utf8'))?.[1];
      switch (phase()) {
        case 'well':
          return accept(text, response);
        case 'slow':
          setTimeout(() => accept(text, response), 400);
          return;
        case 'too_busy':
          response.writeHead(429, { 'retry-after': '2' });
          response.end();
          return;
        case 'away':
          response.writeHead(503);
          response.end();
          return;
        case 'resetting':
          request.socket.destroy();
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    taken,
    recover: () => {
      isWell = true;
    },
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
