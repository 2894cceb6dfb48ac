import { createBridgeClient } from '../../../src/client/index.js';
import { waitFor } from '../../support/wait-for.js';
import type { BrokenPromise, Campaign, CampaignContext } from '../campaign.js';
import type { Driver } from '../driver.js';
import { rounded } from '../lab/figures.js';
import { type MemoryGroup, openMemoryGroup } from '../lab/memory-group.js';
import { skipped } from '../lab/verdict.js';
import { createSeeded } from '../seeded.js';
import type { Stage } from '../stage/stage.js';
import { underLoad } from '../under-load.js';

const SHORT_CYCLES = 3;
const MOST_TAKEN = 40;
const END_SECONDS = 30;
/** What the largest inputs must get along with; the container of docs/operations.md has no less. */
const ENOUGH_MEGABYTES = 768;
/** Together nearly the 256 kB that a webhook may have; each less than the 64 kB of a text. */
const FILLINGS = 5;
const FILLING_BYTES = 52_000;
const LARGEST_FILE_BYTES = 25 * 1_048_576;
const WEBHOOKS = 400;
const WEBHOOKS_AT_ONCE = 32;
const FILES = 24;
const FILES_AT_ONCE = 8;

/**
 * The kernel ends the process because there is no memory left, in the middle of its own asking for some; it is started
 * again at once. And the largest inputs, many at once, are no reason for that in a container of usual size.
 */
export const campaign: Campaign = {
  name: 'out-of-memory',
  ids: ['F07'],
  databases: ['server'],
  async run(context) {
    const group = openMemoryGroup(`desk-bridge-faults-${process.pid}`);
    if (typeof group === 'string') return skipped(group);
    try {
      return await inGroup(context, group);
    } finally {
      await group.remove();
    }
  },
};

async function inGroup(context: CampaignContext, group: MemoryGroup) {
  const chance = createSeeded(context.seed).branch('out of memory');
  const broken: BrokenPromise[] = [];
  let most = 0;
  const result = await underLoad(context, {
    stage: { name: 'out-of-memory', conversations: 40 },
    driver: { perSecond: 40 },
    start: { group: group.directory },
    async hurt(stage, driver) {
      const cycles = context.cycles ?? SHORT_CYCLES;
      let cycle = 0;
      for (; cycle < cycles && !context.isLate(); cycle += 1) {
        await untilTaken(driver, 1 + chance.below(MOST_TAKEN));
        driver.fault(`out of memory ${cycle + 1}`);
        await squeezeToDeath(stage, group, broken);
        await stage.bridges[0].start({ group: group.directory });
        driver.screens.reconnect();
      }
      await untilTaken(driver, MOST_TAKEN);
      return cycle;
    },
    // After the load: what is counted then are the largest inputs alone.
    async mend(stage) {
      group.forgetMost();
      group.limit(ENOUGH_MEGABYTES);
      await sendLargest(stage, broken);
      most = group.mostMegabytes();
      group.limit(undefined);
      if (!stage.bridges[0].isAlive)
        broken.push({
          class: 'promise',
          about: `the largest inputs within ${ENOUGH_MEGABYTES} MB`,
          detail: 'the process has ended',
        });
    },
  });
  return {
    ...result,
    violations: [...result.violations, ...broken],
    figures: { ...result.figures, 'MB at most with the largest inputs': rounded(most) },
  };
}

async function squeezeToDeath(stage: Stage, group: MemoryGroup, broken: BrokenPromise[]): Promise<void> {
  const [bridge] = stage.bridges;
  await waitFor(
    'the kernel to end it',
    () => {
      if (!bridge.isAlive) return true;
      group.squeeze();
      return false;
    },
    END_SECONDS,
  );
  const { code, signal } = await bridge.ended();
  group.limit(undefined);
  if (signal !== 'SIGKILL')
    broken.push({
      class: 'promise',
      about: 'the fault has happened',
      detail: `it ended with ${signal ?? code}, not by the kernel`,
    });
}

async function untilTaken(driver: Driver, more: number): Promise<void> {
  const enough = driver.taken() + more;
  await waitFor('so much to be taken', () => driver.taken() >= enough, 30).catch(() => undefined);
}

/** Webhooks of a shape that is kept for the operator, and files for a message that is never sent. */
async function sendLargest(stage: Stage, broken: BrokenPromise[]): Promise<void> {
  const webhook = (n: number): string =>
    JSON.stringify({
      token: stage.webhookToken,
      type: `largest-${n}`,
      filling: Array.from({ length: FILLINGS }, () => 'x'.repeat(FILLING_BYTES)),
    });
  const answers = new Map<number, number>();
  await inTurns(WEBHOOKS, WEBHOOKS_AT_ONCE, async (n) => {
    const answer = await fetch(stage.url + stage.webhookPath, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: webhook(n),
      signal: AbortSignal.timeout(30_000),
    });
    await answer.arrayBuffer();
    answers.set(answer.status, (answers.get(answer.status) ?? 0) + 1);
  });
  const program = createBridgeClient({ baseUrl: stage.url, token: stage.apiKey, timeoutSeconds: 60 });
  let files = 0;
  try {
    await inTurns(FILES, FILES_AT_ONCE, async (n) => {
      const bytes = new Uint8Array(LARGEST_FILE_BYTES).fill(n);
      await program.files.upload({ name: `largest-${n}.bin`, bytes });
      files += 1;
    });
  } finally {
    program.stop();
  }
  if (answers.get(200) === undefined || files !== FILES)
    broken.push({
      class: 'promise',
      about: 'the largest inputs are taken',
      detail: `webhooks ${JSON.stringify([...answers])}, ${files} of ${FILES} files`,
    });
}

async function inTurns(count: number, atOnce: number, each: (n: number) => Promise<void>): Promise<void> {
  let next = 0;
  const one = async (): Promise<void> => {
    while (next < count) await each(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, one));
}
