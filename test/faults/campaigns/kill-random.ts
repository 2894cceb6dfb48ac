import { waitFor } from '../../support/wait-for.js';
import type { Campaign, CampaignContext } from '../campaign.js';
import type { Driver } from '../driver.js';
import { ALONE, untilArrived } from '../recoveries.js';
import { createSeeded } from '../seeded.js';
import type { Stage } from '../stage/stage.js';
import { type Pause, underLoad } from '../under-load.js';

const SHORT_CYCLES = 4;
/** Messages taken between two kills; half of it on average. */
const MOST_TAKEN = 100;
/** So often the next kill waits until what was owed at this one has arrived: what is measured then is one kill. */
const ALONE_EVERY = 10;
const ALONE_SECONDS = 30;
/** So often everything comes to rest, is judged up to there, and kept. */
const PIECE = 100;
const SAID_EVERY = 25;

/** kill -9 at a random moment under load, and started again at once. */
export const campaign: Campaign = {
  name: 'kill-random',
  ids: ['F01'],
  databases: ['embedded', 'server'],
  async run(context) {
    const cycles = context.cycles ?? SHORT_CYCLES;
    const inDoubt = new Map<string, ReadonlySet<string>>();
    return underLoad(context, {
      stage: { name: `kill-random-${context.database}`, conversations: 200 },
      inDoubt,
      hurt: (stage, driver, pause) => killAgainAndAgain({ context, stage, driver, pause, inDoubt }, cycles),
    });
  },
};

interface Scene {
  context: CampaignContext;
  stage: Stage;
  driver: Driver;
  pause: Pause;
  /** By the name of the fault: lanes whose head was in doubt then. */
  inDoubt: Map<string, ReadonlySet<string>>;
}

/** @returns kills */
export async function killAgainAndAgain(scene: Scene, cycles: number): Promise<number> {
  const { context, stage, driver, pause } = scene;
  const chance = createSeeded(context.seed).branch('kill-random');
  const from = performance.now();
  let kills = 0;
  while (kills < cycles && !context.isLate()) {
    await untilTaken(driver, chance.below(MOST_TAKEN), chance.between(0, 100));
    kills += 1;
    const isAlone = kills % ALONE_EVERY === 0;
    await killOnce(scene, `kill ${kills}${isAlone ? ALONE : ''}`);
    if (isAlone) await untilArrived(stage, driver, ALONE_SECONDS);
    if (kills % SAID_EVERY === 0) {
      const seconds = Math.round((performance.now() - from) / 1_000);
      context.say(`${kills} kills in ${seconds} s, ${driver.taken()} acknowledged`);
    }
    if (kills % PIECE !== 0 || kills === cycles) continue;
    const { violations, figures } = await pause(kills);
    context.say(
      `${kills} kills judged: ${violations.length} violations, at rest after ${figures?.drainSeconds ?? '?'} s`,
    );
  }
  await untilTaken(driver, MOST_TAKEN, 0);
  return kills;
}

async function killOnce({ stage, driver, inDoubt }: Scene, name: string): Promise<void> {
  const [bridge] = stage.bridges;
  driver.fault(name);
  await bridge.kill();
  inDoubt.set(name, await lanesInDoubt(stage));
  await bridge.start();
  driver.screens.reconnect();
}

/** A random moment, by what has been taken since the last: a slow machine is not killed before it has done anything. */
async function untilTaken(driver: Driver, more: number, milliseconds: number): Promise<void> {
  const enough = driver.taken() + more;
  await waitFor('so much to be taken', () => driver.taken() >= enough, 30).catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** What was being sent when the process died; only a server can be asked while the bridge is away. */
async function lanesInDoubt(stage: Stage): Promise<ReadonlySet<string>> {
  if (stage.database.kind === 'embedded') return new Set();
  const rows = await stage.database.ask<{ external_conversation_id: string }>(
    `SELECT c.external_conversation_id FROM deliveries d
     JOIN conversations c ON c.workspace_id = d.workspace_id AND c.id = d.conversation_id
     WHERE d.state IN ('sending', 'uncertain')`,
  );
  return new Set(rows.map((row) => `out ${row.external_conversation_id}`));
}
