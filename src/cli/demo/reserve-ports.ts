import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { Config } from '../../config/config.js';
import { CommandError } from '../command-error.js';

/** Looks whether the ports are free before anything starts; 0 becomes a free one. */
export async function reservePorts(
  config: Config,
  withDesk: boolean,
): Promise<{ PORT: string; SANDBOX_PORT: string; DESK_PORT?: string }> {
  const bridge = await probe('PORT', config.http.port, config.http.host);
  const sandbox = await probe('SANDBOX_PORT', config.sandbox.port, '127.0.0.1');
  const ports = { PORT: String(bridge), SANDBOX_PORT: String(sandbox) };
  if (!withDesk) return ports;
  return { ...ports, DESK_PORT: String(await probe('DESK_PORT', config.tinyDesk.port, '127.0.0.1')) };
}

async function probe(name: string, port: number, host: string): Promise<number> {
  const server = createServer();
  try {
    server.listen({ port, host, exclusive: true });
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    const why = code === 'EADDRINUSE' ? 'is taken by another program' : `cannot be used (${code})`;
    throw new CommandError(`Port ${port} ${why}. Choose another: ${name}=${port + 1} npm run demo`);
  } finally {
    server.close();
  }
}
