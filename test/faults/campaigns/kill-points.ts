import { createBridgeClient } from '../../../src/client/index.js';
import type { Fault } from '../../../src/sandbox/index.js';
import { waitFor } from '../../support/wait-for.js';
import type { Campaign } from '../campaign.js';
import type { Driver } from '../driver.js';
import { createSeeded, type Seeded } from '../seeded.js';
import type { Stage } from '../stage/stage.js';
import { together } from '../together.js';
import { underLoad } from '../under-load.js';

interface Point {
  /** As hooks/wrappers.mjs knows it. */
  name: string;
  /** What the far side does meanwhile, so that the point is reached. */
  far?: Fault;
  /** What somebody does meanwhile. */
  meanwhile?: (stage: Stage, isOver: () => boolean) => Promise<void>;
}

const toReply = { operation: 'send-message' };
const later: Fault = { do: 'answer', status: 503, ...toReply, times: 3 };
const never: Fault = { do: 'answer', code: 'MESSAGE_NOT_SENT', ...toReply, times: 3 };
const unclear: Fault = { do: 'accept-then-500', ...toReply, times: 2 };
const slow: Fault = { do: 'delay', ms: 3_000, after: true, ...toReply };

const POINTS: readonly Point[] = [
  { name: 'before the commit of the intake' },
  { name: 'amid the commit of the intake' },
  { name: 'after the commit of the intake' },
  { name: 'before the commit of the projection' },
  { name: 'amid the commit of the projection' },
  { name: 'after the commit of the projection' },
  { name: 'amid the lease' },
  { name: 'after the lease' },
  { name: 'with the request sent and the answer unread', far: slow },
  { name: 'before settling as delivered' },
  { name: 'amid settling as delivered' },
  { name: 'after settling as delivered' },
  { name: 'before settling as retry', far: later },
  { name: 'after settling as retry', far: later },
  { name: 'before settling as dead', far: never },
  { name: 'after settling as dead', far: never },
  { name: 'before settling as uncertain', far: unclear },
  { name: 'after settling as uncertain', far: unclear },
  { name: 'before the redrive', far: never, meanwhile: redrive },
  { name: 'amid the redrive', far: never, meanwhile: redrive },
  { name: 'after the redrive', far: never, meanwhile: redrive },
];

/** Reaching a point takes a moment under load; on a loud machine it may take long. */
const REACH_SECONDS = 90;
const CONVERSATIONS = 30;

/** kill -9 exactly at the moments that matter, each several times, with the far side telling its echoes or silent. */
export const campaign: Campaign = {
  name: 'kill-points',
  ids: ['F02', 'F45'],
  databases: ['embedded', 'server'],
  async run(context) {
    const chance = createSeeded(context.seed).branch('kill-points');
    const rounds = context.cycles === undefined ? 1 : Math.max(1, Math.round(context.cycles / POINTS.length));
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
          hurt: (stage, driver) => killAtPoints(stage, driver, rounds, chance),
        }),
      );
    }
    return together(...results);
  },
};

async function killAtPoints(stage: Stage, driver: Driver, rounds: number, chance: Seeded): Promise<number> {
  const [bridge] = stage.bridges;
  await bridge.terminate();
  let kills = 0;
  for (let round = 0; round < rounds && !stage.context.isLate(); round += 1) {
    for (const point of POINTS) {
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
  if (point.far !== undefined) await stage.farSide.plant(point.far);
  // What has happened to a message before is nothing that it passes often: these points are passed at once.
  const passes = point.far === undefined || point.far === slow ? skip : 0;
  await bridge.start({ tampering: { point: point.name, skip: String(passes) }, waitUntilReady: false });
  let isOver = false;
  const meanwhile = point.meanwhile?.(stage, () => isOver).catch(() => undefined);
  try {
    await waitFor(`it to die ${point.name}`, () => !bridge.isAlive, REACH_SECONDS);
  } finally {
    isOver = true;
    await meanwhile;
    await stage.farSide.clearFaults();
  }
  const { signal } = await bridge.ended();
  driver.fault(point.name);
  if (signal !== 'SIGKILL' || !bridge.output().includes(`killed ${point.name}`))
    throw new Error(`it ended by itself, not ${point.name}: ${bridge.output().slice(-2_000)}`);
}

/** An operator brings back what was given up, as soon as there is something. */
async function redrive(stage: Stage, isOver: () => boolean): Promise<void> {
  const program = createBridgeClient({ baseUrl: stage.url, token: stage.apiKey });
  try {
    while (!isOver()) {
      const dead = await program.deliveries.list({ state: 'dead', limit: 5 }).then(
        ({ data }) => data,
        () => [],
      );
      for (const { id } of dead) await program.deliveries.redrive(id).catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  } finally {
    program.stop();
  }
}
