import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

/** Another process already works in this directory. */
export class DirectoryInUseError extends Error {
  override readonly name = 'DirectoryInUseError';
  readonly code = 'data_dir_in_use';
}

/**
 * Holds an embedded database's directory for this process: two would ruin it. The lock is a local socket
 * that its holder listens on, so it ends with the process however the process ends.
 * @throws DirectoryInUseError when another process holds it
 */
export async function lockDirectory(directory: string): Promise<{ release(): Promise<void> }> {
  const address = lockAddress(directory);
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const server = await listen(address);
    if (server !== undefined) {
      return {
        release: () =>
          new Promise((resolve) => {
            server.close(() => {
              resolve();
            });
          }),
      };
    }
    if (await answers(address)) {
      throw new DirectoryInUseError(
        `${directory} is in use by another desk-bridge process. Stop that one, choose another DATA_DIR, or use DATABASE_URL for several processes.`,
      );
    }
    // What a killed process left behind.
    rmSync(address, { force: true });
  }
  throw new DirectoryInUseError(`${directory} could not be locked: its lock keeps changing hands`);
}

function lockAddress(directory: string): string {
  const name = createHash('sha256').update(path.resolve(directory)).digest('hex').slice(0, 24);
  if (process.platform === 'win32') return `\\\\.\\pipe\\desk-bridge-${name}`;
  const inside = path.join(path.resolve(directory), 'bridge.lock');
  // A socket's path may have about a hundred characters.
  return inside.length < 100 ? inside : path.join(os.tmpdir(), `desk-bridge-${name}.lock`);
}

function listen(address: string): Promise<net.Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = net.createServer((socket) => socket.destroy());
    server.unref();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(address, () => {
      resolve(server);
    });
  });
}

function answers(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(address);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
