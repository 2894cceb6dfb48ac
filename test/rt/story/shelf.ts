import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

/** Every byte there is, and no end of a line where one is due: what no mail and no encoding may change. */
export const oddBytes = Buffer.from(Array.from({ length: 3_000 }, (_none, at) => (at * 7 + (at >> 8)) % 256));

export interface Shelf {
  url: string;
  close(): Promise<void>;
}

/** Where the chat keeps the contact's files. */
export async function openShelf(): Promise<Shelf> {
  const server = http.createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/octet-stream', connection: 'close' });
    response.end(oddBytes);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
