import type { BrokenPromise, Campaign } from '../campaign.js';
import { createFakeClock, whyNoFakeClock } from '../lab/fake-clock.js';
import { pause } from '../lab/figures.js';
import { whyNoPostgres } from '../lab/postgres-lab.js';
import { openServerHouse } from '../lab/server-house.js';
import { tallyLanes } from '../lab/tally.js';
import { openLanes, post, startTraffic } from '../lab/traffic.js';
import { skipped, verdictOn } from '../lab/verdict.js';

const LANES = 6;
const HOUR = 3_600;
const JUMPS = [
  { name: '+2 h', seconds: 2 * HOUR },
  { name: '−2 h', seconds: -2 * HOUR },
  { name: '+15 d', seconds: 15 * 24 * HOUR },
  { name: 'back', seconds: 0 },
];
const HELD_MILLISECONDS = 2_500;
const CLOCK_SPARE_SECONDS = 60;
/** Refused in a minute until the sender is told to wait, with some to spare. */
const GUESSES = 25;

/**
 * The bridge's clock jumps, and the database's does not: nothing is tried too early or given up, sessions live
 * as long as the database says, and nobody is locked out for as long as the jump.
 */
export const campaign: Campaign = {
  name: 'clock-jumps',
  ids: ['F60'],
  databases: ['server'],
  async run({ cycles = 1, isLate }) {
    const missing = whyNoFakeClock() ?? whyNoPostgres();
    if (missing !== undefined) return skipped(missing);
    const clock = createFakeClock();
    const server = await openServerHouse({ house: { env: clock.env } });
    const { house } = server;
    const broken: Omit<BrokenPromise, 'class'>[] = [];
    const refusedAgent: string[] = [];
    try {
      const lanes = await openLanes(house, LANES);
      const program = startTraffic(house, lanes, {});
      let jumps = 0;
      for (let cycle = 0; cycle < cycles && !isLate(); cycle += 1) {
        for (const { name, seconds } of JUMPS) {
          jumps += 1;
          clock.jump(seconds);
          broken.push(...(await judgeClock(house.url, name, seconds)));
          const from = performance.now();
          while (performance.now() - from < HELD_MILLISECONDS) {
            // Ada was signed in before the first jump, for a quarter of an hour by the database's clock.
            await house.ada.conversations.list({ limit: 1 }).catch((error: unknown) => {
              refusedAgent.push(`${name}: ${error instanceof Error ? error.message : ''}`);
            });
            await pause(100);
          }
        }
      }
      await program.stop(90);
      broken.push(...(await guessThenJumpBack(house, clock.jump)));
      await house.settle(90);
      const tally = await tallyLanes(house, lanes);
      if (refusedAgent.length > 0) {
        broken.push({
          about: 'a session lives by the database’s clock',
          detail: `${refusedAgent.length} times, ${refusedAgent[0]}`,
        });
      }
      const overtaken = house.logged('lease.lost').length;
      if (overtaken > 0) broken.push({ about: 'no lease is lost', detail: `${overtaken} overtaken` });
      if (tally.flagged + tally.asked > 0)
        broken.push({ about: 'nothing becomes uncertain', detail: tally.examples.join('; ') });
      return verdictOn({
        trials: jumps,
        tally,
        broken,
        figures: { ...tally.acknowledged, overtaken },
      });
    } finally {
      await server.close();
      clock.drop();
    }
  },
};

/** Every answer says what time it is where it was made; a second or two may pass until it is looked up again. */
async function judgeClock(
  url: string,
  name: string,
  seconds: number,
): Promise<{ about: string; detail: string }[]> {
  let off = 0;
  for (let tries = 0; tries < 40; tries += 1) {
    const { headers } = await fetch(`${url}/health/live`);
    off = (Date.parse(headers.get('date') ?? '') - Date.now()) / 1_000;
    if (Math.abs(off - seconds) < CLOCK_SPARE_SECONDS) return [];
    await pause(100);
  }
  return [{ about: 'the clock jumps', detail: `${name}: it is ${Math.round(off)} s off` }];
}

/** Somebody who guessed is told to wait for a minute at the most, also when the clock goes back two hours. */
async function guessThenJumpBack(
  house: { webhookUrl: string },
  jump: (seconds: number) => void,
): Promise<{ about: string; detail: string }[]> {
  const guess = () => post(house.webhookUrl, {}, JSON.stringify({ token: 'a guess', events: [] }), 20_000);
  for (let n = 0; n < GUESSES; n += 1) await guess();
  jump(-2 * HOUR);
  const answer = await guess();
  jump(0);
  const told = Number(answer.retryAfter ?? 0);
  return answer.status === 429 && told <= 60
    ? []
    : [{ about: 'told to wait for a minute at the most', detail: `${answer.status}, ${told} s` }];
}
