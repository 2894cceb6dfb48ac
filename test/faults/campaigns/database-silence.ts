import type { Campaign } from '../campaign.js';
import { figuresOf } from '../lab/blows.js';
import { pause, rounded } from '../lab/figures.js';
import { whyNoPostgres } from '../lab/postgres-lab.js';
import { openServerHouse, type ServerHouse } from '../lab/server-house.js';
import { tallyLanes } from '../lab/tally.js';
import { type Answer, openLanes, startTraffic, type Traffic } from '../lab/traffic.js';
import { skipped, spreadOf, verdictOn } from '../lab/verdict.js';

const LANES = 8;
const SHORT_SECONDS = 9;
const LONG_SECONDS = 60;
/** A webhook is told within two seconds to come again; a shared machine may take as long once more. */
const TOLD_MILLISECONDS = 4_000;

/**
 * The cable to the database is pulled: no reset, nothing. Then the server forgets its sessions without a
 * word (half-open). Once more with only one direction cut. Afterwards everything flows as before.
 */
export const campaign: Campaign = {
  name: 'database-silence',
  ids: ['F22', 'F23', 'F48'],
  databases: ['server'],
  async run({ cycles, say, isLate }) {
    const missing = whyNoPostgres();
    if (missing !== undefined) return skipped(missing);
    const seconds = cycles === undefined ? SHORT_SECONDS : LONG_SECONDS;
    const server = await openServerHouse();
    const { house } = server;
    try {
      const lanes = await openLanes(house, LANES);
      const before = house.weigh();
      const traffic = startTraffic(house, lanes, { patienceMilliseconds: 20_000 });
      const dark: { from: number; until: number }[] = [];
      const recoveries: Record<string, number[]> = {};
      for (let cycle = 0; cycle < Math.max(1, cycles ?? 1) && !isLate(); cycle += 1) {
        for (const [name, strike] of Object.entries(STRIKES)) {
          await pause(500);
          const from = performance.now();
          const mend = strike(server);
          await pause((name === 'forgotten sessions' ? 1 : seconds) * 1_000);
          const mendedAt = performance.now();
          dark.push({ from: from + 100, until: mendedAt - TOLD_MILLISECONDS });
          mend();
          const first = await firstSuccess(traffic, mendedAt);
          (recoveries[name] ??= []).push(first);
          say(`database-silence: ${name}, first 200 after ${first} ms`);
        }
      }
      await traffic.stop();
      await house.settle(90);
      await listening(server);
      const tally = await tallyLanes(house, lanes);
      const after = house.weigh();
      const told = askedWithin(traffic, dark);
      const late = told.filter(({ milliseconds }) => milliseconds > TOLD_MILLISECONDS);
      const broken = [];
      if (!house.isRunning() || house.starts() !== 1)
        broken.push({ about: 'no restart of the bridge', detail: `${house.starts()} starts` });
      if (told.length === 0) broken.push({ about: 'webhooks are told', detail: 'none was refused' });
      if (late.length > 0)
        broken.push({
          about: 'a webhook is told within 2 s',
          detail: `${late.length} of ${told.length} later`,
        });
      const wrong = told.filter(({ status, retryAfter }) => status !== 503 || retryAfter === undefined);
      if (wrong.length > 0) broken.push({ about: '503 with Retry-After', detail: JSON.stringify(wrong[0]) });
      const sessions = await server.sessions();
      if ((sessions['idle in transaction'] ?? 0) > 0)
        broken.push({ about: 'no leaked session', detail: JSON.stringify(sessions) });
      if (after.files > before.files + 40)
        broken.push({ about: 'no leaked file handle', detail: `${before.files} → ${after.files}` });
      return verdictOn({
        trials: Object.values(recoveries).flat().length,
        tally,
        broken,
        recoveries: Object.values(recoveries).flat(),
        figures: {
          ...tally.acknowledged,
          'seconds of silence': seconds,
          'webhooks told to come again': spreadOf(told.map(({ milliseconds }) => milliseconds)),
          ...Object.fromEntries(
            Object.entries(recoveries).map(([name, values]) => [`first 200 after ${name}`, spreadOf(values)]),
          ),
          'MB before': before.rssMegabytes,
          ...figuresOf(after, sessions),
        },
      });
    } finally {
      await server.close();
    }
  },
};

/** What is done to the wire, and how it is undone. */
const STRIKES: Record<string, (server: ServerHouse) => () => void> = {
  silence: ({ wire }) => {
    wire.silence();
    return () => wire.restore();
  },
  'forgotten sessions': ({ wire }) => {
    wire.abandon();
    return () => undefined;
  },
  'silence of one direction': ({ wire }) => {
    wire.shapeOne('down', { silent: true });
    return () => wire.restore();
  },
};

/** Webhooks that were sent while nothing could be recorded, long enough before the end of it. */
const askedWithin = (traffic: Traffic, dark: readonly { from: number; until: number }[]): Answer[] =>
  traffic.webhookAnswers().filter(({ at }) => dark.some(({ from, until }) => at > from && at < until));

async function firstSuccess(traffic: Traffic, from: number): Promise<number> {
  for (;;) {
    const good = traffic
      .webhookAnswers()
      .filter(({ at, milliseconds, status }) => status === 200 && at + milliseconds > from);
    if (good.length > 0) return rounded(Math.min(...good.map((one) => one.at + one.milliseconds)) - from);
    if (performance.now() - from > 60_000) return 60_000;
    await pause(10);
  }
}

/** The connection that listens for nudges is there again. */
async function listening({ postgres }: ServerHouse): Promise<void> {
  const from = performance.now();
  for (;;) {
    const rows = await postgres.query<{ n: number }>(
      `SELECT count(*)::int AS n FROM pg_stat_activity WHERE query LIKE 'LISTEN %' OR query LIKE '%pg_stat_activity%application_name <>%'`,
    );
    if ((rows[0]?.n ?? 0) > 0) return;
    if (performance.now() - from > 30_000) throw new Error('nobody listens for nudges after 30 s');
    await pause(100);
  }
}
