import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Inbox, NewInboundEvent } from '../store/inbox.js';

export type CommitOutcome =
  | { outcome: 'recorded'; fresh: boolean[] }
  | { outcome: 'unavailable' }
  | { outcome: 'overloaded' };

export interface GroupCommitOptions {
  inbox: Pick<Inbox, 'record'>;
  /** How many events may wait for a commit; what comes beyond is refused, as memory is not a queue. */
  maxWaiting: number;
  /** How long a webhook waits for its commit before it is told to come again. */
  deadlineMilliseconds: number;
  failed: (error: unknown) => void;
}

interface Waiting {
  events: NewInboundEvent[];
  /** Told to come again before its turn came: it will, so nothing is written for it. */
  gone: boolean;
  isTaken: boolean;
  settle: (outcome: CommitOutcome) => void;
}

/** At most so many events go into one statement. */
const BATCH_EVENTS = 200;

/**
 * Collects what arrives while a commit is under way and writes it in the next one: under load a commit is
 * shared, alone it is immediate.
 */
export function createGroupCommit(options: GroupCommitOptions): {
  /** `milliseconds`: how much is left of the sender's patience. */
  commit(events: NewInboundEvent[], milliseconds?: number): Promise<CommitOutcome>;
  drain(): Promise<void>;
} {
  const queue: Waiting[] = [];
  let waiting = 0;
  let running: Promise<void> | undefined;

  const run = async (): Promise<void> => {
    while (queue.length > 0) {
      // What has arrived in this turn of the loop comes along.
      await nextTurn();
      const group = takeGroup(queue);
      if (group.length === 0) continue;
      const events = group.flatMap((member) => member.events);
      waiting -= events.length;
      try {
        const fresh = await recordWithoutTwins(options.inbox, events);
        let offset = 0;
        for (const member of group) {
          member.settle({ outcome: 'recorded', fresh: fresh.slice(offset, offset + member.events.length) });
          offset += member.events.length;
        }
      } catch (error) {
        options.failed(error);
        for (const member of group) member.settle({ outcome: 'unavailable' });
      }
    }
    running = undefined;
  };

  return {
    commit(events, milliseconds = options.deadlineMilliseconds) {
      if (waiting + events.length > options.maxWaiting) return Promise.resolve({ outcome: 'overloaded' });
      return new Promise((resolve) => {
        const late = setTimeout(() => {
          resolve({ outcome: 'unavailable' });
          // Else the work for those who have gone takes the time of those who are there.
          if (member.isTaken) return;
          member.gone = true;
          member.events = [];
          waiting -= events.length;
        }, milliseconds);
        const member: Waiting = {
          events,
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

function takeGroup(queue: Waiting[]): Waiting[] {
  const group: Waiting[] = [];
  let events = 0;
  for (let next = queue[0]; next !== undefined; next = queue[0]) {
    if (!next.gone && group.length > 0 && events + next.events.length > BATCH_EVENTS) break;
    queue.shift();
    if (next.gone) continue;
    next.isTaken = true;
    events += next.events.length;
    group.push(next);
  }
  return group;
}

/** Repeats within one group are told apart here, as one statement cannot meet the same key twice. */
async function recordWithoutTwins(
  inbox: Pick<Inbox, 'record'>,
  events: NewInboundEvent[],
): Promise<boolean[]> {
  const seen = new Set<string>();
  const firsts: NewInboundEvent[] = [];
  const isFirst = events.map((event) => {
    const key = `${event.connectionId} ${event.key}`;
    if (seen.has(key)) return false;
    seen.add(key);
    firsts.push(event);
    return true;
  });
  const recorded = await inbox.record(firsts);
  let next = 0;
  return isFirst.map((first) => first && recorded[next++] === true);
}
