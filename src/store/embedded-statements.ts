import { setImmediate as nextTurn } from 'node:timers/promises';
import { type PGlite, parse, protocol, type QueryOptions, type Results } from '@electric-sql/pglite';

/** How many statements keep their plans; list queries have many forms. */
const MOST_STATEMENTS = 300;

type Answer = Awaited<ReturnType<PGlite['execProtocolStream']>>;

interface Statement {
  name: string;
  parameterTypes: number[];
  /** The columns of its answer, as the database described them once. */
  columns: Answer;
}

/**
 * Lets every query of this database keep its plan. PGlite parses, plans and describes each query anew, in
 * six calls into WASM: half of the time of a small one, three quarters of a large one. Here a statement is
 * prepared under a name when it is first met, and from then on bound and executed in one call.
 *
 * PGlite works in this very thread and answers without ever leaving it: one query after another, and no
 * socket is read in between. A turn of the loop before each query lets requests arrive, so that they can
 * share a commit.
 */
export function keepPlans(pglite: PGlite): void {
  const statements = new Map<string, Statement>();
  const plainly = pglite.query.bind(pglite);

  const prepare = async (sql: string): Promise<Statement> => {
    const known = statements.get(sql);
    if (known !== undefined) return known;
    const name = `s${statements.size}`;
    const { parse: parseMessage, describe, sync } = protocol.serialize;
    const answer = await pglite.execProtocolStream(
      joined([parseMessage({ name, text: sql }), describe({ type: 'S', name }), sync()]),
      { syncToFs: false },
    );
    const statement = {
      name,
      parameterTypes: parse.parseDescribeStatementResults(answer),
      columns: answer.filter((message) => message.name === 'rowDescription'),
    };
    statements.set(sql, statement);
    return statement;
  };

  const execute = async (sql: string, values: unknown[], options: QueryOptions): Promise<Results> => {
    const statement = await prepare(sql);
    const { bind, execute: executeMessage, sync } = protocol.serialize;
    const texts = values.map((value, index) => {
      if (value === null || value === undefined) return null;
      const serialise = pglite.serializers[statement.parameterTypes[index] ?? 0];
      if (serialise !== undefined) return serialise(value);
      return typeof value === 'string' ? value : JSON.stringify(value);
    });
    const answer = await pglite.execProtocolStream(
      joined([bind({ statement: statement.name, values: texts }), executeMessage({}), sync()]),
    );
    const [results] = parse.parseResults([...statement.columns, ...answer], pglite.parsers, options);
    return results as Results;
  };

  const query = async (sql: string, values: unknown[] = [], options: QueryOptions = {}): Promise<unknown> => {
    await nextTurn();
    if (!statements.has(sql) && statements.size >= MOST_STATEMENTS) return plainly(sql, values, options);
    return pglite._runExclusiveTransaction(() =>
      pglite._runExclusiveQuery(() => execute(sql, values, options)),
    );
  };
  pglite.query = query as PGlite['query'];
}

function joined(messages: Uint8Array[]): Uint8Array {
  return Buffer.concat(messages);
}
