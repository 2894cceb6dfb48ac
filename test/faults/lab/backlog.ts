import { type Database, openDatabase } from '../../../src/store/database.js';
import { migrate } from '../../../src/store/migrate.js';
import { createOutbox, type Outbox } from '../../../src/store/outbox.js';
import type { DeliveryLane } from '../../../src/store/nudges.js';
import { waitFor } from '../../support/wait-for.js';
import type { PostgresLab } from './postgres-lab.js';

const WORKSPACE = 'wsp_backlog';
const CONNECTION = 'con_backlog';
const LEASE = { owner: 'desk-bridge:drain', seconds: 30 };

/** What one drain has shown. */
export interface Drain {
  delivered: number;
  perSecond: number;
  /** Milliseconds of each claim of a lane. */
  claims: number[];
  /** Deliveries that were not the next of their lane. */
  outOfOrder: number;
  /** Rows of lanes and deliveries that the server has looked at, per claim. */
  rowsPerClaim: number;
  /** Pages of them and of their indexes, per claim. */
  pagesPerClaim: number;
}

export interface DrainLimit {
  seconds: number;
  workers: number;
  /** Deliveries; all there are, when it is missing. */
  most?: number;
}

/** Deliveries owed in a database without planner statistics, and the engine's own store to pay them with. */
export interface Backlog {
  seed(owed: { conversations: number; each: number }): Promise<void>;
  /** Goes on where the last one has ended. */
  drain(limit: DrainLimit): Promise<Drain>;
  left(): Promise<number>;
  close(): Promise<void>;
}

export async function openBacklog(postgres: PostgresLab): Promise<Backlog> {
  const name = 'backlog';
  await postgres.createDatabase(name);
  const open = (): Promise<Database> =>
    openDatabase({
      kind: 'server',
      url: postgres.url(name),
      poolSize: 8,
      applicationName: 'desk-bridge:drain',
    });
  const database = await open();
  await migrate(database);
  await database.prisma.workspace.create({ data: { id: WORKSPACE, name: 'Backlog' } });
  await database.prisma.connection.create({
    data: {
      workspaceId: WORKSPACE,
      id: CONNECTION,
      connector: 'fake',
      side: 'chat',
      name: 'Fake',
      webhookKey: CONNECTION,
      webhookTokenHashes: [],
    },
  });
  const run = (sql: string, values: unknown[] = []): Promise<unknown> => postgres.query(sql, values, name);
  const reached = new Map<string, number>();
  return {
    seed(owed) {
      reached.clear();
      return seed(run, owed);
    },
    async drain(limit) {
      // A session's counts are told at the latest when it ends.
      const before = await countRead(postgres, name);
      const session = await open();
      const shown = await drain(createOutbox(session), limit, reached).finally(() => session.close());
      const after = await waitFor('the counts of the sessions', async () => {
        const now = await countRead(postgres, name);
        return now.rows > before.rows && now;
      });
      const claims = shown.claims.length;
      return {
        ...shown,
        rowsPerClaim: (after.rows - before.rows) / claims,
        pagesPerClaim: (after.pages - before.pages) / claims,
      };
    },
    left: () => countOwed(database),
    close: () => database.close(),
  };
}

