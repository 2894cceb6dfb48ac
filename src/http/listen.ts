import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** @returns the URL under which it answers */
export function listen(server: Server, at: { host: string; port: number }): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(at.port, at.host, () => {
      server.off('error', reject);
      const { port } = server.address() as AddressInfo;
      resolve(`http://${at.host === '0.0.0.0' ? '127.0.0.1' : at.host}:${port}`);
    });
  });
}

/** Takes no new connections, lets what is being answered finish, and cuts the idle. */
export function closeServer(server: Server | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (server === undefined) {
      resolve();
      return;
    }
    const cut = setTimeout(() => server.closeAllConnections(), 3_000);
    server.close(() => {
      clearTimeout(cut);
      resolve();
    });
    server.closeIdleConnections();
  });
}
