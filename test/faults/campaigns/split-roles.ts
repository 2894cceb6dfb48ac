import type { Campaign } from '../campaign.js';
import { createSeeded } from '../seeded.js';
import { underLoad } from '../under-load.js';

const SHORT_CYCLES = 3;
const AGENTS = 50;
/** No two do the same work, and nothing is done by one process alone. */
const ROLES = ['http,gateway', 'projection', 'delivery', 'gateway,http,projection', 'projection,delivery'];
const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Five processes that share the work by roles, fifty agents on those that serve, one process after another killed in the
 * middle: whoever has its role takes over.
 */
export const campaign: Campaign = {
  name: 'split-roles',
  ids: ['F01', 'F62'],
  databases: ['server'],
  async run(context) {
    const chance = createSeeded(context.seed).branch('split');
    const cycles = context.cycles ?? SHORT_CYCLES;
    return underLoad(context, {
      stage: {
        name: 'split-roles',
        conversations: 20,
        agents: AGENTS,
        processes: ROLES.length,
        roles: ROLES,
      },
      driver: { perSecond: 20 },
      screensEverywhere: true,
      async hurt(stage, driver) {
        let cycle = 0;
        for (; cycle < cycles && !context.isLate(); cycle += 1) {
          await sleep(chance.between(500, 1_500));
          // Each in turn, and in a short run not always the same.
          const place = (cycle + Math.floor(context.seed)) % stage.bridges.length;
          const victim = stage.bridges[place];
          if (victim === undefined) throw new Error('there is nobody to kill');
          driver.fault(`kill ${cycle + 1}, ${ROLES[place]}`);
          await victim.kill();
          // The others take over its lanes before it is back.
          await sleep(chance.between(1_000, stage.leaseSeconds * 1_000 + 2_000));
          await victim.start();
        }
        return cycle;
      },
    });
  },
};
