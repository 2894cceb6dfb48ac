import type { BrokenPromise, Campaign } from '../campaign.js';
import { pause, percentile, rounded } from '../lab/figures.js';
import { whyNoPostgres } from '../lab/postgres-lab.js';
import { openServerHouse, type ServerHouse } from '../lab/server-house.js';
import { tallyLanes } from '../lab/tally.js';
import { type Answer, openLanes, startTraffic } from '../lab/traffic.js';
import { skipped, spreadOf, verdictOn } from '../lab/verdict.js';

const LANES = 20;
const EVERY_MILLISECONDS = 200;
const MEASURE_MILLISECONDS = 8_000;
const SHORT = { rows: 30_000, seconds: 60 };
const LONG = { rows: 1_000_000, seconds: 900 };
/** Older than RETENTION_DAYS. */
const AGE = '40 days';
const PROMISED_RATIO = 1.5;

/**
 * Rows that are long over: a restart beside them, and their going under load. Recording takes as long as without them, and
 * nothing that is not over goes with them.
 */
export const campaign: Campaign = {
  name: 'database-finished-rows',
  ids: ['F31'],
  databases: ['server'],
  async run({ cycles, say }) {
    const missing = whyNoPostgres();
    if (missing !== undefined) return skipped(missing);
    const { rows, seconds } = cycles === undefined ? SHORT : LONG;
    const server = await openServerHouse({ house: { env: { UPKEEP_SECONDS: '1' } } });
    const { house } = server;
    try {
      const lanes = await openLanes(house, LANES);
      const before = startTraffic(house, lanes, { everyMilliseconds: EVERY_MILLISECONDS });
      await pause(MEASURE_MILLISECONDS);
      const without = taken(before.webhookAnswers());
      await before.stop();
      await house.kill();
      await fill(server, house.workspaceId, house.connectionId, rows);
      say(`database-finished-rows: ${rows} events and as many deliveries are there`);
      const from = performance.now();
      await house.start();
      const readyAfter = performance.now() - from;
      // What the lanes have answered so far is theirs still.
      const known = lanes.map(({ webhookAnswers }) => webhookAnswers.length);
      const during = startTraffic(house, lanes, { everyMilliseconds: EVERY_MILLISECONDS });
      let left = await countFinished(server);
      const clearing = performance.now();
      while (left > 0 && performance.now() - clearing < seconds * 1_000) {
        await pause(1_000);
        left = await countFinished(server);
      }
      const clearedAfter = performance.now() - clearing;
      // A clearing may be quick where little is there.
      await pause(Math.max(0, MEASURE_MILLISECONDS - clearedAfter));
      await during.stop();
      const beside = taken(lanes.flatMap(({ webhookAnswers }, at) => webhookAnswers.slice(known[at])));
      await house.settle(120);
      const tally = await tallyLanes(house, lanes);
      const ratio = percentile(beside, 0.99) / Math.max(1, percentile(without, 0.99));
      say(`database-finished-rows: p99 ${rounded(ratio, 2)} times, ${PROMISED_RATIO} promised; ${left} left`);
      const broken: Omit<BrokenPromise, 'class'>[] =
        left === 0 ? [] : [{ about: 'what is over goes', detail: `${left} of ${2 * rows} are still there` }];
      return verdictOn({
        trials: 0,
        tally,
        broken,
        figures: {
          'finished rows': 2 * rows,
          'ready after a kill ms': rounded(readyAfter),
          'gone after s': rounded(clearedAfter / 1_000, 1),
          'webhook to 200 without': spreadOf(without, 1),
          'webhook to 200 beside their going': spreadOf(beside, 1),
          'p99 beside to without': rounded(ratio, 2),
        },
      });
    } finally {
      await server.close();
    }
  },
};

const taken = (answers: readonly Answer[]): number[] =>
  answers.filter(({ status }) => status === 200).map(({ milliseconds }) => milliseconds);

async function fill(
  { postgres }: ServerHouse,
  workspaceId: string,
  connectionId: string,
  rows: number,
): Promise<void> {
  await postgres.query(
    `INSERT INTO inbound_events (workspace_id, connection_id, lane_key, kind, payload, flags, state, received_at, projected_at)
     SELECT $1, $2, 'over-' || n % 10000, 'message', jsonb_build_object('text', repeat('as it came ', 30)), '{}', 'projected',
       now() - interval '${AGE}', now() - interval '${AGE}' FROM generate_series(1, $3::int) n`,
    [workspaceId, connectionId, rows],
    'bridge',
  );
  await postgres.query(
    `INSERT INTO deliveries (workspace_id, id, connection_id, conversation_id, kind, payload, state, attempts, idempotency_key, created_at, settled_at)
     SELECT $1, 'dlv_over_' || n, $2, 'cnv_over_' || n % 10000, 'send-message', jsonb_build_object('text', repeat('as it went ', 30)),
       'delivered', 1, 'over-' || n, now() - interval '${AGE}', now() - interval '${AGE}' FROM generate_series(1, $3::int) n`,
    [workspaceId, connectionId, rows],
    'bridge',
  );
  // What is older came first.
  for (const [table, isOver] of [
    ['inbound_events', `lane_key LIKE 'over-%'`],
    ['deliveries', `id LIKE 'dlv_over_%'`],
  ] as const) {
    await postgres.query(
      `UPDATE ${table} t SET position = nextval(pg_get_serial_sequence('${table}', 'position'))
       FROM (SELECT position FROM ${table} WHERE NOT ${isOver} ORDER BY position) young WHERE t.position = young.position`,
      [],
      'bridge',
    );
  }
}

async function countFinished({ postgres }: ServerHouse): Promise<number> {
  const [row] = await postgres.query<{ n: number }>(
    `SELECT (SELECT count(*) FROM inbound_events WHERE lane_key LIKE 'over-%')::int
       + (SELECT count(*) FROM deliveries WHERE id LIKE 'dlv_over_%')::int AS n`,
    [],
    'bridge',
  );
  return row?.n ?? 0;
}
