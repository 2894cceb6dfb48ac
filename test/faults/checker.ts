import type { Direction, HistoryLine, Saying } from './history.js';

/** One arrival at a far side, as the far side wrote it down: at WotNot (`out`), or in the bridge's own record of a conversation (`in`). */
export interface Receipt extends Saying {
  /** Where it arrived; another conversation than its own is a phantom. */
  arrivedIn: string;
  at: number;
}

/** What the bridge itself says of a message: its state and flags, and at which numbers its conversation told of it. */
export interface Account extends Saying {
  state: 'received' | 'queued' | 'sending' | 'sent' | 'uncertain' | 'failed';
  flags: readonly string[];
  /** The seq of the fact that told so; 0 when no fact did. */
  sentSeq: number;
  failedSeq: number;
  uncertainSeq: number;
}

/** What one agent's screen was told of one conversation, in the order in which it was told. */
export interface View {
  agent: string;
  conversation: string;
  seqs: readonly number[];
  /** The conversation's last seq when the screen was opened: what came before is not its to show. */
  since: number;
  startedAfresh: number;
}

export interface Observed {
  history: readonly HistoryLine[];
  receipts: readonly Receipt[];
  /** Of every outgoing message, and of incoming events that were parked. */
  accounts: readonly Account[];
  /** Conversations as a fresh fetch has them. */
  fetched: ReadonlyMap<string, { seqs: readonly number[] }>;
  views: readonly View[];
  /** Whether nothing was owed any more at the end. */
  drained: boolean;
  /** Lanes with work at the end: how long they had not moved, and whether something may rightly hold them. */
  owed: readonly { direction: Direction; conversation: string; stillSeconds: number; held: boolean }[];
  /** What the far side can do about a repeat: `keys`: it knows it · `echo`: it tells what it got · `silent`: neither. */
  farSide: 'keys' | 'echo' | 'silent';
  /** What a desk can do about a repeat: `keys`: it knows it · `find`: it can be asked. */
  desk?: 'keys' | 'find' | undefined;
  /** The longest a lane with work may stand still. */
  stuckSeconds: number;
}

export const VIOLATIONS = [
  'lost',
  'phantom',
  'duplicateEffect',
  'duplicateSend',
  'reorder',
  'gapHidden',
  'stuck',
  'agentView',
] as const;
type ViolationClass = (typeof VIOLATIONS)[number];

export interface Violation {
  class: ViolationClass;
  about: string;
  detail: string;
}

export interface Counts extends Record<ViolationClass, number> {
  acknowledged: number;
  /** No answer at the driver, and delivered all the same. */
  recovered: number;
  /** Received twice, in flight at a fault and flagged: what a far side without keys or echo cannot spare anybody. */
  doubledAndFlagged: number;
  /** Repeats that came after the next message of their lane. */
  lateDuplicate: number;
  deadLetters: number;
  /** Shown to the agent as uncertain, and never received. */
  asked: number;
}

export interface Verdict {
  /** `not drained` is neither a pass nor a loss: it was not waited for long enough. */
  outcome: 'kept' | 'broken' | 'not drained';
  counts: Counts;
  violations: Violation[];
}

interface Entry extends Saying {
  invoked: number | undefined;
  ok: boolean;
  failed: boolean;
  info: boolean;
  settledAt: number;
  receipts: Receipt[];
  account: Account | undefined;
}

/** Judges a run by what was said, what arrived and what was shown. Pure: the same observations, the same verdict. */
export function check(run: Observed): Verdict {
  const entries = collect(run);
  const violations: Violation[] = [];
  const counts = emptyCounts();
  const blame = (kind: ViolationClass, about: string, detail: string): void => {
    violations.push({ class: kind, about, detail });
    counts[kind] += 1;
  };
  checkArrivals(run, entries, counts, blame);
  for (const lane of lanesOf(entries)) {
    checkOrder(lane, counts, blame);
    checkGaps(lane, blame);
  }
  checkRepeats(run, entries, counts, blame);
  checkProgress(run, blame);
  checkViews(run, blame);
  // What is not there yet is not lost while something is still owed.
  const outcome = violations.length > 0 ? 'broken' : run.drained ? 'kept' : 'not drained';
  return { outcome, counts, violations };
}

type Blame = (kind: ViolationClass, about: string, detail: string) => void;

