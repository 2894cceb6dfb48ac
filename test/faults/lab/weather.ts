import type { Campaign } from '../campaign.js';
import { figuresOf } from './blows.js';
import { pause, rounded } from './figures.js';
import { type LabOptions, whyNoPostgres } from './postgres-lab.js';
import { openServerHouse, type ServerHouse } from './server-house.js';
import { tallyLanes } from './tally.js';
import { type Answer, openLanes, startTraffic, type Traffic } from './traffic.js';
import { skipped, spreadOf, verdictOn } from './verdict.js';

export interface Weather {
  name: string;
  ids: readonly string[];
  /** What is done; what it answers undoes it. */
  begin: (server: ServerHouse) => Promise<() => Promise<void> | void>;
  shortSeconds: number;
  longSeconds: number;
  lanes?: number;
  postgres?: LabOptions;
  env?: Record<string, string>;
  /** Whether nothing at all can be recorded meanwhile: then no webhook may be told 200. */
  isDark?: boolean;
}

/** What a sender may be told: done, or to come again. Never another failure, and never nothing at all. */
const HONEST = new Set([200, 202, 409, 429, 503]);
const PATIENCE_MILLISECONDS = 25_000;

/** The database is unwell for a while under load, then well again; what was acknowledged is there, in order. */
export function campaignOfWeather(weather: Weather): Campaign {
  const { name, ids } = weather;
  return {
    name,
    ids,
    databases: ['server'],
    async run({ cycles, say, isLate }) {
      const missing = whyNoPostgres();
      if (missing !== undefined) return skipped(missing);
      const seconds = cycles === undefined ? weather.shortSeconds : weather.longSeconds;
      const server = await openServerHouse({
        ...(weather.postgres === undefined ? {} : { postgres: weather.postgres }),
        house: weather.env === undefined ? {} : { env: weather.env },
      });
      const { house } = server;
      try {
        const lanes = await openLanes(house, weather.lanes ?? 8);
        const traffic = startTraffic(house, lanes, { patienceMilliseconds: PATIENCE_MILLISECONDS });
        const during: Answer[] = [];
        const recoveries: number[] = [];
        for (let cycle = 0; cycle < (cycles ?? 1) && !isLate(); cycle += 1) {
          await pause(500);
          const end = await weather.begin(server);
          const from = performance.now();
          await pause(seconds * 1_000);
          const until = performance.now();
          await end();
          recoveries.push(await firstGood(traffic, performance.now()));
          during.push(...answeredWithin(traffic, from, until));
          say(`${name}: first 200 after ${recoveries.at(-1)} ms`);
        }
        await traffic.stop(90);
        await house.settle(120);
        const tally = await tallyLanes(house, lanes);
        const sessions = await server.sessions();
        return verdictOn({
          trials: recoveries.length,
          tally,
          broken: [
            ...judge(weather, during, traffic),
            ...(house.isRunning() ? [] : [{ about: 'no restart of the bridge', detail: 'it has ended' }]),
            ...((sessions['idle in transaction'] ?? 0) === 0
              ? []
              : [{ about: 'no leaked session', detail: JSON.stringify(sessions) }]),
          ],
          recoveries,
          figures: {
            ...tally.acknowledged,
            'seconds of it': seconds,
            'webhooks taken meanwhile': during.filter(({ status }) => status === 200).length,
            'webhooks told to come again': during.filter(({ status }) => status !== 200).length,
            'answered after': spreadOf(during.map(({ milliseconds }) => milliseconds)),
            'first 200 after it': spreadOf(recoveries),
            ...figuresOf(house.weigh(), sessions),
          },
        });
      } finally {
        await server.close();
      }
    },
  };
}

function judge(weather: Weather, during: Answer[], traffic: Traffic): { about: string; detail: string }[] {
  const broken = [];
  const all = [...traffic.webhookAnswers(), ...traffic.replyAnswers()];
  const dishonest = all.find(({ status }) => !HONEST.has(status));
  if (dishonest !== undefined)
    broken.push({ about: 'done, or told to come again', detail: JSON.stringify(dishonest) });
  const silent = traffic
    .webhookAnswers()
    .find(({ status, retryAfter }) => (status === 503 || status === 429) && retryAfter === undefined);
  if (silent !== undefined) broken.push({ about: 'Retry-After', detail: JSON.stringify(silent) });
  const taken = during.filter(({ status }) => status === 200);
  if (weather.isDark === true && taken.length > 0)
    broken.push({
      about: 'nothing is acknowledged that cannot be recorded',
      detail: `${taken.length} times`,
    });
  return broken;
}

const answeredWithin = (traffic: Traffic, from: number, until: number): Answer[] =>
  traffic.webhookAnswers().filter(({ at, milliseconds }) => at > from && at + milliseconds < until);

async function firstGood(traffic: Traffic, from: number): Promise<number> {
  for (;;) {
    const good = traffic
      .webhookAnswers()
      .filter(({ at, milliseconds, status }) => status === 200 && at + milliseconds > from);
    if (good.length > 0) return rounded(Math.min(...good.map((one) => one.at + one.milliseconds)) - from);
    if (performance.now() - from > 60_000) return 60_000;
    await pause(10);
  }
}
