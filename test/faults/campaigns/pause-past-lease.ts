import { waitFor } from '../../support/wait-for.js';
import type { BrokenPromise, Campaign } from '../campaign.js';
import type { Driver } from '../driver.js';
import { createSeeded } from '../seeded.js';
import type { Stage } from '../stage/stage.js';
import { underLoad } from '../under-load.js';

const SHORT_CYCLES = 2;
const GRACE_SECONDS = 2;
/** What the other does about a message in doubt, on a loud machine. */
const SPARE_SECONDS = 3;
/** So much is taken before a process is stopped. */
const UNDER_WAY = 40;
const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Who takes over sends again while the other one sleeps, not after it has woken: only then is a late sending seen. */
export const SOON_SENT_AGAIN = { UNCERTAIN_GRACE_SECONDS: String(GRACE_SECONDS) };
/** Between being looked at and leaving, a message takes so long: several are there when their process is stopped. */
export const SLOW_TO_SEND = { hesitate: '800' };

/**
 * Two processes on one server; one of them is stopped in the middle of its work for longer than its leases last, and
 * woken when the other has taken over and has sent again what was in doubt. It must not send what it still remembers.
 */
export const campaign: Campaign = {
  name: 'pause-past-lease',
  ids: ['F05'],
  databases: ['server'],
  async run(context) {
    let overtaken = 0;
    const result = await underLoad(context, {
      stage: {
        name: 'pause-past-lease',
        processes: 2,
        conversations: 30,
        // Some wait under their lease for their turn, and others for WotNot's answer, when the process is stopped.
        env: { ...SOON_SENT_AGAIN, DELIVERIES_PER_SECOND_PER_CONNECTION: '15' },
      },
      driver: { perSecond: 50 },
      start: { tampering: SLOW_TO_SEND },
      async hurt(stage, driver) {
        await stage.farSide.plant({ do: 'delay', ms: 300, operation: 'send-message' });
        const cycles = await stopPastLease(stage, driver, context.cycles ?? SHORT_CYCLES);
        await stage.farSide.clearFaults();
        return cycles;
      },
      async mend(stage) {
        overtaken = countOvertaken(stage);
      },
    });
    const idle: BrokenPromise[] =
      overtaken > 0
        ? []
        : [{ class: 'promise', about: 'a lease was overtaken', detail: 'none was: nothing of it was tried' }];
    return {
      ...result,
      violations: [...result.violations, ...idle],
      figures: { ...result.figures, overtaken },
    };
  },
};

/** Stops one process after another past its leases. @returns how often */
async function stopPastLease(stage: Stage, driver: Driver, cycles: number): Promise<number> {
  const chance = createSeeded(stage.context.seed).branch('pause');
  let cycle = 0;
  for (; cycle < cycles && !stage.context.isLate(); cycle += 1) {
    const sleeper = chance.pick(stage.bridges);
    const enough = driver.taken() + UNDER_WAY;
    await waitFor('something to be under way', () => driver.taken() >= enough, 60).catch(() => undefined);
    await sleep(chance.between(300, 1_200));
    driver.fault(`pause ${cycle + 1}`);
    sleeper.pause();
    stage.front?.takeOut(sleeper.port);
    await sleep((stage.leaseSeconds + GRACE_SECONDS + chance.between(2, 2 + SPARE_SECONDS)) * 1_000);
    sleeper.resume();
    // What it does in its first second awake is what this is about.
    await sleep(1_000);
    stage.front?.putBack(sleeper.port);
  }
  return cycle;
}

/** Sendings that were given up because their lease was over. */
export const countOvertaken = (stage: Stage): number =>
  stage.bridges.reduce((sum, bridge) => sum + bridge.output().split('"lease.lost"').length - 1, 0);
