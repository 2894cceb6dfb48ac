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
 * once, under load many share a statement. A run that fails has failed for all that shared it.
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

  const run = async (): Promise<void> => {
    const group = takeGroup();
    running += 1;
    try {
      const answers = await options.run(group.map(({ one }) => one));
      group.forEach(({ resolve }, index) => resolve(answers[index] as R));
    } catch (error) {
      for (const { reject } of group) reject(error);
    } finally {
      running -= 1;
      pump();
    }
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
