import { PrismaPg } from '@prisma/adapter-pg';
import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils';
import pg from 'pg';
import { openEmbedded } from './embedded-database.js';
import { PrismaClient } from './generated/client.js';
import { askDirectly } from './raw-queries.js';
import { watchConnections } from './watch-connections.js';

/**
 * Every query here goes by an index, row by row, and a plan must not depend on statistics that are missing or
 * old: with none, a table of some thousand rows was read whole for each webhook. Plans are made once per
 * connection, and none is worth compiling.
 */
const PLAN_BY_INDEX = {
  enable_seqscan: 'off',
  enable_hashjoin: 'off',
  enable_mergejoin: 'off',
  plan_cache_mode: 'force_generic_plan',
  jit: 'off',
};

const STATEMENT_MILLISECONDS = 10_000;
/** The server itself ends what takes too long and says so: later than this nothing will be said at all. */
const SILENCE_MILLISECONDS = STATEMENT_MILLISECONDS + 1_000;

const INT8: number = pg.types.builtins.INT8;
const textParsers = pg.types.getTypeParser as (type: number, format?: string) => (value: string) => unknown;
const PARSERS = {
  getTypeParser: (type: number, format?: string) => (type === INT8 ? BigInt : textParsers(type, format)),
} as pg.CustomTypesConfig;

export type DatabasePlace =
  /** `directory` undefined: in memory, for tests and the drift check. */
  | { kind: 'embedded'; directory: string | undefined }
  | {
      kind: 'server';
      url: string;
      poolSize: number;
      applicationName: string;
      /** How long a query may go without an answer before its connection counts as dead. */
      silenceMilliseconds?: number;
    };

export interface Database {
  kind: 'embedded' | 'server';
  prisma: PrismaClient;
  /** The same for who can wait: on the embedded database, which has one connection, others go first for a while. */
  patient: { prisma: PrismaClient };
  /** For the migration engine, which drives the same database through the same adapter. */
  adapter: SqlMigrationAwareDriverAdapterFactory;
  /** Of the embedded one: several statements in one transaction. A server has its own connections for that. */
  runScript: ((sql: string) => Promise<void>) | undefined;
  /** Where the server is; the listener for nudges opens a connection of its own. */
  url: string | undefined;
  /** Runs SQL that takes no parameters outside Prisma: VACUUM and the like. */
  maintain(sql: 'VACUUM (ANALYZE)'): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens the database: PostgreSQL's dialect from an embedded directory to a cluster.
 * @throws DirectoryInUseError when another process has the embedded directory
 */
export async function openDatabase(place: DatabasePlace): Promise<Database> {
  return place.kind === 'embedded' ? openEmbedded(place.directory, PLAN_BY_INDEX) : openServer(place);
}

async function openServer(place: Extract<DatabasePlace, { kind: 'server' }>): Promise<Database> {
  const pool = new pg.Pool({
    connectionString: place.url,
    max: place.poolSize,
    application_name: place.applicationName,
    connectionTimeoutMillis: 2_000,
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    options: Object.entries(PLAN_BY_INDEX)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
    // A query that the network swallowed must not hold its place in the pool for ever.
    query_timeout: place.silenceMilliseconds ?? SILENCE_MILLISECONDS,
    statement_timeout: STATEMENT_MILLISECONDS,
    lock_timeout: 5_000,
    idle_in_transaction_session_timeout: 10_000,
  });
  // An idle connection that the server closes is replaced at the next query.
  pool.on('error', () => undefined);
  watchConnections(pool);
  const names = new Map<string, string>();
  const adapter = new PrismaPg(pool, {
    onPoolError: () => undefined,
    onConnectionError: () => undefined,
    statementNameGenerator: ({ sql }) => statementName(names, sql),
  });
  const prisma = askDirectly(new PrismaClient({ adapter }), async (text, values) => {
    const query = { name: statementName(names, text), text, values, types: PARSERS };
    const { rows, rowCount } = await pool.query(query);
    return { rows, affected: rowCount ?? 0 };
  });
  return {
    kind: 'server',
    prisma,
    patient: { prisma },
    adapter: new PrismaPg({ connectionString: place.url, max: 2, application_name: place.applicationName }),
    runScript: undefined,
    url: place.url,
    maintain: async (sql) => {
      await pool.query(sql);
    },
    close: async () => {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

/** Prepared once per connection and then only executed; bounded, as list queries have many forms. */
function statementName(names: Map<string, string>, sql: string): string {
  const known = names.get(sql);
  if (known !== undefined) return known;
  if (names.size >= 300) return '';
  const name = `s${names.size}`;
  names.set(sql, name);
  return name;
}
