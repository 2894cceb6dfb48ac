import type { Campaign } from '../campaign.js';
import type { Driver } from '../driver.js';
import { type Point, pointsOf, reachPoint } from '../points.js';
import { createSeeded, type Seeded } from '../seeded.js';
import type { Stage } from '../stage/stage.js';
import { together } from '../together.js';
import { underLoad } from '../under-load.js';

const CONVERSATIONS = 30;

/** kill -9 exactly at the moments that matter, each several times, with the far side telling its echoes or silent. */
export const campaign: Campaign = {
  name: 'kill-points',
  ids: ['F02', 'F45'],
  databases: ['embedded', 'server'],
  async run(context) {
    const chance = createSeeded(context.seed).branch('kill-points');
    const points = pointsOf(context);
    const rounds = context.cycles === undefined ? 1 : Math.max(1, Math.round(context.cycles / points.length));
    // The short run takes one far side for each database, the long one both for both.
    const withEcho = Math.floor(context.seed) % 2 === (context.database === 'server' ? 0 : 1);
    const echoes = context.cycles === undefined ? [withEcho] : [true, false];
    const results = [];
    for (const echo of echoes) {
      results.push(
        await underLoad(context, {
          stage: {
            name: `kill-points-${context.database}-${echo ? 'echo' : 'silent'}`,
            echo,
            conversations: CONVERSATIONS,
          },
          driver: { perSecond: 40 },
          hurt: (stage, driver) => killAtPoints(stage, driver, { points, rounds, chance }),
        }),
      );
    }
    return together(...results);
  },
};

async function killAtPoints(
  stage: Stage,
  driver: Driver,
  { points, rounds, chance }: { points: readonly Point[]; rounds: number; chance: Seeded },
): Promise<number> {
  const [bridge] = stage.bridges;
  await bridge.terminate();
  let kills = 0;
  for (let round = 0; round < rounds && !stage.context.isLate(); round += 1) {
    for (const point of points) {
      await killAt(stage, driver, point, chance.below(4));
      kills += 1;
    }
    stage.context.say(`${kills} kills, ${driver.taken()} acknowledged`);
  }
  await bridge.start();
  return kills;
}

async function killAt(stage: Stage, driver: Driver, point: Point, skip: number): Promise<void> {
  const [bridge] = stage.bridges;
  await reachPoint(stage, point, skip, { deed: 'kill' });
  const { signal } = await bridge.ended();
  driver.fault(point.name);
  if (signal !== 'SIGKILL' || !bridge.output().includes(`reached ${point.name}`))
    throw new Error(`it ended by itself, not ${point.name}: ${bridge.output().slice(-2_000)}`);
}
