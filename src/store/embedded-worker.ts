/*
 * The thread of the embedded database. PGlite computes in the thread that asks it: here it has one of its own,
 * and another processor than the one that reads sockets. It is asked and answers in bytes of PostgreSQL's wire
 * protocol, which cross from thread to thread without being copied.
 */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { PGlite } from '@electric-sql/pglite';
import { type Ask, createTurns } from './embedded-turns.js';

export interface WorkerData {
  /** undefined: in memory. */
  directory: string | undefined;
  /** Run before anything is asked. */
  settings: string[];
}

/** Type numbers of a list and of what it is a list of. */
export interface ArrayType {
  element: number;
  array: number;
}

export type FromWorker =
  | { type: 'ready'; arrayTypes: ArrayType[] }
  | { type: 'answer'; id: number; bytes: Uint8Array }
  | { type: 'failure'; id: number; error: unknown };

export type ToWorker = Ask | 'close';

const port = parentPort;
if (port === null) throw new Error('this file is a thread of another');
const { directory, settings } = workerData as WorkerData;
const pglite = await (directory === undefined ? PGlite.create() : PGlite.create({ dataDir: directory }));
for (const setting of settings) await pglite.exec(setting);

const turns = createTurns();
let transaction: number | undefined;
let isWorking = false;
let isClosing = false;

port.on('message', (message: ToWorker) => {
  take(message);
  if (!isWorking) void work();
});
const { rows: arrayTypes } = await pglite.query<ArrayType>(
  `SELECT typelem AS element, oid AS array FROM pg_type WHERE typcategory = 'A' AND typelem <> 0`,
);
say({ type: 'ready', arrayTypes });

function take(message: ToWorker): void {
  if (message === 'close') isClosing = true;
  else turns.add(message);
}

async function work(): Promise<void> {
  isWorking = true;
  for (let ask = next(); ask !== undefined; ask = next()) {
    try {
      const bytes = await answerTo(ask.bytes);
      transaction = leavesTransactionOpen(bytes) ? ask.transaction : undefined;
      say({ type: 'answer', id: ask.id, bytes }, bytes);
    } catch (error) {
      // Not an error of the database, which is an answer, but one of its engine.
      say({ type: 'failure', id: ask.id, error });
    }
  }
  isWorking = false;
  if (isClosing) await close();
}

/** The loop does not turn between two answers: what has arrived meanwhile is fetched, so that it has its turn. */
function next(): Ask | undefined {
  if (port === null) return undefined;
  for (let got = receiveMessageOnPort(port); got !== undefined; got = receiveMessageOnPort(port))
    take(got.message as ToWorker);
  return turns.next(transaction);
}

/** Answers when what was asked is in the files. */
async function answerTo(bytes: Uint8Array): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  await pglite.execProtocolRawStream(bytes, {
    onRawData: (part) => {
      // The database writes its next part into the same place.
      parts.push(part.slice());
      length += part.length;
    },
  });
  const [only] = parts;
  if (parts.length === 1 && only !== undefined) return only;
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}

const IDLE = 'I'.charCodeAt(0);
const READY_FOR_QUERY = 'Z'.charCodeAt(0);

/** An answer ends with six bytes that say in what state it leaves the connection. */
function leavesTransactionOpen(bytes: Uint8Array): boolean {
  return bytes.at(-6) === READY_FOR_QUERY && bytes.at(-1) !== IDLE;
}

async function close(): Promise<void> {
  await pglite.close();
  // PGlite leaves a timer behind; nothing of this thread is wanted any more.
  process.exit();
}

function say(message: FromWorker, moved?: Uint8Array): void {
  port?.postMessage(message, moved === undefined ? [] : [moved.buffer as ArrayBuffer]);
}