const nameOf = ({ direction, conversation, n }: Saying): string => `${direction} ${conversation} ${n}`;

function collect(run: Observed): Map<string, Entry> {
  const entries = new Map<string, Entry>();
  const entryOf = (saying: Saying): Entry => {
    const name = nameOf(saying);
    const known = entries.get(name);
    if (known !== undefined) return known;
    const { direction, conversation, n } = saying;
    const blank = { invoked: undefined, ok: false, failed: false, info: false, account: undefined };
    const entry: Entry = {
      direction,
      conversation,
      n,
      ...blank,
      settledAt: Number.POSITIVE_INFINITY,
      receipts: [],
    };
    entries.set(name, entry);
    return entry;
  };
  for (const line of run.history) {
    if (line.type === 'fault') continue;
    const entry = entryOf(line);
    if (line.type === 'invoke') entry.invoked ??= line.at;
    else if (line.type === 'ok') entry.ok = true;
    else if (line.type === 'fail') entry.failed = true;
    else if (line.type === 'info') entry.info = true;
    else if (line.type === 'told' && line.as === 'sent') entry.settledAt = Math.min(entry.settledAt, line.at);
  }
  for (const receipt of run.receipts) entryOf(receipt).receipts.push(receipt);
  for (const account of run.accounts) entryOf(account).account = account;
  for (const entry of entries.values()) entry.receipts.sort((a, b) => a.at - b.at);
  return entries;
}

/** Everything acknowledged has arrived, or is accounted for; nothing arrived that nobody said. */
function checkArrivals(run: Observed, entries: Map<string, Entry>, counts: Counts, blame: Blame): void {
  const heldLanes = new Set(
    run.owed.filter(({ held }) => held).map((lane) => `${lane.direction} ${lane.conversation}`),
  );
  for (const [name, entry] of entries) {
    const { account } = entry;
    // What goes to a ticket was acknowledged as what goes to the record.
    if (entry.ok && entry.direction !== 'ticket') counts.acknowledged += 1;
    if (account?.state === 'failed') counts.deadLetters += 1;
    const astray = entry.receipts.find((receipt) => receipt.arrivedIn !== receipt.conversation);
    if (astray !== undefined) blame('phantom', name, `it arrived in ${astray.arrivedIn}`);
    else if (entry.invoked === undefined && entry.receipts.length > 0)
      blame('phantom', name, 'nobody said it');
    else if (entry.failed && !entry.ok && !entry.info && entry.receipts.length > 0)
      blame('phantom', name, 'it was refused, and arrived');
    if (entry.receipts.length > 0) {
      if (entry.info && !entry.ok) counts.recovered += 1;
      continue;
    }
    if (!entry.ok || account?.state === 'failed') continue;
    if (account?.state === 'uncertain' && account.uncertainSeq > 0) counts.asked += 1;
    else if (run.drained && !heldLanes.has(`${entry.direction} ${entry.conversation}`))
      blame('lost', name, 'acknowledged, and arrived nowhere');
  }
}

function lanesOf(entries: Map<string, Entry>): Entry[][] {
  const lanes = new Map<string, Entry[]>();
  for (const entry of entries.values()) {
    const key = `${entry.direction} ${entry.conversation}`;
    const lane = lanes.get(key) ?? [];
    lane.push(entry);
    lanes.set(key, lane);
  }
  for (const lane of lanes.values()) lane.sort((a, b) => a.n - b.n);
  return [...lanes.values()];
}

/** Whether an agent or operator has brought it back, so that it rightly comes behind its place. */
const wasBroughtBack = ({ account }: Entry): boolean =>
  account !== undefined &&
  (account.failedSeq > 0 || account.uncertainSeq > 0 || account.flags.includes('late'));

function checkOrder(lane: Entry[], counts: Counts, blame: Blame): void {
  let earliestLater: number | undefined;
  for (const entry of lane.toReversed()) {
    const [first, ...repeats] = entry.receipts;
    if (first === undefined) continue;
    if (earliestLater !== undefined) {
      const later = earliestLater;
      counts.lateDuplicate += repeats.filter((repeat) => repeat.at > later).length;
      if (first.at > later && !wasBroughtBack(entry))
        blame('reorder', nameOf(entry), 'a later one of its lane was there before it');
    }
    if (!wasBroughtBack(entry)) earliestLater = Math.min(earliestLater ?? first.at, first.at);
  }
}

