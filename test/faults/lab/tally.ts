import type { Fact } from '../../../src/contract/facts.js';
import type { Tenancy } from '../../support/tenancy.js';
import { type Account, check, type Counts, type Observed, type Violation } from '../checker.js';
import type { Direction, HistoryLine } from '../history.js';
import { blankRecording, fetchFacts, takeIn } from '../recorded.js';
import { receiptOf, sayingOf, wordsOf } from '../sayings.js';
import type { TrafficLane } from './traffic.js';

/** What became of everything that was acknowledged. */
export interface Tally {
  acknowledged: { inbound: number; outbound: number };
  counts: Counts;
  violations: Violation[];
  /** Came twice, and says so. */
  flagged: number;
  /** Not received, and the agent was asked what to do. */
  asked: number;
  /** Some of what is asked or flagged, for whoever looks into it. */
  examples: string[];
}

/** What one conversation has left behind on both sides, once everything should have come to rest. */
export interface LaneLeft {
  conversationId: string;
  /** Acknowledged with 200, in order. */
  written: readonly string[];
  /** Acknowledged with 202, in order. */
  accepted: readonly string[];
  facts: readonly Fact[];
  /** What the visitor has received from agents, in order. */
  heard: readonly string[];
  /** Ids of messages whose delivery was given up. */
  dead: readonly string[];
  /** Rows that nobody has finished. */
  unfinished: readonly { direction: Direction; id: string }[];
}

/** Whatever has struck was there all the while: of one blow it is not known which message it met. */
const ALL_THE_WHILE: HistoryLine = {
  type: 'fault',
  at: 0,
  until: Number.POSITIVE_INFINITY,
  what: 'all of it',
};

/** Compares, once everything has settled, what was acknowledged with what both sides have. */
export async function tallyLanes(tenancy: Tenancy, lanes: readonly TrafficLane[]): Promise<Tally> {
  const { program } = tenancy;
  const [pending, uncertain, dead, recorded] = await Promise.all([
    tenancy.deliveries('pending'),
    tenancy.deliveries('uncertain'),
    tenancy.deliveries('dead'),
    program.inboundEvents.list({ state: 'recorded', limit: 200 }),
  ]);
  const owed = [...pending, ...uncertain.filter(({ flags }) => !flags.includes('asked'))];
  const left: LaneLeft[] = [];
  for (let at = 0; at < lanes.length; at += 8) {
    left.push(
      ...(await Promise.all(
        lanes.slice(at, at + 8).map(async ({ conversationId, written, accepted, visitor }) => ({
          conversationId,
          written,
          accepted,
          facts: await fetchFacts(program, conversationId),
          heard: await visitor.heard(),
          dead: dead.flatMap((one) =>
            one.conversationId === conversationId && one.messageId !== undefined ? [one.messageId] : [],
          ),
          unfinished: [
            ...owed
              .filter((one) => one.conversationId === conversationId)
              .map(({ id }) => ({ direction: 'out' as const, id })),
            ...recorded.data
              .filter(({ externalConversationId }) => externalConversationId === visitor.id)
              .map(({ id }) => ({ direction: 'in' as const, id })),
          ],
        })),
      )),
    );
  }
  return tally(left);
}

/** Judges what was left behind as the suite judges every run. Pure. */
export function tally(lanes: readonly LaneLeft[]): Tally {
  const observed = observe(lanes);
  const { counts, violations } = check(observed);
  const uncertain = observed.accounts.filter(
    ({ state, flags }) => state === 'uncertain' || flags.includes('possibleDuplicate'),
  );
  return {
    acknowledged: {
      inbound: lanes.reduce((sum, { written }) => sum + written.length, 0),
      outbound: lanes.reduce((sum, { accepted }) => sum + accepted.length, 0),
    },
    counts,
    violations,
    flagged: counts.doubledAndFlagged,
    asked: counts.asked,
    examples: uncertain.slice(0, 3).map((one) => `${wordsOf(one)}: ${one.state} ${one.flags.join(' ')}`),
  };
}

function observe(lanes: readonly LaneLeft[]): Observed {
  const observed = {
    history: [ALL_THE_WHILE] as HistoryLine[],
    receipts: [] as Observed['receipts'][number][],
    accounts: [] as Account[],
    fetched: new Map<string, { seqs: number[] }>(),
    views: [] as Observed['views'][number][],
    owed: [] as Observed['owed'][number][],
  };
  for (const lane of lanes) {
    const { conversationId } = lane;
    for (const words of [...lane.written, ...lane.accepted]) {
      const saying = sayingOf(words);
      if (saying === undefined) throw new Error(`not the load’s words: ${words}`);
      observed.history.push({ type: 'invoke', at: 0, ...saying }, { type: 'ok', at: 0, ...saying });
    }
    const recording = blankRecording();
    for (const fact of lane.facts) takeIn(recording, conversationId, fact);
    observed.receipts.push(
      ...recording.receipts,
      ...lane.heard.map((words, place) => receiptOf('out', conversationId, words, place + 1)),
    );
    for (const [id, account] of recording.accounts)
      observed.accounts.push(lane.dead.includes(id) ? { ...account, state: 'failed' } : account);
    // A conversation's facts are numbered without a gap: whoever reads it sees each number once, in order.
    const last = Math.max(0, ...recording.seqs);
    observed.fetched.set(conversationId, { seqs: Array.from({ length: last }, (_none, n) => n + 1) });
    const view = { agent: 'the record', conversation: conversationId, since: 0, startedAfresh: 0 };
    observed.views.push({ ...view, seqs: recording.seqs });
    // It was waited for already, for longer than anything may stand still.
    for (const { direction } of lane.unfinished)
      observed.owed.push({ direction, conversation: conversationId, stillSeconds: 1, held: false });
  }
  return {
    ...observed,
    drained: observed.owed.length === 0,
    // Its echoes find nobody while the database is away.
    farSide: 'silent',
    stuckSeconds: 0,
  };
}
