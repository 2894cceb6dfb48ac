import type { BrokenPromise, Campaign } from '../campaign.js';
import { pause, rounded } from '../lab/figures.js';
import { whyNoPostgres } from '../lab/postgres-lab.js';
import { openServerHouse } from '../lab/server-house.js';
import { type Answer, openLanes, post, type TrafficLane, webhookBody } from '../lab/traffic.js';
import { skipped, spreadOf, verdictOn } from '../lab/verdict.js';
import type { Tenancy } from '../../support/tenancy.js';

const LANES = 20;
/** So thin that this machine can send ten times what goes through. */
const WIRE_BYTES_PER_SECOND = 60_000;
const MEASURE_MILLISECONDS = 3_000;
const SHORT_SECONDS = 5;
const LONG_SECONDS = 300;
const MOST_GROWTH_MEGABYTES = 250;
const NORMAL_SECONDS = 30;
/** So many answers of 200 in a row, one after the other, are normal again. */
const NORMAL_ANSWERS = 20;

interface Sent {
  text: string;
  lane: TrafficLane;
  answer: Answer;
}

/** Ten times what can be recorded: what is accepted is there, the rest is told when to come again, and memory is no queue. */
export const campaign: Campaign = {
  name: 'overload-tenfold',
  ids: ['F55'],
  databases: ['server'],
  async run({ cycles, say }) {
    const missing = whyNoPostgres();
    if (missing !== undefined) return skipped(missing);
    const seconds = cycles === undefined ? SHORT_SECONDS : LONG_SECONDS;
    const server = await openServerHouse();
    const { house, wire } = server;
    try {
      const lanes = await openLanes(house, LANES);
      wire.shape({ bytesPerSecond: WIRE_BYTES_PER_SECOND });
      const sent: Sent[] = [];
      const speak = createSpeaker(house, lanes, sent);
      const capacity = await measure(speak);
      const before = house.weigh();
      const most = await storm(speak, capacity * 10, seconds, () => house.weigh().rssMegabytes);
      const overloaded = sent.filter(({ answer }) => answer.at > 0);
      wire.restore();
      const normalAfter = await untilNormal(speak);
      say(`overload-tenfold: ${rounded(capacity)}/s go through, normal again after ${normalAfter} ms`);
      await house.settle(120);
      const { lost, doubled, phantom } = await compare(house, lanes, sent);
      const broken: Omit<BrokenPromise, 'class'>[] = [];
      const dishonest = sent.find(
        ({ answer: { status, retryAfter } }) =>
          status !== 200 && status !== 0 && ((status !== 503 && status !== 429) || retryAfter === undefined),
      );
      if (dishonest !== undefined)
        broken.push({ about: '429 or 503 with Retry-After', detail: JSON.stringify(dishonest.answer) });
      if (lost > 0) broken.push({ about: 'what is accepted is there', detail: `${lost} are not` });
      if (doubled > 0) broken.push({ about: 'once', detail: `${doubled} twice` });
      if (phantom > 0) broken.push({ about: 'nothing that nobody said', detail: `${phantom}` });
      if (most - before.rssMegabytes > MOST_GROWTH_MEGABYTES)
        broken.push({ about: 'memory is flat', detail: `${before.rssMegabytes} → ${most} MB` });
      if (normalAfter > NORMAL_SECONDS * 1_000)
        broken.push({ about: 'normal within 30 s', detail: `${normalAfter} ms` });
      const took = (good: boolean): string =>
        spreadOf(
          overloaded
            .filter(({ answer }) => (answer.status === 200) === good)
            .map(({ answer }) => answer.milliseconds),
        );
      return verdictOn({
        trials: 0,
        broken,
        recoveries: [normalAfter],
        figures: {
          'go through a second': rounded(capacity),
          'sent a second': rounded(overloaded.length / seconds),
          accepted: sent.filter(({ answer }) => answer.status === 200).length,
          'accepted a second': rounded(
            overloaded.filter(({ answer }) => answer.status === 200).length / seconds,
          ),
          'told to come again': sent.filter(({ answer: { status } }) => status === 503 || status === 429)
            .length,
          // More connections than this machine has time for: judged by nobody, as WotNot sends again.
          'not answered in 20 s': sent.filter(({ answer }) => answer.status === 0).length,
          'accepted after': took(true),
          'refused after': took(false),
          'MB before': before.rssMegabytes,
          'MB at most': most,
          'normal again after ms': normalAfter,
        },
      });
    } finally {
      await server.close();
    }
  },
};

