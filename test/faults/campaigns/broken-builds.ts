import type { Campaign, CampaignContext, CampaignResult } from '../campaign.js';
import type { Violation } from '../checker.js';
import type { Driver } from '../driver.js';
import { createSeeded } from '../seeded.js';
import type { Stage } from '../stage/stage.js';
import { type LoadPlan, underLoad } from '../under-load.js';

/** A build that keeps a promise no more, and what the suite must say of it. */
interface BrokenBuild {
  name: string;
  expected: Violation['class'];
  processes: 1 | 2;
  hurt: LoadPlan['hurt'];
  driver?: LoadPlan['driver'];
}

const sleep = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

const BUILDS: readonly BrokenBuild[] = [
  {
    name: 'acknowledges before it commits',
    expected: 'lost',
    processes: 1,
    driver: { directions: ['in'], perSecond: 60 },
    hurt: killUnderLoad,
  },
  {
    name: 'locks the message, not the lane',
    expected: 'reorder',
    processes: 2,
    driver: { directions: ['out'], perSecond: 40 },
    hurt: holdSomeUp,
  },
  {
    name: 'no lease and no fence',
    expected: 'duplicateSend',
    processes: 2,
    driver: { directions: ['out'], perSecond: 40 },
    hurt: holdSomeUp,
  },
];

/** Few, so that several messages of one conversation are owed at the same time. */
const CONVERSATIONS = 6;

/** The suite's own test: builds broken on purpose, each of which it must find out. */
export const campaign: Campaign = {
  name: 'broken-builds',
  ids: ['self-test'],
  databases: ['embedded', 'server'],
  async run(context) {
    const mistakes: CampaignResult['violations'] = [];
    const figures: Record<string, string> = {};
    // An embedded database has one process, so that what goes wrong between two cannot be shown on it.
    const builds = BUILDS.filter(({ processes }) => processes === 1 || context.database === 'server');
    for (const build of builds) {
      const { violations } = await runBroken(context, build);
      const found = violations.filter((violation) => violation.class === build.expected).length;
      figures[build.name] = `${found} × ${build.expected}`;
      if (found === 0) {
        const detail = `the suite has not seen “${build.expected}”`;
        mistakes.push({ class: 'promise', about: `a build that ${build.name}`, detail });
      }
    }
    return { trials: builds.length, counts: {}, violations: mistakes, figures };
  },
};

function runBroken(context: CampaignContext, build: BrokenBuild): Promise<CampaignResult> {
  return underLoad(context, {
    stage: {
      name: `broken-${context.database}-${build.name.replaceAll(/\W+/gu, '-')}`,
      conversations: CONVERSATIONS,
      agents: 1,
      processes: build.processes,
    },
    ...(build.driver === undefined ? {} : { driver: build.driver }),
    start: { tampering: { broken: build.name } },
    hurt: build.hurt,
    // It is not expected to bring everything home.
    drainSeconds: 10,
  });
}

async function killUnderLoad(stage: Stage, driver: Driver): Promise<number> {
  const [bridge] = stage.bridges;
  const chance = createSeeded(stage.context.seed).branch('broken');
  for (let kill = 0; kill < 3; kill += 1) {
    const before = driver.taken();
    while (driver.taken() < before + 30) await sleep(20);
    await sleep(chance.between(0, 200));
    driver.fault('kill');
    await bridge.kill();
    await bridge.start({ tampering: { broken: 'acknowledges before it commits' } });
  }
  return 3;
}

/** WotNot takes its time over some messages, so that a second worker has the time to do wrong. */
async function holdSomeUp(stage: Stage, driver: Driver): Promise<number> {
  for (let n = 0; n < 25; n += 1)
    await stage.farSide.plant({ do: 'delay', ms: 1_500, operation: 'send-message', times: 1, skip: n * 7 });
  const before = driver.taken();
  const deadline = performance.now() + 60_000;
  while (driver.taken() < before + 150 && performance.now() < deadline) await sleep(50);
  driver.fault('held up');
  return 1;
}
