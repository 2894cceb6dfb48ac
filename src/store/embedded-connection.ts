import {
  messages,
  parse,
  protocol,
  type QueryOptions,
  type Results,
  TransactionAbortedError,
  types,
} from '@electric-sql/pglite';
import type { EmbeddedThread } from './embedded-thread.js';
import type { Ask } from './embedded-turns.js';
import { bindAndExecute, type Field, type ReadValue, readRows, throwError } from './embedded-wire.js';

/** How many statements keep their plans; list queries have many forms. */
const MOST_STATEMENTS = 300;

type How = Pick<Ask, 'transaction' | 'canWait'>;
type Query = (sql: string, values?: unknown[], options?: QueryOptions) => Promise<Results>;
type Answer = Parameters<typeof parse.parseResults>[0];

interface Statement {
  /** Of one without a name the text is sent along each time. */
  name: string;
  text: string;
  parameterTypes: number[];
  /** The columns of its answer, as the database described them once. */
  fields: Field[];
}

export interface EmbeddedTransaction {
  query: Query;
  exec(sql: string): Promise<Results[]>;
  rollback(): Promise<void>;
}

/** The one connection of the embedded database: what of PGlite's own interface the house uses. */
export interface EmbeddedConnection {
  query: Query;
  /** The same, but that others may go first. */
  queryPatiently: Query;
  exec(sql: string): Promise<Results[]>;
  transaction<T>(run: (transaction: EmbeddedTransaction) => Promise<T>): Promise<T>;
}

/**
 * Every query keeps its plan: a statement is prepared under a name when it is first met, and from then on
 * bound and executed by one message. PGlite parses, plans and describes each query anew, in six steps: half of
 * the time of a small one, three quarters of a large one.
 */
export function createEmbeddedConnection(thread: EmbeddedThread): EmbeddedConnection {
  /** Those that are prepared, or about to be. */
  const statements = new Map<string, Promise<Statement> | Statement>();
  const { serializers, parsers } = withArrays(thread.arrayTypes);
  let names = 0;
  let transactions = 0;

  const ask = async (parts: Uint8Array[], how: How): Promise<Answer> => {
    const bytes = await thread.ask(joined(parts), how);
    throwError(bytes);
    const answer: Answer = [];
    new protocol.Parser().parse(bytes, (message) => answer.push(message));
    return answer;
  };

  const describe = async (name: string, text: string, how: How): Promise<Statement> => {
    const { parse: prepare, describe: describeMessage, sync } = protocol.serialize;
    const answer = await ask([prepare({ name, text }), describeMessage({ type: 'S', name }), sync()], how);
    return {
      name,
      text,
      parameterTypes: parse.parseDescribeStatementResults(answer),
      fields: answer.flatMap((message) =>
        message instanceof messages.RowDescriptionMessage
          ? message.fields.map((field) => ({ name: field.name, dataTypeID: field.dataTypeID }))
          : [],
      ),
    };
  };

  const prepare = async (sql: string, how: How): Promise<Statement> => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    if (statements.size >= MOST_STATEMENTS) return describe('', sql, how);
    names += 1;
    const preparing = describe(`s${names}`, sql, how);
    statements.set(sql, preparing);
    try {
      const statement = await preparing;
      statements.set(sql, statement);
      return statement;
    } catch (error) {
      statements.delete(sql);
      throw error;
    }
  };

  /** Nobody else is served while a transaction is open: it must not wait for what another has asked. */
  const prepareWithin = async (sql: string, how: How): Promise<Statement> => {
    const known = statements.get(sql);
    return known === undefined || known instanceof Promise ? describe('', sql, how) : known;
  };

  const execute = async (
    statement: Statement,
    values: unknown[],
    options: QueryOptions,
    how: How,
  ): Promise<Results> => {
    const texts = values.map((value, index) => {
      if (value === null || value === undefined) return null;
      const serialise = serializers[statement.parameterTypes[index] ?? 0];
      if (serialise !== undefined) return serialise(value);
      return typeof value === 'string' ? value : JSON.stringify(value);
    });
    const { name, text, fields } = statement;
    const bytes = bindAndExecute(name, texts, name === '' ? protocol.serialize.parse({ text }) : undefined);
    return readRows(
      await thread.ask(bytes, how),
      fields,
      (type) => options.parsers?.[type] ?? parsers[type],
      options.rowMode === 'array',
    ) as Results;
  };

  const exec = async (sql: string, how: How = {}): Promise<Results[]> =>
    parse.parseResults(await ask([protocol.serialize.query(sql)], how), parsers);

  const queryAs =
    (how: How): Query =>
    async (sql, values = [], options = {}) =>
      execute(await prepare(sql, how), values, options, how);

  return {
    query: queryAs({}),
    queryPatiently: queryAs({ canWait: true }),
    exec: (sql) => exec(sql),
    async transaction(run) {
      transactions += 1;
      const how = { transaction: transactions };
      let rolledBack: Promise<void> | undefined;
      const rollback = (): Promise<void> => (rolledBack ??= exec('ROLLBACK', how).then(() => undefined));
      await exec('BEGIN', how);
      try {
        const result = await run({
          query: async (sql, values = [], options = {}) =>
            execute(await prepareWithin(sql, how), values, options, how),
          exec: (sql) => exec(sql, how),
          rollback,
        });
        if (rolledBack !== undefined) await rolledBack;
        else if ((await exec('COMMIT', how))[0]?.command === 'ROLLBACK') throw new TransactionAbortedError();
        return result;
      } catch (error) {
        await rollback();
        throw error;
      }
    },
  };
}

/** The types that PGlite knows, and the lists of them. */
function withArrays(arrayTypes: EmbeddedThread['arrayTypes']) {
  const serializers: Record<number, (value: unknown) => string> = { ...types.serializers };
  const parsers: Record<number, ReadValue> = { ...types.parsers };
  for (const { element, array } of arrayTypes) {
    serializers[array] = (value) => types.arraySerializer(value, serializers[element], array);
    parsers[array] = (text) => types.arrayParser(text, parsers[element] as (part: string) => unknown, array);
  }
  return { serializers, parsers };
}

/** In a piece of memory of their own, which can be handed to another thread. */
function joined(parts: Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
