import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Inbox, NewInboundEvent } from '../store/inbox.js';
import { type Recorded, recordAll } from './record-all.js';

export type CommitOutcome =
  | { outcome: 'recorded'; events: Recorded[] }
  | { outcome: 'unavailable' }
  | { outcome: 'overloaded' };

export interface GroupCommitOptions {
  inbox: Pick<Inbox, 'record' | 'parkContradictions'>;
  /** How many events may wait for a commit; what comes beyond is refused, as memory is not a queue. */
  maxWaiting: number;
  /** How long a webhook waits for its commit before it is told to come again. */
  deadlineMilliseconds: number;
  failed: (error: unknown) => void;
}

interface Waiting {
  events: NewInboundEvent[];
  /** Instants of the steady clock. */
  since: number;
  until: number;
  /** Told to come again before its turn came: it will, so nothing is written for it. */
  gone: boolean;
  isTaken: boolean;
  settle: (outcome: CommitOutcome) => void;
}

/** At most so many events go into one statement, and fewer where even those take too long; so few always may. */
const MOST_EVENTS = 200;
const FEWEST_EVENTS = 8;
/** A statement may take this part of a sender's patience: whoever waits for the next one waits for this one too. */
const SHARE_OF_STATEMENT = 1 / 6;
/** When the first in the queue has waited this part of its patience, who comes now would wait in vain. */
const SHARE_OF_QUEUE = 0.7;

/**
 * Collects what arrives while a commit is under way and writes it in the next one: under load a commit is
 * shared, alone it is immediate. Under more load than the database takes, statements stay short and the queue too: else
 * everything would be written too late, for senders that have been told to come again.
 */
export function createGroupCommit(options: GroupCommitOptions): {
  /** `milliseconds`: how much is left of the sender's patience. */
  commit(events: NewInboundEvent[], milliseconds?: number): Promise<CommitOutcome>;
  drain(): Promise<void>;
} {
  const queue: Waiting[] = [];
  const longest = options.deadlineMilliseconds * SHARE_OF_STATEMENT;
  let waiting = 0;
  let most = MOST_EVENTS;
  let lastTook = 0;
  let running: Promise<void> | undefined;

  const leave = (member: Waiting): void => {
    waiting -= member.events.length;
    member.gone = true;
    member.events = [];
  };

  /** Of the front of the queue what there is time for; the others are told at once. */
  const takeGroup = (): Waiting[] => {
    const now = performance.now();
    const group: Waiting[] = [];
    let events = 0;
    for (let next = queue[0]; next !== undefined; next = queue[0]) {
      if (!next.gone && group.length > 0 && events + next.events.length > most) break;
      queue.shift();
      if (next.gone) continue;
      if (next.until - now < Math.min(lastTook, longest)) {
        leave(next);
        next.settle({ outcome: 'unavailable' });
        continue;
      }
      next.isTaken = true;
      events += next.events.length;
      group.push(next);
    }
    return group;
  };

  const learn = (events: number, took: number): void => {
    lastTook = took;
    if (took > longest) most = Math.max(FEWEST_EVENTS, Math.floor((events * longest) / took));
    else if (took < longest / 2) most = Math.min(MOST_EVENTS, Math.ceil(most * 1.5));
  };

  const isCrowded = (): boolean => {
    while (queue[0]?.gone === true) queue.shift();
    const first = queue[0];
    return (
      first !== undefined && performance.now() - first.since > options.deadlineMilliseconds * SHARE_OF_QUEUE
    );
  };

  const run = async (): Promise<void> => {
    while (queue.length > 0) {
      // What has arrived in this turn of the loop comes along.
      await nextTurn();
      const group = takeGroup();
      if (group.length === 0) continue;
      const events = group.flatMap((member) => member.events);
      waiting -= events.length;
      const from = performance.now();
      try {
        const recorded = await recordAll(options.inbox, events);
        let offset = 0;
        for (const member of group) {
          member.settle({
            outcome: 'recorded',
            events: recorded.slice(offset, offset + member.events.length),
          });
          offset += member.events.length;
        }
      } catch (error) {
        options.failed(error);
        for (const member of group) member.settle({ outcome: 'unavailable' });
      }
      learn(events.length, performance.now() - from);
    }
    running = undefined;
  };

  return {
    commit(events, milliseconds = options.deadlineMilliseconds) {
      if (waiting + events.length > options.maxWaiting || isCrowded())
        return Promise.resolve({ outcome: 'overloaded' });
      return new Promise((resolve) => {
        const late = setTimeout(() => {
          resolve({ outcome: 'unavailable' });
          // Else the work for those who have gone takes the time of those who are there.
          if (!member.isTaken) leave(member);
        }, milliseconds);
        const since = performance.now();
        const member: Waiting = {
          events,
          since,
          until: since + milliseconds,
          gone: false,
          isTaken: false,
          settle: (outcome) => {
            clearTimeout(late);
            resolve(outcome);
          },
        };
        queue.push(member);
        waiting += events.length;
        running ??= run();
      });
    },
    async drain() {
      await running;
    },
  };
}
