import type { BrokenPromise, Campaign, CampaignContext, CampaignResult } from '../campaign.js';
import { pause, rounded } from '../lab/figures.js';
import { type LabHouse, openLabHouse } from '../lab/lab-house.js';
import { openPostgresLab, whyNoPostgres } from '../lab/postgres-lab.js';
import { createSmallDisk, type SmallDisk, whyNoSmallDisk } from '../lab/small-disk.js';
import { tallyLanes } from '../lab/tally.js';
import { type Answer, openLanes, startTraffic, type Traffic } from '../lab/traffic.js';
import { skipped, spreadOf, verdictOn } from '../lab/verdict.js';

const LANES = 6;
const SHORT_CYCLES = 2;
const MEGABYTES = { server: 160, embedded: 260 };
/** How long nothing more must be acknowledged before the disk counts as full for good. */
const FULL_SECONDS = 3;
const MOST_SECONDS = 60;

interface Stage {
  disk: SmallDisk;
  house: LabHouse;
  /** What was reserved before is used up sooner, so that more room is asked for. */
  hasten(): Promise<void>;
  /** Brings back what a full disk has ended and whoever runs it would start again. @returns what it was */
  revive(): Promise<string | undefined>;
  close(): Promise<void>;
}

/** The disk of the database fills up under load: 503 and never 200, and it goes on when there is room again. */
export const campaign: Campaign = {
  name: 'disk-full',
  ids: ['F08', 'F09'],
  databases: ['server', 'embedded'],
  async run(context) {
    const missing = whyNoSmallDisk() ?? (context.database === 'server' ? whyNoPostgres() : undefined);
    if (missing !== undefined) return skipped(missing);
    const stage = await (context.database === 'server' ? openOnServer() : openEmbedded());
    try {
      return await fillAndEmpty(stage, context);
    } finally {
      await stage.close();
    }
  },
};

async function fillAndEmpty(
  { disk, house, hasten, revive }: Stage,
  { cycles = SHORT_CYCLES, say, isLate }: CampaignContext,
): Promise<CampaignResult> {
  const lanes = await openLanes(house, LANES);
  const traffic = startTraffic(house, lanes, {});
  const recoveries: number[] = [];
  const ended: string[] = [];
  const broken: Omit<BrokenPromise, 'class'>[] = [];
  for (let cycle = 0; cycle < cycles && !isLate(); cycle += 1) {
    await pause(1_000);
    disk.fill();
    await untilNothingIsTaken(traffic, async () => {
      disk.fill();
      await hasten();
    });
    const told = traffic.webhookAnswers().slice(-1);
    if (told.some(({ status }) => status === 200))
      broken.push({ about: '503 while the disk is full', detail: JSON.stringify(told) });
    disk.empty();
    const from = performance.now();
    const what = await revive();
    if (what !== undefined) ended.push(what);
    recoveries.push(await firstGood(traffic, from));
    say(
      `disk-full: first 200 after ${recoveries.at(-1)} ms${what === undefined ? '' : `, ${what} started again`}`,
    );
  }
  await traffic.stop(120);
  await house.settle(120);
  const tally = await tallyLanes(house, lanes);
  const strange = [...traffic.webhookAnswers(), ...traffic.replyAnswers()].find(
    ({ status }) => ![0, 200, 202, 409, 503].includes(status),
  );
  if (strange !== undefined)
    broken.push({ about: '503, as it is the database', detail: JSON.stringify(strange) });
  if (recoveries.some((ms) => ms >= MOST_SECONDS * 1_000))
    broken.push({ about: 'it goes on when there is room', detail: 'not within a minute' });
  return verdictOn({
    trials: recoveries.length,
    tally,
    broken,
    recoveries,
    figures: {
      ...tally.acknowledged,
      'told to come again': traffic.webhookAnswers().filter(({ status }) => status === 503).length,
      'first 200 with room again': spreadOf(recoveries),
      'ended by it and started again': ended.length === 0 ? 'nothing' : ended.join(', '),
      'MB at the end': house.weigh().rssMegabytes,
    },
  });
}

async function openOnServer(): Promise<Stage> {
  const disk = createSmallDisk(MEGABYTES.server);
  const postgres = await openPostgresLab({
    parent: disk.directory,
    settings: { max_wal_size: '32MB', min_wal_size: '8MB', wal_recycle: 'off' },
  });
  await postgres.createDatabase('bridge');
  const house = await openLabHouse({ databaseUrl: postgres.url('bridge') });
  return {
    disk,
    house,
    // The log begins a new file, as it does by itself when one is full.
    hasten: () =>
      postgres.query('SELECT pg_switch_wal()').then(
        () => undefined,
        () => undefined,
      ),
    // A server that could not write its log has stopped; whoever runs it starts it when there is room.
    async revive() {
      if (
        await postgres.query('SELECT 1').then(
          () => true,
          () => false,
        )
      )
        return undefined;
      await postgres.kill();
      await postgres.start();
      return 'PostgreSQL';
    },
    async close() {
      await house.close();
      await postgres.drop();
      disk.drop();
    },
  };
}

async function openEmbedded(): Promise<Stage> {
  const disk = createSmallDisk(MEGABYTES.embedded);
  const house = await openLabHouse({ directory: disk.directory });
  return {
    disk,
    house,
    hasten: async () => undefined,
    // An embedded database that could not write its log ends the process, and whatever runs it starts it again.
    async revive() {
      if (house.isRunning()) return undefined;
      await house.start();
      return 'the bridge';
    },
    async close() {
      await house.close();
      disk.drop();
    },
  };
}

/** The disk is full when nothing has been taken for a while. */
async function untilNothingIsTaken(traffic: Traffic, insist: () => Promise<void>): Promise<void> {
  const from = performance.now();
  for (;;) {
    await pause(300);
    await insist();
    const last = Math.max(from, ...goodOnes(traffic).map(({ at, milliseconds }) => at + milliseconds));
    if (performance.now() - last > FULL_SECONDS * 1_000) return;
    if (performance.now() - from > MOST_SECONDS * 1_000) throw new Error('the disk did not fill up');
  }
}

async function firstGood(traffic: Traffic, from: number): Promise<number> {
  for (;;) {
    const ends = goodOnes(traffic).map(({ at, milliseconds }) => at + milliseconds);
    const after = ends.filter((end) => end > from);
    if (after.length > 0) return rounded(Math.min(...after) - from);
    if (performance.now() - from > MOST_SECONDS * 1_000) return MOST_SECONDS * 1_000;
    await pause(20);
  }
}

const goodOnes = (traffic: Traffic): Answer[] =>
  traffic.webhookAnswers().filter(({ status }) => status === 200);
