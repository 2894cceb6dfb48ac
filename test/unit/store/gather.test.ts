import { expect, it } from 'vitest';
import { createGather } from '../../../src/store/gather.js';

/** Answers tens; each run is held until it is let go. */
function openGather(options: { atOnce?: number; most?: number; refuse?: (one: number) => boolean } = {}) {
  const runs: { asked: number[]; go: () => void }[] = [];
  const ask = createGather<number, number>({
    atOnce: options.atOnce ?? 1,
    most: options.most ?? 3,
    isTogether: (one, other) => one % 2 === other % 2,
    async run(asked) {
      await new Promise<void>((go) => runs.push({ asked, go }));
      if (asked.some((one) => options.refuse?.(one) === true)) throw new Error(`not ${asked.join()}`);
      return asked.map((one) => one * 10);
    },
  });
  return {
    ask,
    asked: () => runs.map(({ asked }) => asked),
    /** Lets every run go, those that follow as well. */
    async goOn(): Promise<void> {
      for (let turn = 0; turn < 50; turn += 1) {
        for (const { go } of runs) go();
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}

it('what is asked in one turn, or while a run is under way, shares the next: in order, so many, and only what may', async () => {
  const { ask, asked, goOn } = openGather();
  const answers = [ask(1), ask(3)];
  await Promise.resolve();
  answers.push(...[5, 7, 9, 11, 2, 4, 13].map(ask));
  await goOn();
  expect(await Promise.all(answers)).toEqual([10, 30, 50, 70, 90, 110, 20, 40, 130]);
  expect(asked()).toEqual([[1, 3], [5, 7, 9], [11], [2, 4], [13]]);
});

it('so many runs are under way at once, and no more', async () => {
  const { ask, asked, goOn } = openGather({ atOnce: 2, most: 1 });
  const answers = [1, 3, 5, 7].map(ask);
  await new Promise((resolve) => setImmediate(resolve));
  expect(asked()).toEqual([[1], [3]]);
  await goOn();
  expect(await Promise.all(answers)).toEqual([10, 30, 50, 70]);
});

it('what is wrong with one is told to that one, and what comes later is done', async () => {
  const { ask, asked, goOn } = openGather({ refuse: (one) => one === 3 });
  const answers = Promise.allSettled([1, 3, 5].map(ask));
  await goOn();
  expect(await answers).toMatchObject([
    { value: 10 },
    { status: 'rejected', reason: { message: 'not 3' } },
    { value: 50 },
  ]);
  expect(asked()).toEqual([[1, 3, 5], [1], [3], [5]]);
  const later = ask(7);
  await goOn();
  expect(await later).toBe(70);
});

it('a database that is away is asked once for all', async () => {
  let runs = 0;
  const ask = createGather<number, number>({
    atOnce: 1,
    most: 3,
    isTogether: () => true,
    async run() {
      runs += 1;
      throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    },
  });
  const answers = await Promise.allSettled([1, 2, 3].map(ask));
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(runs).toBe(1);
});
