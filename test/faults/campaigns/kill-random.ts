import { waitFor } from '../../support/wait-for.js';
import type { Campaign } from '../campaign.js';
import type { Driver } from '../driver.js';
import { createSeeded } from '../seeded.js';
import type { Stage } from '../stage/stage.js';
import { underLoad } from '../under-load.js';

const SHORT_CYCLES = 6;
/** Messages taken between two kills; half of it on average. */
const MOST_TAKEN = 100;

/** kill -9 at a random moment under load, and started again at once. */
export const campaign: Campaign = {
  name: 'kill-random',
  ids: ['F01'],
  databases: ['embedded', 'server'],
  async run(context) {
    const chance = createSeeded(context.seed).branch('kill-random');
    const cycles = context.cycles ?? SHORT_CYCLES;
    const inDoubt = new Map<string, ReadonlySet<string>>();
    return underLoad(context, {
      stage: { name: `kill-random-${context.database}`, conversations: 200 },
      inDoubt,
      async hurt(stage, driver) {
        const [bridge] = stage.bridges;
        let kills = 0;
        for (let cycle = 1; cycle <= cycles && !context.isLate(); cycle += 1) {
          await untilTaken(driver, chance.below(MOST_TAKEN), chance.between(0, 100));
          driver.fault(`kill ${cycle}`);
          await bridge.kill();
          inDoubt.set(`kill ${cycle}`, await lanesInDoubt(stage));
          await bridge.start();
          driver.screens.reconnect();
          kills += 1;
          if (cycle % 25 === 0) context.say(`${cycle} kills, ${driver.taken()} acknowledged`);
        }
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        return kills;
      },
    });
  },
};

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
