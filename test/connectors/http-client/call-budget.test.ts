import { describe, expect, it } from 'vitest';
import {
  type Allowance,
  createCallBudget,
  type Rank,
} from '../../../src/connectors/http-client/call-budget.js';

const MINUTE = 60_000;
const account: Allowance = { name: 'https://desk.example', most: 20, seconds: 60, shared: true };
const patient = (): AbortSignal => AbortSignal.timeout(30_000);

/** A budget by a clock that a test moves. */
function open(sharers = 1) {
  let at = 1_000_000;
  const budget = createCallBudget({ now: () => at, sharers: () => sharers });
  const take = (rank: Rank, of: readonly Allowance[] = [account], ahead: readonly Allowance[] = []) =>
    budget.take({ of, ahead, rank }, patient());
  return {
    budget,
    take,
    now: () => at,
    pass: (milliseconds: number) => void (at += milliseconds),
    async takenOf(rank: Rank, tries: number): Promise<number> {
      let count = 0;
      for (let n = 0; n < tries; n += 1) {
        const taken = await take(rank);
        if (taken.outcome !== 'taken') continue;
        taken.done();
        count += 1;
      }
      return count;
    },
  };
}

describe('an account’s calls', () => {
  it('are never more than its limit in any minute of the other side’s, however long each is under way', async () => {
    const { take, now, pass } = open();
    const seen: number[] = [];
    for (let n = 0; n < 400; n += 1) {
      const taken = await take('order');
      if (taken.outcome === 'taken') {
        // The other side counts it at some moment before its answer, early for one and late for the next.
        const milliseconds = (n * 977) % 5_000;
        seen.push(now() + (n % 2 === 0 ? 0 : milliseconds));
        pass(milliseconds);
        taken.done();
      } else pass(taken.seconds * 1_000);
    }
    expect(seen.length).toBeGreaterThan(100);
    seen.sort((one, other) => one - other);
    for (const from of seen)
      expect(seen.filter((at) => at >= from && at < from + MINUTE).length).toBeLessThanOrEqual(account.most);
  });

  it('go to orders before looks, and to hinted looks before those by the clock', async () => {
    const { takenOf } = open();
    expect(await takenOf('poll', 30)).toBe(10);
    expect(await takenOf('look', 30)).toBe(4);
    expect(await takenOf('order', 30)).toBe(4);
    expect(await takenOf('begun', 2)).toBe(2);
  });

  it('that find no room are told when to come again, and find it then', async () => {
    const { take, takenOf, pass } = open();
    await takenOf('order', 18);
    pass(20_000);
    const told = await take('order');
    expect(told).toEqual({ outcome: 'paced', seconds: 40 });
    pass(40_000);
    expect((await take('order')).outcome).toBe('taken');
  });

  it('that have begun stand in line, in their order, and nothing new overtakes them', async () => {
    const { take, takenOf, pass } = open();
    await takenOf('begun', 20);
    const order: number[] = [];
    const waiting = [1, 2, 3].map(async (n) => {
      const taken = await take('begun');
      order.push(n);
      return taken;
    });
    pass(MINUTE);
    expect((await take('order')).outcome).toBe('paced');
    expect((await Promise.all(waiting)).map(({ outcome }) => outcome)).toEqual(['taken', 'taken', 'taken']);
    expect(order).toEqual([1, 2, 3]);
    expect((await take('order')).outcome).toBe('taken');
  });

  it('that are given up while they stand in line are not made, and take nothing', async () => {
    const { budget, take, takenOf, pass } = open();
    await takenOf('begun', 20);
    const given = await budget.take({ of: [account], rank: 'begun' }, AbortSignal.timeout(20));
    expect(given.outcome).toBe('paced');
    pass(MINUTE);
    expect(await takenOf('begun', 20)).toBe(20);
    expect((await take('order')).outcome).toBe('paced');
  });

  it('need room in every limit that they count against, and an order in those behind it', async () => {
    const { take } = open();
    const changes: Allowance = { name: 'changes', most: 2, seconds: 60 };
    for (let n = 0; n < 2; n += 1) {
      const taken = await take('order', [account, changes]);
      if (taken.outcome === 'taken') taken.done();
    }
    expect((await take('order', [account, changes])).outcome).toBe('paced');
    expect((await take('order', [account], [changes])).outcome).toBe('paced');
    expect((await take('order')).outcome).toBe('taken');
  });

  it('leave to others what the other side says that they have used', async () => {
    const { budget, takenOf, pass } = open();
    budget.learn(account, { total: 100, remaining: 5 });
    expect(await takenOf('begun', 5)).toBe(5);
    expect(await takenOf('order', 1)).toBe(0);
    pass(MINUTE);
    budget.learn(account, { total: 8, remaining: 8 });
    expect(await takenOf('order', 20)).toBe(7);
  });

  it('are not taken for what is left to others when a call without a limit is told of it', async () => {
    const { budget, takenOf } = open();
    const free: Allowance = { name: account.name, most: Number.POSITIVE_INFINITY, seconds: 60 };
    budget.learn(free, { total: 700, remaining: 0 });
    expect(await takenOf('begun', 20)).toBe(20);
  });

  it('are shared among the processes of an installation, of which none takes another’s for a stranger’s', async () => {
    const one = open(2);
    const other = open(2);
    expect(await one.takenOf('begun', 10)).toBe(10);
    expect(await one.takenOf('order', 1)).toBe(0);
    other.budget.learn(account, { total: 20, remaining: 10 });
    expect(await other.takenOf('begun', 10)).toBe(10);
    one.pass(MINUTE);
    one.budget.learn(account, { total: 20, remaining: 5 });
    // Of fifteen that were made ten may be the other's: five are a stranger's.
    expect(await one.takenOf('begun', 5)).toBe(5);
    expect(await one.takenOf('order', 1)).toBe(0);
  });

  it('cost no more memory than is believed at once, however many the other side allows', async () => {
    const { budget, take } = open();
    const huge: Allowance = { name: 'huge', most: 50_000, seconds: 60 };
    budget.learn(huge, { total: 50_000, remaining: 0 });
    expect((await take('order', [huge])).outcome).toBe('taken');
  });
});
