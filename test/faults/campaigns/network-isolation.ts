import type { Fact } from '../../../src/contract/facts.js';
import type { BrokenPromise, Campaign } from '../campaign.js';
import { createDice, pause, percentile, rounded } from '../lab/figures.js';
import { whyNoPostgres } from '../lab/postgres-lab.js';
import { openServerHouse } from '../lab/server-house.js';
import { tallyLanes } from '../lab/tally.js';
import { openLanes, startTraffic, type TrafficLane } from '../lab/traffic.js';
import { skipped, spreadOf, verdictOn } from '../lab/verdict.js';
import type { Tenancy } from '../../support/tenancy.js';

/** `--cycles` counts minutes for which one is sick: 30 are an outage as it happens. */
const SHORT = { lanes: 20, everyMilliseconds: 150, sickEveryMilliseconds: 150, sickMilliseconds: 4_000 };
const LONG = { lanes: 60, everyMilliseconds: 1_000, sickEveryMilliseconds: 2_000 };
/** What the screen was told is looked through as it comes: half an hour of it is not kept. */
const LOOK_MILLISECONDS = 2_000;
/** Until the screen has been told what was sent last. */
const SCREEN_MILLISECONDS = 500;
const SETTLE_SECONDS = 300;
const STUCK_MILLISECONDS = 6_000;
/** In the other workspace, whose WotNot is down. */
const DOWN_LANES = 5;
const PROMISED_RATIO = 1.25;

/**
 * One conversation's sendings hang, and another workspace's WotNot is down: everybody else's answers take as
 * long as without that. All is well for half as long before and after it, so that the machine's mood weighs on
 * both alike. What the sick ones owed arrives afterwards, in order.
 */
export const campaign: Campaign = {
  name: 'network-isolation',
  ids: ['F46', 'F47'],
  databases: ['server'],
  async run({ cycles, seed, say, isLate }) {
    const missing = whyNoPostgres();
    if (missing !== undefined) return skipped(missing);
    const isLong = cycles !== undefined;
    const { lanes: count, everyMilliseconds, sickEveryMilliseconds } = isLong ? LONG : SHORT;
    const sickMilliseconds = isLong ? cycles * 60_000 : SHORT.sickMilliseconds;
    const dice = createDice(seed);
    const server = await openServerHouse({
      house: { workspaces: 2, env: { UNCERTAIN_GRACE_SECONDS: '20' } },
    });
    const { house } = server;
    const [neighbour] = house.others;
    try {
      if (neighbour === undefined) throw new Error('the second workspace is not there');
      const lanes = await openLanes(house, count);
      const downLanes = await openLanes(neighbour, DOWN_LANES);
      const [stuck, ...others] = lanes;
      if (stuck === undefined) throw new Error('no lanes');
      const screen = await house.openScreen();
      const times = { well: [] as number[], sick: [] as number[] };
      const watch = createWatch(screen.facts, new Set(others.map(idOf)));
      for (const [mood, milliseconds] of [
        ['well', sickMilliseconds / 2],
        ['sick', sickMilliseconds],
        ['well', sickMilliseconds / 2],
      ] as const) {
        if (mood === 'sick') await makeSick(house, stuck, neighbour);
        const load = { everyMilliseconds: sickEveryMilliseconds, inbound: false };
        const sickTraffic =
          mood === 'sick'
            ? [startTraffic(house, [stuck], load), startTraffic(neighbour, downLanes, load)]
            : [];
        const traffic = startTraffic(house, others, {
          everyMilliseconds: everyMilliseconds + Math.floor(dice() * 20),
          inbound: false,
        });
        const from = performance.now();
        while (performance.now() - from < milliseconds && !isLate()) {
          await pause(Math.min(LOOK_MILLISECONDS, milliseconds));
          watch(times[mood]);
        }
        await traffic.stop();
        for (const one of sickTraffic) await one.stop();
        await untilSent(house, others);
        await pause(SCREEN_MILLISECONDS);
        watch(times[mood]);
        if (mood === 'sick') await makeWell(house, neighbour);
      }
      await house.settle(SETTLE_SECONDS);
      await neighbour.settle(SETTLE_SECONDS);
      const tally = await tallyLanes(house, others);
      const sickTally = [await tallyLanes(house, [stuck]), await tallyLanes(neighbour, downLanes)];
      const broken: Omit<BrokenPromise, 'class'>[] = [];
      if (tally.flagged + tally.asked > 0)
        broken.push({ about: 'the others are not touched', detail: tally.examples.join('; ') });
      const ratio = percentile(times.sick, 0.99) / Math.max(1, percentile(times.well, 0.99));
      for (const { violations } of sickTally)
        for (const { class: kind, about, detail } of violations)
          broken.push({ about: `of the sick: ${kind}, ${about}`, detail });
      // A few seconds say nothing of a hundredth of anything: they are told, and judged in a long run.
      if (isLong && ratio > PROMISED_RATIO)
        broken.push({
          about: 'p99 of the others',
          detail: `${rounded(ratio, 2)} times, ${PROMISED_RATIO} promised`,
        });
      say(`network-isolation: p99 of the others ${rounded(ratio, 2)} times, ${PROMISED_RATIO} promised`);
      return verdictOn({
        trials: 0,
        tally,
        broken,
        figures: {
          conversations: lanes.length,
          'seconds of it': rounded(sickMilliseconds / 1_000),
          'queued to sent, all well': spreadOf(times.well),
          'queued to sent, one stuck and a neighbour down': spreadOf(times.sick),
          'p99 sick to well': rounded(ratio, 2),
          'p50 sick to well': rounded(
            percentile(times.sick, 0.5) / Math.max(1, percentile(times.well, 0.5)),
            2,
          ),
        },
      });
    } finally {
      await server.close();
    }
  },
};

const idOf = ({ conversationId }: TrafficLane): string => conversationId;

async function makeSick(house: Tenancy, stuck: TrafficLane, neighbour: Tenancy): Promise<void> {
  const operation = 'send-message';
  await house.plant({
    operation,
    conversationId: stuck.visitor.id,
    do: 'delay',
    ms: STUCK_MILLISECONDS,
  });
  await neighbour.plant({ operation, do: 'answer', status: 503 });
}

async function makeWell(house: Tenancy, neighbour: Tenancy): Promise<void> {
  await house.clearFaults();
  await neighbour.clearFaults();
}

/** Nothing of theirs is on its way any more. */
async function untilSent(house: Tenancy, lanes: readonly TrafficLane[]): Promise<void> {
  const ours = new Set(lanes.map(idOf));
  const from = performance.now();
  for (;;) {
    const pending = (await house.deliveries('pending')).filter(({ conversationId }) =>
      ours.has(conversationId),
    );
    if (pending.length === 0) return;
    if (performance.now() - from > 60_000) throw new Error(`${pending.length} are not sent after a minute`);
    await pause(50);
  }
}

/**
 * From a message's being queued to its being sent, as the conversation's facts have it; what has been looked through is
 * taken away. @returns adds the milliseconds of what was sent since the last look
 */
function createWatch(facts: Fact[], ours: ReadonlySet<string>): (times: number[]) => void {
  const queued = new Map<string, number>();
  return (times) => {
    for (const { type, conversationId, occurredAt, data } of facts.splice(0)) {
      if (!ours.has(conversationId ?? '') || !('message' in data)) continue;
      const { id } = data.message;
      if (type === 'message.queued') queued.set(id, Date.parse(occurredAt));
      const since = queued.get(id);
      if (type !== 'message.sent' || since === undefined) continue;
      times.push(Date.parse(occurredAt) - since);
      queued.delete(id);
    }
  };
}
