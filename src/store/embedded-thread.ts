import { Worker } from 'node:worker_threads';
import type { Ask } from './embedded-turns.js';
import type { ArrayType, FromWorker, ToWorker, WorkerData } from './embedded-worker.js';

/** The embedded database's thread has ended without having been told to. */
export class EmbeddedDatabaseGoneError extends Error {
  override readonly name = 'EmbeddedDatabaseGoneError';
  readonly code = 'embedded_database_gone';
}

export interface EmbeddedThread {
  arrayTypes: ArrayType[];
  /**
   * Asks in bytes of the wire protocol, which belong to the database from then on.
   * @returns its answer, errors of the database included
   */
  ask(bytes: Uint8Array, how?: Pick<Ask, 'transaction' | 'canWait'>): Promise<Uint8Array>;
  close(): Promise<void>;
}

interface Pending {
  resolve: (bytes: Uint8Array) => void;
  reject: (error: unknown) => void;
}

/**
 * Starts the database in a thread of its own. Like a database in this thread it does not keep the process
 * alive unless it is asked something. When it dies, what was asked fails, and so does the process: nothing
 * goes on without it.
 */
export async function startEmbeddedThread(data: WorkerData): Promise<EmbeddedThread> {
  // Beside this file, in the language that this file is in just now.
  const file = new URL(
    import.meta.url.endsWith('.ts') ? './embedded-worker.ts' : './embedded-worker.js',
    import.meta.url,
  );
  const worker = new Worker(file, { workerData: data, name: 'embedded-database' });
  const pending = new Map<number, Pending>();
  let ids = 0;
  let gone: EmbeddedDatabaseGoneError | undefined;
  let isClosing = false;

  const settled = (id: number): Pending | undefined => {
    const waiting = pending.get(id);
    pending.delete(id);
    if (pending.size === 0) worker.unref();
    return waiting;
  };

  const arrayTypes = await new Promise<ArrayType[]>((resolve, reject) => {
    let isReady = false;
    let cause: Error | undefined;
    worker.on('message', (message: FromWorker) => {
      switch (message.type) {
        case 'ready':
          isReady = true;
          worker.unref();
          resolve(message.arrayTypes);
          return;
        case 'answer':
          settled(message.id)?.resolve(message.bytes);
          return;
        case 'failure':
          settled(message.id)?.reject(message.error);
          return;
      }
    });
    worker.once('error', (error: Error) => {
      cause = error;
    });
    worker.once('exit', (code) => {
      gone = new EmbeddedDatabaseGoneError(`the embedded database's thread has ended with ${code}`, {
        cause,
      });
      for (const waiting of pending.values()) waiting.reject(gone);
      pending.clear();
      reject(cause ?? gone);
      if (isReady && !isClosing) throw gone;
    });
  });

  return {
    arrayTypes,
    ask(bytes, how = {}) {
      if (gone !== undefined) return Promise.reject(gone);
      ids += 1;
      const id = ids;
      return new Promise((resolve, reject) => {
        if (pending.size === 0) worker.ref();
        pending.set(id, { resolve, reject });
        const message: ToWorker = { id, bytes, ...how };
        worker.postMessage(message, [bytes.buffer as ArrayBuffer]);
      });
    },
    async close() {
      if (gone !== undefined) return;
      isClosing = true;
      worker.ref();
      const ended = new Promise((resolve) => worker.once('exit', resolve));
      const message: ToWorker = 'close';
      worker.postMessage(message);
      await ended;
    },
  };
}
