import { waitFor } from '../../support/wait-for.js';
import type { BrokenPromise, Campaign } from '../campaign.js';
import type { Driver } from '../driver.js';
import { type Point, pointsOf, reachPoint } from '../points.js';
import { createSeeded } from '../seeded.js';
import type { Stage } from '../stage/stage.js';
import { underLoad } from '../under-load.js';

/** What nobody has caught, in the middle of a step; or a step that fails as no step should. */
const DEEDS = ['exception', 'rejection', 'throw'] as const;
const CONVERSATIONS = 30;
/** Half dead for longer is worse than dead. */
const ENDS_WITHIN_SECONDS = 5;
/** What the measuring itself takes on a loud machine. */
const MARGIN_SECONDS = 1;
const READY_SECONDS = 60;
const SURPRISE = 'planted surprise';

/**
 * An error that nobody expected, in each room. One that nobody caught is logged, and the process ends by itself
 * with 1, soon; one within a step is survived, or ends it as well. Whether it is well is what /health/ready says.
 */
export const campaign: Campaign = {
  name: 'surprises',
  ids: ['F11'],
  databases: ['embedded', 'server'],
  async run(context) {
    const chance = createSeeded(context.seed).branch('surprises');
    const points = pointsOf(context);
    const rounds =
      context.cycles === undefined
        ? 1
        : Math.max(1, Math.round(context.cycles / (points.length * DEEDS.length)));
    const broken: BrokenPromise[] = [];
    const result = await underLoad(context, {
      stage: { name: `surprises-${context.database}`, echo: true, conversations: CONVERSATIONS },
      driver: { perSecond: 40 },
      async hurt(stage, driver) {
        await stage.bridges[0].terminate();
        let trials = 0;
        for (let round = 0; round < rounds && !context.isLate(); round += 1) {
          for (const [n, point] of points.entries()) {
            // The short run takes one deed at each point, the long one all of them.
            const deeds = context.cycles === undefined ? [DEEDS[(n + context.seed) % DEEDS.length]] : DEEDS;
            for (const deed of deeds) {
              if (deed === undefined) continue;
              broken.push(...(await surprise(stage, driver, point, deed, chance.below(4), ` #${trials}`)));
              trials += 1;
            }
          }
          context.say(`${trials} surprises, ${driver.taken()} acknowledged`);
        }
        await stage.bridges[0].start();
        return trials;
      },
    });
    return { ...result, violations: [...result.violations, ...broken] };
  },
};

async function surprise(
  stage: Stage,
  driver: Driver,
  point: Point,
  deed: (typeof DEEDS)[number],
  skip: number,
  mark: string,
): Promise<BrokenPromise[]> {
  const [bridge] = stage.bridges;
  const about = `${deed} ${point.name}`;
  const fail = (detail: string): BrokenPromise[] => [{ class: 'promise', about, detail }];
  const isReached = (): boolean => bridge.output().includes(`reached ${point.name}${mark}`);
  await reachPoint(stage, point, skip, { deed, mark, isDone: () => isReached() || !bridge.isAlive });
  const reachedAt = performance.now();
  driver.fault(about);
  if (!isReached()) throw new Error(`it ended by itself, not ${about}: ${bridge.output().slice(-2_000)}`);
  if (deed === 'throw') {
    // It lives on, or ends: never in between.
    const isWell = await waitFor(
      'it to be ready',
      async () => !bridge.isAlive || (await bridge.isReady()),
      READY_SECONDS,
    ).catch(() => false);
    if (bridge.isAlive) await bridge.terminate();
    return isWell ? [] : fail('it lives and does not become ready');
  }
  await waitFor('it to end by itself', () => !bridge.isAlive, READY_SECONDS);
  const seconds = (performance.now() - reachedAt) / 1_000;
  const { code } = await bridge.ended();
  if (code !== 1) return fail(`it ended with ${code}`);
  if (seconds > ENDS_WITHIN_SECONDS + MARGIN_SECONDS) return fail(`it took ${seconds.toFixed(1)} s to end`);
  const since = bridge.output().split(`reached ${point.name}${mark}`).at(-1) ?? '';
  return since.includes(SURPRISE) ? [] : fail('the log does not tell what it was');
}
