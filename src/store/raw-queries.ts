import { Prisma, type PrismaClient } from './generated/client.js';

/** Runs a statement with its parameters as $1, $2 …; int8 as bigint, instants as Date, JSON as what it says. */
export type RunStatement = (
  text: string,
  values: unknown[],
) => Promise<{ rows: unknown[]; affected: number }>;

type Raw = (query: TemplateStringsArray | Prisma.Sql, ...values: unknown[]) => Promise<unknown>;

/**
 * The same client, whose `$queryRaw` and `$executeRaw` go straight to the driver. Through Prisma's engine and
 * its adapter a query costs this process a quarter of a millisecond more, which is more than the database
 * itself needs for most of those that every message meets. Transactions are Prisma's own.
 */
export function askDirectly(prisma: PrismaClient, run: RunStatement): PrismaClient {
  const texts = new WeakMap<TemplateStringsArray, string>();
  const textOf = (pieces: TemplateStringsArray): string => {
    const known = texts.get(pieces);
    if (known !== undefined) return known;
    const text = pieces.reduce((before, piece, index) => `${before}$${index}${piece}`);
    texts.set(pieces, text);
    return text;
  };
  const ask = (...[query, ...values]: Parameters<Raw>): ReturnType<RunStatement> => {
    if (!('raw' in query)) return run(query.text, query.values);
    if (!values.some(isPart)) return run(textOf(query), values);
    const whole = Prisma.sql(query, ...values);
    return run(whole.text, whole.values);
  };
  const direct: Record<string, Raw> = {
    $queryRaw: async (...given) => (await ask(...given)).rows,
    $executeRaw: async (...given) => (await ask(...given)).affected,
  };
  return new Proxy(prisma, {
    get(client, name) {
      if (typeof name === 'string' && Object.hasOwn(direct, name)) return direct[name];
      const value: unknown = Reflect.get(client, name, client);
      // What begins with $ are methods: a transaction must find the client's own way to ask, not this one.
      return typeof value === 'function' ? (value as (...given: unknown[]) => unknown).bind(client) : value;
    },
  });
}

const isPart = (value: unknown): boolean => value instanceof Prisma.Sql;
