import { waitFor } from '../../support/wait-for.js';
import type { Campaign, CampaignContext, CampaignResult, DatabaseKind } from '../campaign.js';
import type { Driver } from '../driver.js';
import { createSeeded, type Seeded } from '../seeded.js';
import type { DeskKind, StageDesk } from '../stage/desk.js';
import type { Stage } from '../stage/stage.js';
import { untilAcross } from '../tickets.js';
import { together } from '../together.js';
import { type Pause, underLoad } from '../under-load.js';

/** Of each kind of desk on each database, which begin with different troubles. */
const SHORT_CYCLES = 4;
const MOST_TAKEN = 30;
const PIECE = 50;
/** In a short run each database has two of the four. */
const KINDS: Record<DatabaseKind, { short: readonly DeskKind[]; long: readonly DeskKind[] }> = {
  embedded: { short: ['webhook', 'zendesk'], long: ['webhook', 'chatwoot', 'freshdesk', 'zendesk'] },
  server: { short: ['chatwoot', 'freshdesk'], long: ['webhook', 'chatwoot', 'freshdesk', 'zendesk'] },
};
/** Longer than an account at rest is left alone by the bridge. */
const ACROSS_SECONDS = 180;

/** What the desk does for a while. An order that meets it waits for its second attempt, or its third. */
const TROUBLES: Record<
  string,
  { begin(desk: StageDesk): Promise<void>; end(desk: StageDesk): Promise<void> }
> = {
  well: { begin: async () => undefined, end: async () => undefined },
  down: planted({ on: 'any', do: 'refuse', times: 1_000 }),
  busy: planted({
    on: 'any',
    do: 'answer',
    status: 429,
    headers: { 'retry-after': '1' },
    body: {},
    times: 4,
  }),
  failing: planted({ on: 'write', do: 'answer', status: 500, body: {}, times: 3 }),
  'done and 500': planted({ on: 'write', do: 'accept-then-500', times: 3 }),
  'done and dropped': planted({ on: 'write', do: 'accept-then-drop', times: 3 }),
  slow: planted({ on: 'any', do: 'slow', ms: 1_500, times: 6 }),
  silent: { begin: async (desk) => desk.pause(), end: async (desk) => desk.resume() },
  'telling twice': {
    begin: (desk) => desk.webhookHabits({ repeat: 2, hold: true }),
    end: (desk) => desk.webhookHabits({ repeat: 1, reorder: true }),
  },
};

function planted(fault: Parameters<StageDesk['plant']>[0]) {
  return {
    begin: (desk: StageDesk) => desk.plant(fault),
    end: (desk: StageDesk) => desk.clearFaults(),
  };
}

/**
 * A helpdesk on the far side, one that knows repeats by their keys and three that can be asked: contacts' words stand
 * in their ticket in order, once; what agents answer there reaches the contact in order, once. The bridge is killed
 * while the desk is in one trouble after another.
 */
export const campaign: Campaign = {
  name: 'desk',
  ids: ['F01', 'F40', 'F43', 'F45', 'F52'],
  databases: ['embedded', 'server'],
  async run(context) {
    const results: CampaignResult[] = [];
    const kinds = KINDS[context.database][context.cycles === undefined ? 'short' : 'long'];
    for (const kind of kinds) results.push(await hurtBoth(context, kind));
    return together(...results);
  },
};

function hurtBoth(context: CampaignContext, kind: DeskKind): Promise<CampaignResult> {
  return underLoad(context, {
    stage: { name: `desk-${kind}-${context.database}`, desk: kind, conversations: 12 },
    driver: { perSecond: 15, atOnce: 24 },
    hurt: (stage, driver, pause) => killAmidTroubles(context, stage, driver, pause),
    mend: (stage, driver) => untilAcross(stage, driver, ACROSS_SECONDS),
  });
}

async function killAmidTroubles(
  context: CampaignContext,
  stage: Stage,
  driver: Driver,
  pause: Pause,
): Promise<number> {
  const { desk } = stage;
  if (desk === undefined) throw new Error('there is no desk');
  const [bridge] = stage.bridges;
  const chance = createSeeded(context.seed).branch(`desk ${desk.kind} ${context.database}`);
  const cycles = context.cycles ?? SHORT_CYCLES;
  const order = troublesOf(chance, cycles);
  let done = 0;
  for (const name of order) {
    if (context.isLate()) break;
    const trouble = TROUBLES[name];
    await trouble?.begin(desk);
    await untilTaken(driver, chance.below(MOST_TAKEN));
    driver.fault(`kill, desk ${name}`);
    await bridge.kill();
    await bridge.start();
    driver.screens.reconnect();
    await untilTaken(driver, chance.below(MOST_TAKEN));
    await trouble?.end(desk);
    done += 1;
    if (done % PIECE === 0 && done < cycles) {
      const { violations } = await pause(done);
      context.say(`${desk.kind}: ${done} kills judged, ${violations.length} violations`);
    }
  }
  return done;
}

/** Each once in every round, so that a short run has met most of them. */
function troublesOf(chance: Seeded, cycles: number): string[] {
  const order: string[] = [];
  while (order.length < cycles) {
    const left = Object.keys(TROUBLES);
    while (left.length > 0) order.push(...left.splice(chance.below(left.length), 1));
  }
  return order.slice(0, cycles);
}

async function untilTaken(driver: Driver, more: number): Promise<void> {
  const enough = driver.taken() + more;
  await waitFor('so much to be taken', () => driver.taken() >= enough, 20).catch(() => undefined);
}
