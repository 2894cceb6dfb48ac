import { once } from 'node:events';
import http, { type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Listener {
  port: number;
  /** Connections that were made, whatever was asked on them. */
  connections: number;
  handle: RequestListener;
  stop(): Promise<void>;
}

export async function listen(host: string, port = 0): Promise<Listener> {
  const listener: Listener = {
    port: 0,
    connections: 0,
    handle: (_, response) => response.end(),
    stop: async () => undefined,
  };
  const server = http.createServer((request, response) => listener.handle(request, response));
  server.on('connection', () => {
    listener.connections += 1;
  });
  server.listen(port, host);
  await once(server, 'listening');
  listener.port = (server.address() as AddressInfo).port;
  listener.stop = async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  };
  return listener;
}
