import { waitFor } from '../../support/wait-for.js';
import type { BrokenPromise, Campaign } from '../campaign.js';
import { createSeeded } from '../seeded.js';
import type { Stage } from '../stage/stage.js';
import { underLoad } from '../under-load.js';
import { countOvertaken, SLOW_TO_SEND, SOON_SENT_AGAIN } from './pause-past-lease.js';

const SHORT_CYCLES = 2;
/** Longer than a lease, which nobody renews meanwhile. */
const BLOCKED_MILLISECONDS = 5_000;
const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * One step keeps a process busy for longer than its leases last: timers, sockets and answers wait. Then everything comes
 * at once: what its leases were over for is not sent, nothing is sent twice, and the screens on it catch up.
 */
export const campaign: Campaign = {
  name: 'blocked-loop',
  ids: ['F06'],
  databases: ['embedded', 'server'],
  async run(context) {
    const chance = createSeeded(context.seed).branch('blocked');
    const cycles = context.cycles ?? SHORT_CYCLES;
    const broken: BrokenPromise[] = [];
    let overtaken = 0;
    const result = await underLoad(context, {
      stage: {
        name: `blocked-loop-${context.database}`,
        // An embedded database has one process, whose lanes nobody else takes.
        processes: context.database === 'server' ? 2 : 1,
        conversations: 30,
        agents: 6,
        env: SOON_SENT_AGAIN,
      },
      driver: { perSecond: 40 },
      start: { tampering: { ...SLOW_TO_SEND, block: String(BLOCKED_MILLISECONDS) } },
      screensEverywhere: true,
      async hurt(stage, driver) {
        let cycle = 0;
        for (; cycle < cycles && !context.isLate(); cycle += 1) {
          const blocked = stage.bridges[cycle % stage.bridges.length] ?? stage.bridges[0];
          await sleep(chance.between(1_000, 2_000));
          driver.fault(`blocked ${cycle + 1}`);
          const times = timesBlocked(stage);
          blocked.block();
          await waitFor('it to be busy no more', () => timesBlocked(stage) > times, 60).catch(() => {
            broken.push({ class: 'promise', about: 'it was blocked', detail: `not in cycle ${cycle + 1}` });
          });
          await sleep(1_500);
        }
        for (const bridge of stage.bridges.filter(({ isAlive }) => !isAlive))
          broken.push({ class: 'promise', about: 'it lives', detail: bridge.output().slice(-400) });
        return cycle;
      },
      async mend(stage) {
        overtaken = countOvertaken(stage);
        if (overtaken === 0)
          broken.push({ class: 'promise', about: 'a lease was over', detail: 'none was: nothing was tried' });
      },
    });
    const { asked = 0, doubledAndFlagged = 0 } = result.counts;
    // Alone it knows that nothing has left, and that nobody else has sent it.
    if (context.database === 'embedded' && asked + doubledAndFlagged > 0)
      broken.push({ class: 'promise', about: 'nothing is in doubt', detail: `${asked} asked` });
    return {
      ...result,
      violations: [...result.violations, ...broken],
      figures: { ...result.figures, overtaken },
    };
  },
};

const timesBlocked = (stage: Stage): number =>
  stage.bridges.reduce((sum, bridge) => sum + bridge.output().split('was blocked').length - 1, 0);
