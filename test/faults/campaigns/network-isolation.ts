import type { BrokenPromise, Campaign } from '../campaign.js';
import { createDice, pause, percentile, rounded } from '../lab/figures.js';
import { whyNoPostgres } from '../lab/postgres-lab.js';
import { openServerHouse } from '../lab/server-house.js';
import { tallyLanes } from '../lab/tally.js';
import { openLanes, startTraffic, type TrafficLane } from '../lab/traffic.js';
import { skipped, spreadOf, verdictOn } from '../lab/verdict.js';
import type { Tenancy } from '../../support/tenancy.js';

const SHORT = { lanes: 20, rounds: 1, milliseconds: 4_000 };
const LONG_LANES = 100;
const STUCK_MILLISECONDS = 6_000;
/** In the other workspace, whose WotNot is down. */
const DOWN_LANES = 5;
const EVERY_MILLISECONDS = 150;
const PROMISED_RATIO = 1.25;

/**
 * One conversation's sendings hang, and another workspace's WotNot is down: everybody else's answers take as
 * long as without that. Sick and well alternate in one run, so that the machine's mood weighs on both alike.
 */
export const campaign: Campaign = {
  name: 'network-isolation',
  ids: ['F46', 'F47'],
  databases: ['server'],
  async run({ cycles, seed, say, isLate }) {
    const missing = whyNoPostgres();
    if (missing !== undefined) return skipped(missing);
    const rounds = cycles ?? SHORT.rounds;
    const dice = createDice(seed);
    const server = await openServerHouse({
      house: { workspaces: 2, env: { UNCERTAIN_GRACE_SECONDS: '20' } },
    });
    const { house } = server;
    const [neighbour] = house.others;
    try {
      if (neighbour === undefined) throw new Error('the second workspace is not there');
      const lanes = await openLanes(house, cycles === undefined ? SHORT.lanes : LONG_LANES);
      const downLanes = await openLanes(neighbour, DOWN_LANES);
      const [stuck, ...others] = lanes;
      if (stuck === undefined) throw new Error('no lanes');
      const screen = await house.openScreen();
      const times = { well: [] as number[], sick: [] as number[] };
      for (let round = 0; round < rounds && !isLate(); round += 1) {
        for (const mood of ['well', 'sick'] as const) {
          const from = screen.facts.length;
          if (mood === 'sick') await makeSick(house, stuck, neighbour);
          const sickTraffic =
            mood === 'sick'
              ? [
                  startTraffic(house, [stuck], { everyMilliseconds: EVERY_MILLISECONDS, inbound: false }),
                  startTraffic(neighbour, downLanes, {
                    everyMilliseconds: EVERY_MILLISECONDS,
                    inbound: false,
                  }),
                ]
              : [];
          const traffic = startTraffic(house, others, {
            everyMilliseconds: EVERY_MILLISECONDS + Math.floor(dice() * 20),
            inbound: false,
          });
          await pause(SHORT.milliseconds);
          await traffic.stop();
          for (const one of sickTraffic) await one.stop();
          await untilSent(house, others);
          times[mood].push(...sendingTimes(screen.facts.slice(from), new Set(others.map(idOf))));
          if (mood === 'sick') await makeWell(house, neighbour);
        }
      }
      await house.settle(120);
      const tally = await tallyLanes(house, others);
      const broken: Omit<BrokenPromise, 'class'>[] = [];
      if (tally.flagged + tally.asked > 0)
        broken.push({ about: 'the others are not touched', detail: tally.examples.join('; ') });
      const ratio = percentile(times.sick, 0.99) / Math.max(1, percentile(times.well, 0.99));
      say(`network-isolation: p99 of the others ${rounded(ratio, 2)} times, ${PROMISED_RATIO} promised`);
      return verdictOn({
        trials: times.sick.length,
        tally,
        broken,
        figures: {
          conversations: lanes.length,
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

/** From a message's being queued to its being sent, as the conversation's facts have it. */
function sendingTimes(
  facts: readonly { type: string; conversationId: string | null; occurredAt: string; data: object }[],
  ours: ReadonlySet<string>,
): number[] {
  const queued = new Map<string, number>();
  const times: number[] = [];
  for (const { type, conversationId, occurredAt, data } of facts) {
    if (!ours.has(conversationId ?? '') || !('message' in data)) continue;
    const { id } = data.message as { id: string };
    if (type === 'message.queued') queued.set(id, Date.parse(occurredAt));
    const since = queued.get(id);
    if (type === 'message.sent' && since !== undefined) times.push(Date.parse(occurredAt) - since);
  }
  return times;
}
