import type { Database } from './database.js';
import type { WorkspaceScope } from './scope.js';

export type IdempotencyOutcome =
  | { outcome: 'first' }
  | { outcome: 'answered'; status: number; answer: unknown }
  | { outcome: 'in_use' }
  | { outcome: 'reused' };

/** What was answered to a request that carried an Idempotency-Key, so that its repeat gets the same. */
export interface IdempotencyStore {
  begin(
    scope: WorkspaceScope,
    principal: string,
    key: string,
    requestHash: string,
  ): Promise<IdempotencyOutcome>;
  finish(
    scope: WorkspaceScope,
    principal: string,
    key: string,
    status: number,
    answer: unknown,
  ): Promise<void>;
  /** The request was refused: its key is free again. */
  abandon(scope: WorkspaceScope, principal: string, key: string): Promise<void>;
}

/**
 * A request that has not answered for so long died with its process: longer than any verb takes that does
 * not itself know the key.
 */
const ABANDONED_SECONDS = 20;
/** Less than that from when it was begun, nobody else can have taken it up meanwhile. */
const SURELY_OURS_MILLISECONDS = 18_000;

export function createIdempotencyStore(database: Database): IdempotencyStore {
  const { prisma } = database;
  const openedAt = performance.now();
  /** Keys under way in this process, and since when. */
  const begun = new Map<string, number>();
  /** Of these, keys whose request is over although the database could not be told: free, until when. */
  const left = new Map<string, number>();

  /** An embedded database has one process: what was under way before this one opened it died with the last. */
  const abandonedSeconds = (): number =>
    database.kind === 'server'
      ? ABANDONED_SECONDS
      : Math.min(ABANDONED_SECONDS, (performance.now() - openedAt) / 1_000);

  /** Ends the request's time with the key; should the database be away, the next one with it need not wait. */
  const end = async (name: string, tell: () => Promise<unknown>): Promise<void> => {
    const since = begun.get(name);
    begun.delete(name);
    try {
      await tell();
    } catch (error) {
      if (since !== undefined) left.set(name, since + SURELY_OURS_MILLISECONDS);
      throw error;
    }
  };
  /** Until when it is free; whoever takes that takes it alone. */
  const takeLeft = (name: string): number => {
    const until = left.get(name) ?? 0;
    left.delete(name);
    for (const [other, end] of left) {
      if (end > performance.now()) break;
      left.delete(other);
    }
    return until;
  };

  return {
    async begin(scope, principal, key, requestHash) {
      const name = nameOf(scope, principal, key);
      const askedAt = performance.now();
      const leftUntil = takeLeft(name);
      const seconds = leftUntil > askedAt ? 0 : abandonedSeconds();
      const [first] = await prisma.$queryRaw<{ key: string }[]>`
        INSERT INTO idempotency_keys AS i (workspace_id, principal, key, request_hash)
        VALUES (${scope.workspaceId}, ${principal}, ${key}, ${requestHash})
        ON CONFLICT (workspace_id, principal, key) DO UPDATE SET created_at = now()
          WHERE i.status IS NULL AND i.request_hash = excluded.request_hash
            AND i.created_at < now() - make_interval(secs => ${seconds}::float8)
        RETURNING key`.catch((error: unknown) => {
        if (leftUntil > askedAt) left.set(name, leftUntil);
        throw error;
      });
      if (first !== undefined) {
        begun.set(name, askedAt);
        return { outcome: 'first' };
      }
      const known = await prisma.idempotencyKey.findUnique({
        where: { workspaceId_principal_key: { workspaceId: scope.workspaceId, principal, key } },
      });
      if (known === null) return { outcome: 'in_use' };
      if (known.requestHash !== requestHash) return { outcome: 'reused' };
      return known.status === null
        ? { outcome: 'in_use' }
        : { outcome: 'answered', status: known.status, answer: known.answer };
    },

    async finish(scope, principal, key, status, answer) {
      await end(
        nameOf(scope, principal, key),
        () => prisma.$executeRaw`
          UPDATE idempotency_keys SET status = ${status}, answer = ${JSON.stringify(answer ?? null)}::jsonb
          WHERE workspace_id = ${scope.workspaceId} AND principal = ${principal} AND key = ${key}`,
      );
    },

    async abandon(scope, principal, key) {
      await end(nameOf(scope, principal, key), () =>
        prisma.idempotencyKey.deleteMany({
          where: { workspaceId: scope.workspaceId, principal, key, status: null },
        }),
      );
    },
  };
}

const nameOf = (scope: WorkspaceScope, principal: string, key: string): string =>
  JSON.stringify([scope.workspaceId, principal, key]);
