import { createBridgeClient } from '../../src/client/index.js';
import type { Fault } from '../../src/sandbox/index.js';
import { waitFor } from '../support/wait-for.js';
import type { CampaignContext } from './campaign.js';
import type { Tampering } from './stage/bridge-process.js';
import type { Stage } from './stage/stage.js';

export interface Point {
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

/** The moments that matter in a message's way, as hooks/wrappers.mjs knows them. */
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
  { name: 'amid settling as retry', far: later },
  { name: 'after settling as retry', far: later },
  { name: 'before settling as dead', far: never },
  { name: 'amid settling as dead', far: never },
  { name: 'after settling as dead', far: never },
  { name: 'before settling as uncertain', far: unclear },
  { name: 'after settling as uncertain', far: unclear },
  { name: 'before the redrive', far: never, meanwhile: redrive },
  { name: 'amid the redrive', far: never, meanwhile: redrive },
  { name: 'after the redrive', far: never, meanwhile: redrive },
];

/** The long run takes all of them; of the short one each database takes half, and both together take all. */
export function pointsOf({ cycles, database, postgresUrl, seed }: CampaignContext): readonly Point[] {
  if (cycles !== undefined || postgresUrl === null) return POINTS;
  const own = (Math.floor(seed) + (database === 'server' ? 0 : 1)) % 2;
  return POINTS.filter((_point, n) => n % 2 === own);
}

/** Reaching a point takes a moment under load; on a loud machine it may take long. */
const REACH_SECONDS = 90;

/**
 * Starts the stage's first bridge, which has ended, to do something at a point once it has passed it `skip`
 * times, and waits until it is over: by itself once the process has ended, else when `isDone` says so.
 */
export async function reachPoint(
  stage: Stage,
  point: Point,
  skip: number,
  how: { deed: string; mark?: string; isDone?: () => boolean },
): Promise<void> {
  const [bridge] = stage.bridges;
  const { deed, mark = '', isDone = () => !bridge.isAlive } = how;
  if (point.far !== undefined) await stage.farSide.plant(point.far);
  // What has happened to a message before is nothing that it passes often: these points are passed at once.
  const passes = point.far === undefined || point.far === slow ? skip : 0;
  const tampering: Tampering = { point: point.name, skip: String(passes), deed, mark };
  await bridge.start({ tampering, waitUntilReady: false });
  let isOver = false;
  const meanwhile = point.meanwhile?.(stage, () => isOver).catch(() => undefined);
  try {
    await waitFor(`it to ${deed} ${point.name}`, isDone, REACH_SECONDS);
  } finally {
    isOver = true;
    await meanwhile;
    await stage.farSide.clearFaults();
  }
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
