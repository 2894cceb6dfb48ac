import type { Campaign, CampaignResult } from '../campaign.js';
import { createDice, pause, rounded } from './figures.js';
import { whyNoPostgres } from './postgres-lab.js';
import { openServerHouse, type ServerHouse } from './server-house.js';
import { tallyLanes } from './tally.js';
import { type Answer, openLanes, startTraffic, type Traffic } from './traffic.js';
import { skipped, spreadOf, verdictOn } from './verdict.js';

/** One thing that is done to the database; it is well again when this returns. */
export type Blow = (server: ServerHouse) => Promise<void>;

const LANES = 8;
/** What is promised of the first success after the database accepts again; told, not judged. */
const PROMISED_MILLISECONDS = 1_000;
const GIVEN_UP_MILLISECONDS = 30_000;

/** The database is struck under load, again and again, and nobody touches the bridge. */
export function campaignOfBlows(
  name: string,
  ids: readonly string[],
  shortCycles: number,
  blows: readonly Blow[],
): Campaign {
  return {
    name,
    ids,
    databases: ['server'],
    async run({ cycles = shortCycles, seed, say, isLate }): Promise<CampaignResult> {
      const missing = whyNoPostgres();
      if (missing !== undefined) return skipped(missing);
      const dice = createDice(seed);
      const server = await openServerHouse();
      const { house } = server;
      try {
        const lanes = await openLanes(house, LANES);
        const traffic = startTraffic(house, lanes, { repeats: dice });
        const writing: number[] = [];
        const answering: number[] = [];
        for (let cycle = 0; cycle < cycles && !isLate(); cycle += 1) {
          await pause(150 + dice() * 500);
          await blows[cycle % blows.length]?.(server);
          const from = performance.now();
          const [write, answer] = await Promise.all([
            firstSince(
              from,
              lanes.map(({ webhookAnswers }) => webhookAnswers),
              200,
            ),
            firstSince(
              from,
              lanes.map(({ replyAnswers }) => replyAnswers),
              202,
            ),
          ]);
          writing.push(write);
          answering.push(answer);
          if (cycle % 20 === 19) say(`${name}: ${cycle + 1} of ${cycles}, ${house.weigh().rssMegabytes} MB`);
        }
        await traffic.stop();
        await house.settle(90);
        const tally = await tallyLanes(house, lanes);
        const broken = [];
        if (!house.isRunning() || house.starts() !== 1)
          broken.push({ about: 'no restart of the bridge', detail: `${house.starts()} starts` });
        const surprises = house.logged('process.surprised').length;
        if (surprises > 0) broken.push({ about: 'no surprise in the log', detail: `${surprises}` });
        return verdictOn({
          trials: writing.length,
          tally,
          broken,
          recoveries: writing,
          figures: {
            ...tally.acknowledged,
            'first 200 after it accepts': spreadOf(writing),
            'first 202 after it accepts': spreadOf(answering),
            'later than 1 s': [...writing, ...answering].filter((ms) => ms > PROMISED_MILLISECONDS).length,
            'refused meanwhile': refusals(traffic),
            ...figuresOf(house.weigh(), await server.sessions()),
          },
        });
      } finally {
        await server.close();
      }
    },
  };
}

/** From `from`, which is now, to the first acknowledgement: what has been answered so far is not looked at again. */
async function firstSince(
  from: number,
  lanes: readonly (readonly Answer[])[],
  good: number,
): Promise<number> {
  const known = lanes.map(({ length }) => length);
  for (;;) {
    const ends = lanes.flatMap((answers, lane) =>
      answers
        .slice(known[lane])
        .flatMap(({ status, at, milliseconds }) => (status === good ? [at + milliseconds] : [])),
    );
    if (ends.length > 0) return rounded(Math.min(...ends) - from);
    if (performance.now() - from > GIVEN_UP_MILLISECONDS) return GIVEN_UP_MILLISECONDS;
    await pause(5);
  }
}

const refusals = (traffic: Traffic): number =>
  traffic.webhookAnswers().filter(({ status }) => status !== 200).length +
  traffic.replyAnswers().filter(({ status }) => status !== 202).length;

/** What a process weighs at the end, and what it holds at the server. */
export const figuresOf = (
  weight: { rssMegabytes: number; files: number },
  sessions: Record<string, number>,
): Record<string, number | string> => ({
  'MB at the end': weight.rssMegabytes,
  'files at the end': weight.files,
  'sessions at the end': Object.entries(sessions)
    .map(([state, n]) => `${n} ${state}`)
    .join(', '),
});
