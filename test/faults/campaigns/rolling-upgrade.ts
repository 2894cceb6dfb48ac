import type { BrokenPromise, Campaign, CampaignContext, CampaignResult } from '../campaign.js';
import type { Driver } from '../driver.js';
import { createSeeded, type Seeded } from '../seeded.js';
import type { BridgeProcess } from '../stage/bridge-process.js';
import { buildEarlierVersion, type EarlierVersion } from '../stage/earlier-version.js';
import type { Stage } from '../stage/stage.js';
import { untilAcross } from '../tickets.js';
import { together } from '../together.js';
import { underLoad } from '../under-load.js';
import { skipped } from '../lab/verdict.js';

const ACROSS_SECONDS = 120;
const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * A deployment of this version over the one before it, under load: one process after the other, so that for a while both
 * versions work side by side on the migrated database; back again to the one before, and forward once more. On the
 * embedded database, which has one process, one after the other. With `--cycles N` over each of the N versions before
 * the last changes of the migrations.
 */
export const campaign: Campaign = {
  name: 'rolling-upgrade',
  ids: ['F67'],
  databases: ['embedded', 'server'],
  async run(context) {
    const results: CampaignResult[] = [];
    for (let back = 0; back < (context.cycles ?? 1) && !context.isLate(); back += 1) {
      const earlier = await buildEarlierVersion(`${context.directory}/${context.database}`, back);
      if (typeof earlier === 'string') {
        if (results.length === 0) return skipped(earlier);
        break;
      }
      context.say(`${earlier.commit} lacks ${earlier.newer.length} migrations`);
      results.push(await upgrade(context, earlier));
    }
    return together(...results);
  },
};

async function upgrade(context: CampaignContext, { commit, tree }: EarlierVersion): Promise<CampaignResult> {
  const chance = createSeeded(context.seed).branch(`upgrade ${commit}`);
  const broken: BrokenPromise[] = [];
  const result = await underLoad(context, {
    stage: {
      name: `upgrade-${context.database}-${commit}`,
      desk: 'zendesk',
      processes: context.database === 'server' ? 2 : 1,
      conversations: 20,
      tree,
    },
    driver: { perSecond: 20 },
    start: { tree },
    async hurt(stage, driver) {
      const move = (to: string | undefined, name: string): Promise<BrokenPromise[]> =>
        moveAll(stage, driver, chance, to, name);
      await sleep(1_000);
      broken.push(...(await move(undefined, 'up')));
      broken.push(...(await move(tree, 'down')));
      broken.push(...(await move(undefined, 'up again')));
      return 3;
    },
    mend: (stage, driver) => untilAcross(stage, driver, ACROSS_SECONDS),
  });
  return { ...result, violations: [...result.violations, ...broken] };
}

/** One process after the other, with a while in between in which they are not of one version. */
async function moveAll(
  stage: Stage,
  driver: Driver,
  chance: Seeded,
  tree: string | undefined,
  name: string,
): Promise<BrokenPromise[]> {
  const broken: BrokenPromise[] = [];
  for (const [index, bridge] of stage.bridges.entries()) {
    driver.fault(`${name} ${index + 1}`);
    broken.push(...(await moveOne(bridge, tree, `${name}, process ${index + 1}`)));
    await sleep(chance.between(1_500, 3_000));
  }
  return broken;
}

async function moveOne(
  bridge: BridgeProcess,
  tree: string | undefined,
  about: string,
): Promise<BrokenPromise[]> {
  const code = await bridge.terminate();
  await bridge.start(tree === undefined ? {} : { tree });
  return code === 0 ? [] : [{ class: 'promise', about, detail: `it ended with ${code}, not 0` }];
}