type Speak = () => Promise<Answer>;

/** Each time something new, in one conversation after the other. */
function createSpeaker(house: Tenancy, lanes: readonly TrafficLane[], sent: Sent[]): Speak {
  let n = 0;
  return async () => {
    n += 1;
    const lane = lanes[n % lanes.length];
    if (lane === undefined) throw new Error('no lanes');
    const text = `said ${n}`;
    const body = webhookBody(house, lane.visitor, `overload-${n}`, text);
    const answer = await post(house.webhookUrl, {}, body, 20_000);
    sent.push({ text, lane, answer });
    return answer;
  };
}

/** How many go through a second when each of some senders waits for its answer. */
async function measure(speak: Speak): Promise<number> {
  const from = performance.now();
  let through = 0;
  const send = async (): Promise<void> => {
    while (performance.now() - from < MEASURE_MILLISECONDS) if ((await speak()).status === 200) through += 1;
  };
  await Promise.all(Array.from({ length: 8 }, send));
  return Math.max(1, through / (MEASURE_MILLISECONDS / 1_000));
}

/** Sends at that rate whatever is answered. @returns the most memory that was seen */
async function storm(speak: Speak, perSecond: number, seconds: number, weigh: () => number): Promise<number> {
  const under = new Set<Promise<unknown>>();
  const from = performance.now();
  let started = 0;
  let most = weigh();
  for (let passed = 0; passed < seconds; passed = (performance.now() - from) / 1_000) {
    while (started < passed * perSecond) {
      started += 1;
      const one = speak().finally(() => under.delete(one));
      under.add(one);
    }
    most = Math.max(most, weigh());
    await pause(20);
  }
  await Promise.all(under);
  return Math.max(most, weigh());
}

async function untilNormal(speak: Speak): Promise<number> {
  const from = performance.now();
  for (let inRow = 0; inRow < NORMAL_ANSWERS; ) {
    inRow = (await speak()).status === 200 ? inRow + 1 : 0;
    if (performance.now() - from > 2 * NORMAL_SECONDS * 1_000) break;
  }
  return rounded(performance.now() - from);
}

/** What was accepted against what the conversations hold. What was refused may be there: nobody sent it again. */
async function compare(
  house: Tenancy,
  lanes: readonly TrafficLane[],
  sent: readonly Sent[],
): Promise<{ lost: number; doubled: number; phantom: number }> {
  const result = { lost: 0, doubled: 0, phantom: 0 };
  for (const lane of lanes) {
    const held = new Map<string, number>();
    for (let after = 0; ; ) {
      const { data } = await house.program.conversations.events(lane.conversationId, { after, limit: 200 });
      if (data.length === 0) break;
      for (const fact of data) {
        if (fact.type !== 'message.received') continue;
        const { text } = fact.data.message;
        held.set(text, (held.get(text) ?? 0) + 1);
      }
      after = data.at(-1)?.seq ?? after;
    }
    const here = sent.filter((one) => one.lane === lane);
    const said = new Set(['start', ...here.map(({ text }) => text)]);
    result.lost += here.filter(({ text, answer }) => answer.status === 200 && !held.has(text)).length;
    result.doubled += [...held.values()].filter((count) => count > 1).length;
    result.phantom += [...held.keys()].filter((text) => !said.has(text)).length;
  }
  return result;
}