/** A dead letter is shown, in its place. */
function checkGaps(lane: Entry[], blame: Blame): void {
  let sentSoFar = 0;
  for (const entry of lane.toReversed()) {
    const { account } = entry;
    if (account?.state === 'failed' && entry.receipts.length === 0) {
      const inPlace = sentSoFar === 0 || account.failedSeq < sentSoFar;
      if (account.failedSeq === 0) blame('gapHidden', nameOf(entry), 'given up, and nobody was told');
      else if (!inPlace) blame('gapHidden', nameOf(entry), 'told only after the next one had been sent');
    }
    if (account !== undefined && account.sentSeq > 0 && !wasBroughtBack(entry))
      sentSoFar = sentSoFar === 0 ? account.sentSeq : Math.min(sentSoFar, account.sentSeq);
  }
}

function checkRepeats(run: Observed, entries: Map<string, Entry>, counts: Counts, blame: Blame): void {
  const faults = run.history.filter((line) => line.type === 'fault');
  for (const [name, entry] of entries) {
    if (entry.receipts.length < 2) continue;
    const times = `arrived ${entry.receipts.length} times`;
    if (entry.direction === 'ticket' && run.desk !== 'keys') {
      blame('duplicateSend', name, `${times}, though the desk could be asked`);
      continue;
    }
    if (entry.direction !== 'out' || run.farSide === 'keys') {
      blame('duplicateEffect', name, times);
      continue;
    }
    const isFlagged = entry.account?.flags.includes('possibleDuplicate') === true;
    const from = entry.invoked ?? 0;
    const wasInFlight = faults.some(
      (fault) => (fault.until ?? fault.at) >= from && fault.at <= entry.settledAt,
    );
    if (!isFlagged) blame('duplicateSend', name, `${times}, unflagged`);
    else if (run.farSide === 'echo')
      blame('duplicateSend', name, `${times}, though its echo was there to tell`);
    else if (!wasInFlight) blame('duplicateSend', name, `${times}, and no fault had met it`);
    else if (entry.receipts.length > 2) blame('duplicateSend', name, times);
    else counts.doubledAndFlagged += 1;
  }
}

function checkProgress(run: Observed, blame: Blame): void {
  for (const lane of run.owed) {
    if (lane.held || lane.stillSeconds <= run.stuckSeconds) continue;
    const about = `${lane.direction} ${lane.conversation}`;
    blame('stuck', about, `owed, and has not moved for ${Math.round(lane.stillSeconds)} s`);
  }
}

/** A screen shows what a fresh fetch shows: each fact from its beginning on, once, in order. */
function checkViews(run: Observed, blame: Blame): void {
  for (const view of run.views) {
    const about = `${view.agent} on ${view.conversation}`;
    if (view.startedAfresh > 0) blame('agentView', about, `began afresh ${view.startedAfresh} times`);
    const wanted = (run.fetched.get(view.conversation)?.seqs ?? []).filter((seq) => seq > view.since);
    const differs = wanted.findIndex((seq, index) => view.seqs[index] !== seq);
    if (differs >= 0)
      blame('agentView', about, `at seq ${wanted[differs]} it showed ${view.seqs[differs] ?? 'nothing'}`);
    else if (view.seqs.length > wanted.length)
      blame('agentView', about, `showed ${view.seqs.length - wanted.length} more than there are`);
  }
}

function emptyCounts(): Counts {
  const none = Object.fromEntries(VIOLATIONS.map((name) => [name, 0])) as Record<ViolationClass, number>;
  return {
    ...none,
    acknowledged: 0,
    recovered: 0,
    doubledAndFlagged: 0,
    lateDuplicate: 0,
    deadLetters: 0,
    asked: 0,
  };
}

/** With no violation in so many independent trials, the rate lies below this at 95 % ("rule of three"). */
export const upperBound = (trials: number): number => (trials === 0 ? 1 : Math.min(1, 3 / trials));

export function addCounts(counts: readonly Partial<Counts>[]): Counts {
  const sum = emptyCounts();
  for (const one of counts)
    for (const name of Object.keys(sum) as (keyof Counts)[]) sum[name] += one[name] ?? 0;
  return sum;
}
