import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { preciseNow } from './statistics.js';

/** Takes what a bridge sends to WotNot and notes when each text came. */
export interface WotNotStandIn {
  url: string;
  /** By text, when it came last. */
  arrived: Map<string, number>;
  stop(): void;
}

export async function startWotNot(): Promise<WotNotStandIn> {
  const arrived = new Map<string, number>();
  let ids = 0;
  const server = createServer((incoming, response) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const text = /"body":"([^"]+)"/u.exec(Buffer.concat(chunks).toString('utf8'))?.[1];
      if (text !== undefined) arrived.set(text, preciseNow());
      ids += 1;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ ok: true, message_id: `far-${ids}` }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrived,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}
