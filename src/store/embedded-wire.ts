import { messages, protocol } from '@electric-sql/pglite';

/*
 * The two messages of PostgreSQL's wire protocol that every query meets, written and read at once: PGlite's own
 * way of doing it is a tenth of what this process does under load.
 */

export interface Field {
  name: string;
  dataTypeID: number;
}

export type ReadValue = (text: string, type?: number) => unknown;

interface Rows {
  rows: unknown[];
  fields: Field[];
  affectedRows: number;
}

const BIND = 'B'.charCodeAt(0);
const EXECUTE = 'E'.charCodeAt(0);
const SYNC = 'S'.charCodeAt(0);
const DATA_ROW = 'D'.charCodeAt(0);
const COMMAND_COMPLETE = 'C'.charCodeAt(0);
const ERROR = 'E'.charCodeAt(0);
/** Of a message: a byte for its kind and four for its length, which counts itself. */
const HEAD = 5;
const NULL = -1;

/**
 * Binds the values to a prepared statement and executes it.
 * @param before what is sent ahead of it
 * @returns in a piece of memory of its own, which can be handed to another thread
 */
export function bindAndExecute(
  statement: string,
  values: (string | null)[],
  before: Uint8Array = new Uint8Array(),
): Uint8Array {
  const lengths = values.map((value) => (value === null ? NULL : Buffer.byteLength(value)));
  const size = lengths.reduce((sum, length) => sum + 4 + Math.max(0, length), 0);
  const bindLength = 4 + 1 + statement.length + 1 + 2 + 2 + size + 2;
  const buffer = Buffer.allocUnsafeSlow(before.length + 1 + bindLength + 10 + 5);
  buffer.set(before);
  let at = buffer.writeUInt8(BIND, before.length);
  at = buffer.writeInt32BE(bindLength, at);
  // The portal has no name; all values are text.
  at = buffer.writeUInt8(0, at);
  at += buffer.write(statement, at, 'latin1');
  at = buffer.writeUInt8(0, at);
  at = buffer.writeInt16BE(0, at);
  at = buffer.writeInt16BE(values.length, at);
  values.forEach((value, index) => {
    at = buffer.writeInt32BE(lengths[index] ?? NULL, at);
    if (value !== null) at += buffer.write(value, at);
  });
  at = buffer.writeInt16BE(0, at);
  at = buffer.writeUInt8(EXECUTE, at);
  at = buffer.writeInt32BE(9, at);
  at = buffer.writeUInt8(0, at);
  // All rows.
  at = buffer.writeInt32BE(0, at);
  at = buffer.writeUInt8(SYNC, at);
  buffer.writeInt32BE(4, at);
  return buffer;
}

/**
 * Reads the answer to `bindAndExecute`.
 * @throws DatabaseError what the database says
 */
export function readRows(
  bytes: Uint8Array,
  fields: Field[],
  readerOf: (type: number) => ReadValue | undefined,
  asArrays: boolean,
): Rows {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const readers = fields.map(({ dataTypeID }) => readerOf(dataTypeID));
  const rows: unknown[] = [];
  let affectedRows = 0;

  const readRow = (from: number): unknown => {
    let at = from + 2;
    const values = fields.map(({ dataTypeID }, index) => {
      const length = buffer.readInt32BE(at);
      at += 4;
      if (length === NULL) return null;
      const text = buffer.toString('utf8', at, at + length);
      at += length;
      const read = readers[index];
      return read === undefined ? text : read(text, dataTypeID);
    });
    return asArrays ? values : Object.fromEntries(fields.map(({ name }, index) => [name, values[index]]));
  };

  for (let at = 0; at < buffer.length; at += 1 + buffer.readInt32BE(at + 1)) {
    const kind = buffer[at];
    if (kind === DATA_ROW) rows.push(readRow(at + HEAD));
    else if (kind === COMMAND_COMPLETE)
      affectedRows += affectedBy(buffer.toString('latin1', at + HEAD, at + buffer.readInt32BE(at + 1)));
    else if (kind === ERROR) throwError(bytes);
  }
  return { rows, fields, affectedRows };
}

/** @throws DatabaseError if there is one in the answer */
export function throwError(bytes: Uint8Array): void {
  new protocol.Parser().parse(bytes, (message) => {
    if (message instanceof messages.DatabaseError) throw message;
  });
}

/** A command's tag ends with a number: of the rows that it has changed, or that it has found. */
function affectedBy(tag: string): number {
  return /^(?:INSERT|UPDATE|DELETE|COPY|MERGE) .*?(\d+)$/u.test(tag)
    ? Number(tag.slice(tag.lastIndexOf(' ') + 1))
    : 0;
}
