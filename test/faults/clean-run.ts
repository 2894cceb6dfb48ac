import type { Account, Observed, Receipt, View } from './checker.js';
import type { Direction, HistoryLine, Saying } from './history.js';

/** How one saying fared in a run in which every promise was kept. */
export interface Fate {
  /** Unanswered tries before the bridge took it. */
  unanswered: number;
  /** False: its sender gave up and never heard an answer. */
  taken: boolean;
  ends: 'arrived' | 'dead' | 'asked' | 'arrived twice';
  /** Milliseconds to the next step. */
  step: number;
}

export interface CleanLane {
  direction: Direction;
  fates: readonly Fate[];
}

/** Writes down a run in which these lanes fared so, side by side in time: what a house without fault leaves behind. */
export function observeClean(lanes: readonly CleanLane[], farSide: Observed['farSide']): Observed {
  const history: HistoryLine[] = [];
  const receipts: Receipt[] = [];
  const accounts: Account[] = [];
  const fetched = new Map<string, { seqs: number[] }>();
  const views: View[] = [];
  lanes.forEach((lane, index) => {
    const conversation = `c${index}`;
    const seqs: number[] = [];
    const note = (): number => seqs.push(seqs.length + 1);
    let at = 10 * index;
    lane.fates.forEach((fate, place) => {
      const saying: Saying = { direction: lane.direction, conversation, n: place + 1 };
      const tick = (): number => (at += fate.step);
      for (let attempt = 0; attempt < fate.unanswered; attempt += 1) {
        history.push({ type: 'invoke', at: tick(), ...saying }, { type: 'info', at: tick(), ...saying });
      }
      history.push({ type: 'invoke', at: tick(), ...saying });
      const isOut = lane.direction === 'out';
      const ends = isOut && fate.taken ? fate.ends : 'arrived';
      const arrive = (): void => {
        receipts.push({ ...saying, arrivedIn: conversation, at: tick() });
      };
      history.push({ type: fate.taken ? 'ok' : 'info', at: tick(), ...saying });
      note();
      const account: Account = {
        ...saying,
        ...{ state: 'sent', flags: [], sentSeq: 0, failedSeq: 0, uncertainSeq: 0 },
      };
      if (ends === 'arrived twice') {
        arrive();
        history.push({ type: 'fault', at: tick(), what: 'kill' });
        account.flags = ['possibleDuplicate'];
      }
      if (ends === 'arrived' || ends === 'arrived twice') {
        arrive();
        if (isOut) {
          account.sentSeq = note();
          history.push({ type: 'told', as: 'sent', at: tick(), ...saying });
        }
      } else if (ends === 'dead') {
        account.state = 'failed';
        account.failedSeq = note();
      } else {
        account.state = 'uncertain';
        account.uncertainSeq = note();
      }
      if (isOut) accounts.push(account);
    });
    fetched.set(conversation, { seqs });
    const since = Math.floor(seqs.length / 2);
    views.push({ agent: 'ada', conversation, since: 0, startedAfresh: 0, seqs: [...seqs] });
    views.push({ agent: 'grace', conversation, since, startedAfresh: 0, seqs: seqs.slice(since) });
  });
  history.sort((a, b) => a.at - b.at);
  return { history, receipts, accounts, fetched, views, drained: true, owed: [], farSide, stuckSeconds: 14 };
}