async function seed(
  run: (sql: string, values?: unknown[]) => Promise<unknown>,
  { conversations, each }: { conversations: number; each: number },
): Promise<void> {
  await run('TRUNCATE lanes, deliveries, attempts, conversations');
  for (const table of ['lanes', 'deliveries', 'attempts', 'conversations'])
    await run(`ALTER TABLE ${table} SET (autovacuum_enabled = false)`);
  await run(
    `INSERT INTO conversations (workspace_id, id, connection_id, external_conversation_id, contact_id)
     SELECT $1, 'cnv_' || c, $2, 'ext_' || c, 'cnt_1' FROM generate_series(1, $3::int) c`,
    [WORKSPACE, CONNECTION, conversations],
  );
  // Interleaved, as they were accepted: one of each conversation, then the next of each.
  await run(
    `INSERT INTO deliveries (workspace_id, id, connection_id, conversation_id, kind, payload, idempotency_key)
     SELECT $1, 'dlv_' || c || '_' || n, $2, 'cnv_' || c, 'send-message',
       jsonb_build_object('kind', 'send-message', 'agentEmail', 'a@b.example',
         'content', jsonb_build_object('type', 'text', 'text', n::text)), 'key_' || c || '_' || n
     FROM generate_series(1, $4::int) n, generate_series(1, $3::int) c ORDER BY n, c`,
    [WORKSPACE, CONNECTION, conversations, each],
  );
  await run(
    `INSERT INTO lanes (workspace_id, connection_id, conversation_id, next_at, owed)
     SELECT $1, $2, 'cnv_' || c, now(), $4::int FROM generate_series(1, $3::int) c`,
    [WORKSPACE, CONNECTION, conversations, each],
  );
  await run(
    `DELETE FROM pg_statistic WHERE starelid IN ('lanes'::regclass, 'deliveries'::regclass, 'attempts'::regclass)`,
  );
}

/** As the delivery does it: lanes that are due, each worked from its head on, each head settled before the next. */
async function drain(
  outbox: Outbox,
  limit: DrainLimit,
  reached: Map<string, number>,
): Promise<Omit<Drain, 'rowsPerClaim' | 'pagesPerClaim'>> {
  const claims: number[] = [];
  const lanes: DeliveryLane[] = [];
  let outOfOrder = 0;
  let delivered = 0;
  let finding: Promise<void> | undefined;
  const from = performance.now();
  const until = from + limit.seconds * 1_000;

  const next = async (): Promise<DeliveryLane | undefined> => {
    if (lanes.length === 0) {
      finding ??= outbox.findDue(100, [], LEASE.seconds).then((found) => {
        lanes.push(...found);
        finding = undefined;
      });
      await finding;
    }
    return lanes.shift();
  };
  const work = async (): Promise<void> => {
    for (;;) {
      const lane = await next();
      if (lane === undefined) return;
      for (let more = true; more; ) {
        if (performance.now() > until || delivered >= (limit.most ?? Number.POSITIVE_INFINITY)) return;
        const askedAt = performance.now();
        const taken = await outbox.take(lane, LEASE);
        claims.push(performance.now() - askedAt);
        if (taken.outcome !== 'send') break;
        const n = Number(taken.head.deliveryId.split('_').at(-1));
        if (n !== (reached.get(lane.conversationId) ?? 0) + 1) outOfOrder += 1;
        reached.set(lane.conversationId, n);
        const { attempt } = taken.head;
        const settled = await outbox.settle(taken.head, taken.fence, {
          as: 'delivered',
          externalId: undefined,
          externalConversationId: undefined,
          attempt,
          attemptOutcome: 'delivered',
        });
        delivered += 1;
        more = settled.more;
      }
    }
  };
  await Promise.all(Array.from({ length: limit.workers }, work));
  await outbox.release(LEASE.owner);
  return { delivered, perSecond: delivered / ((performance.now() - from) / 1_000), claims, outOfOrder };
}

async function countRead(postgres: PostgresLab, name: string): Promise<{ rows: number; pages: number }> {
  const [row] = await postgres.query<{ rows: string; pages: string }>(
    `SELECT sum(t.seq_tup_read + coalesce(t.idx_tup_fetch, 0)) AS rows,
       sum(io.heap_blks_read + io.heap_blks_hit + coalesce(io.idx_blks_read + io.idx_blks_hit, 0)) AS pages
     FROM pg_stat_user_tables t JOIN pg_statio_user_tables io USING (relid)
     WHERE t.relname IN ('lanes', 'deliveries')`,
    [],
    name,
  );
  return { rows: Number(row?.rows ?? 0), pages: Number(row?.pages ?? 0) };
}

async function countOwed({ prisma }: Database): Promise<number> {
  return prisma.delivery.count({ where: { workspaceId: WORKSPACE, state: { not: 'delivered' } } });
}
