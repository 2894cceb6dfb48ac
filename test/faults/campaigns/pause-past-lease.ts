import type { Campaign } from '../campaign.js';
import { createSeeded } from '../seeded.js';
import { underLoad } from '../under-load.js';

const SHORT_CYCLES = 2;
const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Two processes on one server; one of them is stopped in the middle of its work for longer than its leases last, and
 * woken when the other has taken over. It must not send what it still remembers.
 */
export const campaign: Campaign = {
  name: 'pause-past-lease',
  ids: ['F05'],
  databases: ['server'],
  async run(context) {
    const chance = createSeeded(context.seed).branch('pause');
    const cycles = context.cycles ?? SHORT_CYCLES;
    return underLoad(context, {
      stage: {
        name: 'pause-past-lease',
        processes: 2,
        conversations: 30,
        // Some wait under their lease for their turn, and others for WotNot's answer, when the process is stopped.
        env: { DELIVERIES_PER_SECOND_PER_CONNECTION: '15' },
      },
      driver: { perSecond: 50 },
      async hurt(stage, driver) {
        await stage.farSide.plant({ do: 'delay', ms: 300, operation: 'send-message' });
        let cycle = 0;
        for (; cycle < cycles && !context.isLate(); cycle += 1) {
          const sleeper = chance.pick(stage.bridges);
          await sleep(chance.between(300, 1_200));
          driver.fault(`pause ${cycle + 1}`);
          sleeper.pause();
          stage.front?.takeOut(sleeper.port);
          await sleep(stage.leaseSeconds * 1_000 * chance.between(1.4, 2));
          sleeper.resume();
          // What it does in its first second awake is what this is about.
          await sleep(1_000);
          stage.front?.putBack(sleeper.port);
        }
        await stage.farSide.clearFaults();
        return cycle;
      },
    });
  },
};
