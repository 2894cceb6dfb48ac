import { type BenchDatabase, type DatabaseKind, openBenchDatabase } from '../support/bench-database.js';
import { startBridge } from '../support/bridge.js';
import { pause } from '../support/call.js';
import { startFarSide } from './far-side.js';
import { judge, type Line, renderLines } from './judge.js';
import { type SoakLoad, startLoad } from './load.js';
import { type Sample, takeSample } from './sample.js';

export interface SoakResult {
  minutes: number;
  samples: Sample[];
  lines: Line[];
  isFlat: boolean;
  /** What was lost, doubled or left behind; nothing. */
  faults: string[];
  table: string;
  verdict: string;
}

/** Rows are old after so long here: a soak cannot wait for days. */
const RETENTION_SECONDS = 45;
const SAMPLE_SECONDS = 5;
/** All connections to the database are ended so often. */
const CUT_SECONDS = 60;
/** For what is owed to arrive once the far side is well: a circuit may be open for a minute. */
const SETTLE_SECONDS = 240;

export async function runSoak(options: {
  minutes: number;
  kind: DatabaseKind;
  perSecond: number;
}): Promise<SoakResult> {
  const database = await openBenchDatabase(options.kind);
  const far = await startFarSide();
  const bridge = await startBridge(options.kind, {
    wotnot: far.url,
    database,
    env: {
      BENCH_RETENTION_SECONDS: String(RETENTION_SECONDS),
      UPKEEP_SECONDS: '5',
      // What a reset leaves in doubt is asked about, and not sent again by itself.
      UNCERTAIN_GRACE_SECONDS: '1',
    },
  });
  const load = startLoad(bridge.ready, options.perSecond, far.taken);
  const samples: Sample[] = [];
  const from = performance.now();
  const elapsed = (): number => (performance.now() - from) / 1_000;
  let cuts = 0;
  while (elapsed() < options.minutes * 60) {
    await pause(SAMPLE_SECONDS * 1_000);
    if (options.kind === 'server') {
      await letDaysPass(database);
      if (elapsed() > (cuts + 1) * CUT_SECONDS) {
        cuts += 1;
        await cutConnections(database);
        await pause(1_000);
      }
    }
    samples.push(await takeSample(database, bridge.process.pid ?? 0, 'desk-bridge', Math.round(elapsed())));
  }
  far.recover();
  await load.stop();
  const faults = options.kind === 'server' ? await findFaults(database, load, far.taken) : [];
  await bridge.stop();
  far.stop();
  await database.drop();
  const lines = judge(samples);
  const isFlat = lines.every((line) => line.isFlat);
  return {
    minutes: options.minutes,
    samples,
    lines,
    isFlat,
    faults,
    table: renderLines(lines),
    verdict: [
      `${load.acknowledged.in.size} webhooks and ${load.acknowledged.out.size} replies acknowledged in ${options.minutes} min, ${load.refused} refusals repeated, ${cuts} times every database connection cut`,
      isFlat
        ? 'flat'
        : `GROWS: ${lines.flatMap(({ what, isFlat: flat }) => (flat ? [] : [what])).join(', ')}`,
      faults.length === 0 ? 'nothing lost, nothing doubled unsaid' : faults.join('\n'),
    ].join('\n'),
  };
}

/** The day's number of the feed is noted once a day; here a day is over whenever somebody looks. */
const letDaysPass = (database: BenchDatabase) =>
  database.query(
    `UPDATE feed_days SET day = (SELECT min(day) FROM feed_days) - 1 WHERE day = current_date AND seen_at < now() - interval '15 seconds'`,
  );

const cutConnections = (database: BenchDatabase) =>
  database.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND application_name LIKE 'desk-bridge%'`,
  );

/** What was acknowledged is there, once; what was not taken says so. */
async function findFaults(
  database: BenchDatabase,
  { acknowledged }: SoakLoad,
  taken: ReadonlyMap<string, number>,
): Promise<string[]> {
  const until = performance.now() + SETTLE_SECONDS * 1_000;
  const count = async (sql: string): Promise<number> =>
    (await database.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${sql}`))[0]?.n ?? 0;
  while (performance.now() < until) {
    const waiting = await count(`inbound_events WHERE state = 'recorded'`);
    const owed = await count(
      `deliveries WHERE state IN ('waiting', 'sending') OR (state = 'uncertain' AND NOT 'asked' = ANY(flags))`,
    );
    if (waiting + owed === 0) break;
    await pause(500);
  }
  const rows = await database.query<{ text: string; direction: string; states: string[]; flags: string[] }>(
    `SELECT text, direction, array_agg(state) AS states, array_agg(array_to_string(flags, ',')) AS flags FROM messages GROUP BY 1, 2`,
  );
  const known = new Map(rows.map((row) => [row.text, row]));
  const faults: string[] = [];
  for (const text of [...acknowledged.in, ...acknowledged.out])
    if (!known.has(text)) faults.push(`lost: ${text}`);
  for (const { text, direction, states, flags } of rows) {
    if (states.length > 1) faults.push(`recorded ${states.length} times: ${text}`);
    if (direction === 'in') continue;
    const times = taken.get(text) ?? 0;
    const [state] = states;
    if (state === 'sent' && times === 0) faults.push(`said to be sent and never taken: ${text}`);
    if (state === 'queued' || state === 'sending') faults.push(`left behind as ${state}: ${text}`);
    if (times > 1 && !flags.some((each) => each.includes('possibleDuplicate')))
      faults.push(`doubled unsaid: ${text}`);
  }
  return faults.slice(0, 20);
}
