import { createBridgeClient } from '../../../src/client/index.js';
import type { BrokenPromise, Campaign } from '../campaign.js';
import { createSeeded } from '../seeded.js';
import type { BridgeProcess } from '../stage/bridge-process.js';
import type { Stage } from '../stage/stage.js';
import { underLoad } from '../under-load.js';

const SHORT_CYCLES = 4;
const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A deployment: one of two processes after the other is ended by SIGTERM under load and started again. */
export const campaign: Campaign = {
  name: 'rolling-restart',
  ids: ['F03'],
  databases: ['server'],
  async run(context) {
    const chance = createSeeded(context.seed).branch('rolling');
    const cycles = context.cycles ?? SHORT_CYCLES;
    const broken: BrokenPromise[] = [];
    const result = await underLoad(context, {
      stage: { name: 'rolling-restart', processes: 2, conversations: 20 },
      driver: { perSecond: 40 },
      async hurt(stage, driver) {
        let cycle = 0;
        for (; cycle < cycles && !context.isLate(); cycle += 1) {
          await sleep(chance.between(200, 1_000));
          driver.fault(`SIGTERM ${cycle + 1}`);
          broken.push(...(await restart(stage, cycle % 2)));
        }
        return cycle;
      },
    });
    return { ...result, violations: [...result.violations, ...broken] };
  },
};

async function restart(stage: Stage, index: number): Promise<BrokenPromise[]> {
  const leaving = stage.bridges[index];
  const staying = stage.bridges[1 - index];
  if (leaving === undefined || staying === undefined) throw new Error('this takes two processes');
  const broken: BrokenPromise[] = [];
  const about = `restart of process ${index + 1}`;
  let isOver = false;
  const watch = watchOther(stage, staying, () => isOver);
  const code = await leaving.terminate();
  if (code !== 0) broken.push({ class: 'promise', about, detail: `it ended with ${code}, not 0` });
  isOver = true;
  const refused = await watch;
  if (refused.length > 0) {
    const detail = `${refused.length} requests to the other were refused: ${refused[0] ?? ''}`;
    broken.push({ class: 'promise', about, detail });
  }
  await leaving.start();
  return broken;
}

/** Somebody who works on the process that stays must not notice. */
async function watchOther(stage: Stage, other: BridgeProcess, isOver: () => boolean): Promise<string[]> {
  const refused: string[] = [];
  const program = createBridgeClient({ baseUrl: other.url, token: stage.apiKey, timeoutSeconds: 30 });
  try {
    while (!isOver()) {
      await program.conversations.list({ limit: 5 }).catch((error: unknown) => refused.push(String(error)));
      await sleep(50);
    }
  } finally {
    program.stop();
  }
  return refused;
}
