import { isDatabaseUnavailable } from './database-failure.js';

export interface GatherOptions<A, R> {
  /** So many runs at once. */
  atOnce: number;
  /** So many in one run. */
  most: number;
  /** Whether two may share a run. */
  isTogether: (one: A, other: A) => boolean;
  /** @returns an answer for each, in their order */
  run: (asked: A[]) => Promise<R[]>;
}

/**
 * Collects what is asked while others are under way, and what is asked in one turn, into one run: alone it is done at
 * once, under load many share a statement. A run that fails is made again for each by itself, so that what is wrong with
 * one is none of the others' trouble; where the database is away, it has failed for all.
 */
export function createGather<A, R>(options: GatherOptions<A, R>): (one: A) => Promise<R> {
  const queue: { one: A; resolve: (answer: R) => void; reject: (error: unknown) => void }[] = [];
  let running = 0;
  let isCalled = false;

  const pump = (): void => {
    while (running < options.atOnce && queue.length > 0) void run();
  };

  const takeGroup = (): typeof queue => {
    const group: typeof queue = [];
    for (let next = queue[0]; next !== undefined && group.length < options.most; next = queue[0]) {
      if (group[0] !== undefined && !options.isTogether(group[0].one, next.one)) break;
      group.push(next);
      queue.shift();
    }
    return group;
  };

  const runGroup = async (group: typeof queue): Promise<void> => {
    try {
      const answers = await options.run(group.map(({ one }) => one));
      group.forEach(({ resolve }, index) => resolve(answers[index] as R));
    } catch (error) {
      if (group.length > 1 && !isDatabaseUnavailable(error)) {
        for (const alone of group) await runGroup([alone]);
        return;
      }
      for (const { reject } of group) reject(error);
    }
  };

  const run = async (): Promise<void> => {
    running += 1;
    await runGroup(takeGroup());
    running -= 1;
    pump();
  };

  return (one) =>
    new Promise((resolve, reject) => {
      queue.push({ one, resolve, reject });
      if (isCalled) return;
      isCalled = true;
      queueMicrotask(() => {
        isCalled = false;
        pump();
      });
    });
}
