import { chmodSync } from 'node:fs';
import path from 'node:path';
import type { BrokenPromise, Campaign } from '../campaign.js';
import { createFakeClock, whyNoFakeClock } from '../lab/fake-clock.js';
import { pause } from '../lab/figures.js';
import { whyNoPostgres } from '../lab/postgres-lab.js';
import { openServerHouse } from '../lab/server-house.js';
import { tallyLanes } from '../lab/tally.js';
import { openLanes, startTraffic } from '../lab/traffic.js';
import { skipped, verdictOn } from '../lab/verdict.js';

const LANES = 6;
const JUMPS = [7_200, 0, -60, 0];
const HELD_MILLISECONDS = 3_000;

/**
 * The database's clock jumps, by which leases and schedules go: nothing is given up or sent twice, the order holds,
 * and attempts are numbered as they were made.
 */
export const campaign: Campaign = {
  name: 'database-clock',
  ids: ['F61'],
  databases: ['server'],
  async run({ cycles = 1, isLate }) {
    const missing = whyNoFakeClock() ?? whyNoPostgres();
    if (missing !== undefined) return skipped(missing);
    const clock = createFakeClock();
    // The server runs as somebody else and must be able to read it.
    chmodSync(path.dirname(clock.env['FAKETIME_TIMESTAMP_FILE'] ?? ''), 0o755);
    const server = await openServerHouse({ postgres: { env: clock.env } });
    const { house, postgres } = server;
    const broken: Omit<BrokenPromise, 'class'>[] = [];
    try {
      const lanes = await openLanes(house, LANES);
      const traffic = startTraffic(house, lanes, {});
      let jumps = 0;
      for (let cycle = 0; cycle < cycles && !isLate(); cycle += 1) {
        for (const seconds of JUMPS) {
          clock.jump(seconds);
          jumps += 1;
          await pause(HELD_MILLISECONDS);
          const [row] = await postgres.query<{ now: Date }>('SELECT clock_timestamp() AS now');
          const off = ((row?.now.getTime() ?? 0) - Date.now()) / 1_000;
          if (Math.abs(off - seconds) > 30)
            broken.push({ about: 'the clock jumps', detail: `${Math.round(off)} s, not ${seconds} s` });
        }
      }
      await traffic.stop(90);
      await house.settle(120);
      const tally = await tallyLanes(house, lanes);
      if (tally.flagged + tally.asked > 0)
        broken.push({ about: 'nothing becomes uncertain', detail: tally.examples.join('; ') });
      const [dead] = await postgres.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM deliveries WHERE state = 'dead'`,
        [],
        'bridge',
      );
      if (dead?.n !== 0) broken.push({ about: 'nothing is given up', detail: `${dead?.n} dead letters` });
      return verdictOn({ trials: jumps, tally, broken, figures: { ...tally.acknowledged } });
    } finally {
      await server.close();
      clock.drop();
    }
  },
};
