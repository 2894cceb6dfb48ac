import { waitFor } from '../../support/wait-for.js';
import type { Campaign } from '../campaign.js';
import { steadyNow } from '../history.js';
import { createSeeded } from '../seeded.js';
import { type Front, openFront } from '../stage/front.js';
import { underLoad } from '../under-load.js';

const SHORT_CYCLES = 8;
const HERD = 200;
const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * Agents' lines drop again and again while work goes on, and two hundred screens come back at once after a kill: each
 * of them shows every fact from its beginning on, once, in order.
 */
export const campaign: Campaign = {
  name: 'sockets',
  ids: ['F62', 'F64'],
  databases: ['embedded', 'server'],
  async run(context) {
    const chance = createSeeded(context.seed).branch('sockets');
    const cycles = context.cycles ?? SHORT_CYCLES;
    let herdMilliseconds = 0;
    let line: Front | undefined;
    const result = await underLoad(context, {
      stage: { name: `sockets-${context.database}`, conversations: 10, agents: 10 },
      driver: { perSecond: 8, atOnce: 12 },
      async hurt(stage, driver) {
        const [bridge] = stage.bridges;
        // The screens stay on this line until they have been judged.
        line = await openFront([bridge.port]);
        while (driver.screens.all.length < HERD) driver.screens.open(line.url);
        await driver.screens.live();
        for (let cycle = 0; cycle < cycles; cycle += 1) {
          await sleep(chance.between(300, 900));
          line.cut();
          // Pages look again as soon as they notice; some of them do so now.
          if (chance.below(2) === 0) driver.screens.reconnect();
        }
        driver.fault('kill');
        await bridge.kill();
        await bridge.start();
        const from = steadyNow();
        driver.screens.reconnect();
        await waitFor(
          'all screens to be live again',
          () => driver.screens.all.every(({ state }) => state === 'live'),
          120,
        );
        herdMilliseconds = steadyNow() - from;
        await sleep(1_000);
        return cycles + 1;
      },
    }).finally(() => line?.close());
    return { ...result, figures: { ...result.figures, herdMsMax: Math.round(herdMilliseconds) } };
  },
};
