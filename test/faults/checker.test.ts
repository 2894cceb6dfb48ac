import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check, type Observed, upperBound, VIOLATIONS, type Violation } from './checker.js';
import { type CleanLane, type Fate, observeClean } from './clean-run.js';
import { openHistory, readHistory } from './history.js';
import { createSeeded } from './seeded.js';
import { intoTickets } from './tickets.js';

const arrived: Fate = { unanswered: 0, taken: true, ends: 'arrived', step: 3 };
const lanes: CleanLane[] = [
  { direction: 'out', fates: [arrived, { ...arrived, unanswered: 2 }, arrived, arrived] },
  { direction: 'in', fates: [arrived, arrived, { ...arrived, taken: false }] },
  { direction: 'out', fates: [arrived, { ...arrived, ends: 'dead' }, arrived] },
];

/** A run without fault, in which one thing is then spoilt. */
function spoilt(spoil: (run: ReturnType<typeof writable>) => void, farSide: Observed['farSide'] = 'silent') {
  const run = writable(observeClean(lanes, farSide));
  spoil(run);
  return check(run);
}

const writable = (run: Observed) => ({
  ...run,
  history: [...run.history],
  receipts: run.receipts.map((receipt) => ({ ...receipt })),
  accounts: run.accounts.map((account) => ({ ...account })),
  views: run.views.map((view) => ({ ...view, seqs: [...view.seqs] })),
  owed: [...run.owed],
});

/** The same run with a desk, in whose tickets the contacts' words stand as they stand in the record. */
function toTickets(run: ReturnType<typeof writable>): void {
  run.history = intoTickets(run.history);
  run.receipts.push(
    ...run.receipts
      .filter(({ direction }) => direction === 'in')
      .map((receipt) => ({ ...receipt, direction: 'ticket' as const })),
  );
}

const classesOf = (violations: readonly Violation[]): string[] => violations.map((one) => one.class);

const indexOf = (run: ReturnType<typeof writable>, conversation: string, n: number): number =>
  run.receipts.findIndex((receipt) => receipt.conversation === conversation && receipt.n === n);

describe('the checker finds the one thing that is wrong, and nothing else', () => {
  it('a run without fault is kept', () => {
    const verdict = check(observeClean(lanes, 'silent'));
    expect(verdict).toMatchObject({ outcome: 'kept', violations: [] });
    expect(verdict.counts).toMatchObject({ acknowledged: 9, recovered: 1, deadLetters: 1 });
  });

  it.each(['c0', 'c1'])('lost: acknowledged in %s, and never received', (conversation) => {
    const verdict = spoilt((run) => run.receipts.splice(indexOf(run, conversation, 2), 1));
    expect(classesOf(verdict.violations)).toEqual(['lost']);
    expect(verdict.violations[0]?.about).toContain(`${conversation} 2`);
  });

  it.each([
    ['keys', 'duplicateEffect'],
    ['find', 'duplicateSend'],
  ] as const)('a desk with %s: what stands twice in its ticket is a %s', (desk, kind) => {
    const verdict = spoilt((run) => {
      Object.assign(run, { desk });
      toTickets(run);
      const place = run.receipts.findIndex(({ direction, n }) => direction === 'ticket' && n === 2);
      run.receipts.push({ ...(run.receipts[place] as Observed['receipts'][number]), at: 1e6 });
    });
    expect(classesOf(verdict.violations)).toEqual([kind]);
    expect(verdict.counts.acknowledged).toBe(9);
  });

  it('lost and out of order in a ticket, though the record has it all', () => {
    const missing = spoilt((run) => {
      toTickets(run);
      run.receipts.splice(
        run.receipts.findIndex(({ direction, n }) => direction === 'ticket' && n === 1),
        1,
      );
    });
    expect(missing.violations).toMatchObject([{ class: 'lost', about: 'ticket c1 1' }]);
    const swapped = spoilt((run) => {
      toTickets(run);
      for (const receipt of run.receipts) if (receipt.direction === 'ticket') receipt.at = -receipt.at;
    });
    expect(new Set(classesOf(swapped.violations))).toEqual(new Set(['reorder']));
  });

  it('not drained: what may still come is not lost yet, and the run has not passed', () => {
    const verdict = spoilt((run) => {
      run.receipts.splice(indexOf(run, 'c0', 4), 1);
      run.drained = false;
    });
    expect(verdict).toMatchObject({ outcome: 'not drained', violations: [] });
  });

  it('held: what rightly waits longer than the run is not lost', () => {
    const verdict = spoilt((run) => {
      run.receipts.splice(indexOf(run, 'c0', 4), 1);
      run.owed.push({ direction: 'out', conversation: 'c0', stillSeconds: 60, held: true });
    });
    expect(verdict).toMatchObject({ outcome: 'kept', violations: [] });
  });

  it('not acknowledged and not received: nobody was promised anything', () => {
    const verdict = spoilt((run) => run.receipts.splice(indexOf(run, 'c1', 3), 1));
    expect(verdict.outcome).toBe('kept');
    expect(verdict.counts.recovered).toBe(0);
  });

  it('phantom: received, and nobody said it', () => {
    const verdict = spoilt((run) =>
      run.receipts.push({ direction: 'out', conversation: 'c0', n: 99, arrivedIn: 'c0', at: 1e9 }),
    );
    expect(classesOf(verdict.violations)).toEqual(['phantom']);
  });

  it('phantom: received in another conversation', () => {
    const verdict = spoilt((run) => {
      run.receipts[indexOf(run, 'c0', 3)]!.arrivedIn = 'c2';
    });
    expect(classesOf(verdict.violations)).toEqual(['phantom']);
  });

  it('phantom: refused, and received all the same', () => {
    const saying = { direction: 'out', conversation: 'c0', n: 5 } as const;
    const verdict = spoilt((run) => {
      run.history.push({ type: 'invoke', at: 1e6, ...saying }, { type: 'fail', at: 1e6, ...saying });
      run.receipts.push({ ...saying, arrivedIn: 'c0', at: 1e9 });
    });
    expect(classesOf(verdict.violations)).toEqual(['phantom']);
  });

  it.each([
    ['keys', 'out', 'duplicateEffect'],
    ['echo', 'out', 'duplicateSend'],
    ['silent', 'out', 'duplicateSend'],
    ['silent', 'in', 'duplicateEffect'],
  ] as const)('doubled: a far side with %s received one twice (%s)', (farSide, direction, expected) => {
    const conversation = direction === 'out' ? 'c0' : 'c1';
    const verdict = spoilt((run) => {
      const receipt = run.receipts[indexOf(run, conversation, 1)]!;
      run.receipts.push({ ...receipt, at: receipt.at + 1 });
    }, farSide);
    expect(classesOf(verdict.violations)).toEqual([expected]);
  });

  it('doubled: flagged as possible, but no fault had met it', () => {
    const verdict = spoilt((run) => {
      const receipt = run.receipts[indexOf(run, 'c0', 1)]!;
      run.receipts.push({ ...receipt, at: receipt.at + 1 });
      run.accounts.find(({ conversation, n }) => conversation === 'c0' && n === 1)!.flags = [
        'possibleDuplicate',
      ];
    });
    expect(classesOf(verdict.violations)).toEqual(['duplicateSend']);
  });

  it('reordered: the second was there before the first', () => {
    const verdict = spoilt((run) => {
      const [first, second] = [run.receipts[indexOf(run, 'c0', 1)]!, run.receipts[indexOf(run, 'c0', 2)]!];
      [first.at, second.at] = [second.at, first.at];
    });
    expect(classesOf(verdict.violations)).toEqual(['reorder']);
  });

  it('gap hidden: a dead letter of which nobody was told', () => {
    const verdict = spoilt((run) => {
      run.accounts.find(({ state }) => state === 'failed')!.failedSeq = 0;
    });
    expect(classesOf(verdict.violations)).toEqual(['gapHidden']);
  });

  it('gap hidden: told only after the next message was sent', () => {
    const verdict = spoilt((run) => {
      run.accounts.find(({ state }) => state === 'failed')!.failedSeq = 1_000;
    });
    expect(classesOf(verdict.violations)).toEqual(['gapHidden']);
  });

  it('stuck: owed, nothing holds it, and it does not move', () => {
    const lane = { direction: 'out', conversation: 'c0', stillSeconds: 15 } as const;
    const verdict = spoilt((run) => {
      run.drained = false;
      run.owed.push({ ...lane, held: false }, { ...lane, conversation: 'c2', held: true });
    });
    expect(classesOf(verdict.violations)).toEqual(['stuck']);
  });

  it.each([
    ['a gap', (seqs: number[]) => seqs.splice(2, 1)],
    ['a repeat', (seqs: number[]) => seqs.splice(2, 0, seqs[1]!)],
    ['the wrong order', (seqs: number[]) => seqs.splice(1, 2, seqs[2]!, seqs[1]!)],
    ['an end too early', (seqs: number[]) => seqs.pop()],
    ['more than there is', (seqs: number[]) => seqs.push(seqs.length + 1)],
  ])('agent view: a screen that shows %s', (_what, spoil) => {
    const verdict = spoilt((run) => spoil(run.views[0]!.seqs));
    expect(classesOf(verdict.violations)).toEqual(['agentView']);
  });
});

const fate = fc.record({
  unanswered: fc.nat(3),
  taken: fc.boolean(),
  ends: fc.constantFrom('arrived' as const, 'dead' as const, 'asked' as const, 'arrived twice' as const),
  step: fc.integer({ min: 1, max: 500 }),
});
const lane = fc.record({
  direction: fc.constantFrom('in' as const, 'out' as const),
  fates: fc.array(fate, { minLength: 1, maxLength: 8 }),
});

describe('over generated runs', () => {
  it('a run in which every promise was kept is never blamed', () => {
    fc.assert(
      fc.property(fc.array(lane, { minLength: 1, maxLength: 6 }), (generated) => {
        expect(check(observeClean(generated, 'silent')).violations).toEqual([]);
      }),
    );
  });

  it('taking away any acknowledged arrival is a loss, wherever it is', () => {
    fc.assert(
      fc.property(fc.array(lane, { minLength: 1, maxLength: 4 }), fc.nat(), (generated, chosen) => {
        const run = writable(observeClean(generated, 'silent'));
        const { receipts } = run;
        fc.pre(receipts.length > 0);
        const { direction, conversation, n } = receipts[chosen % receipts.length]!;
        run.receipts = receipts.filter((one) => one.conversation !== conversation || one.n !== n);
        const wasTaken = run.history.some(
          (line) => line.type === 'ok' && line.conversation === conversation && line.n === n,
        );
        expect(check(run).violations.map(({ class: kind, about }) => ({ kind, about }))).toEqual(
          wasTaken ? [{ kind: 'lost', about: `${direction} ${conversation} ${n}` }] : [],
        );
      }),
    );
  });
});

describe('what the checker is fed with', () => {
  it('a history is read back as it was written, without a last line that was cut short', () => {
    const directory = mkdtempSync(path.join(os.tmpdir(), 'desk-bridge-history-'));
    const file = path.join(directory, 'history.jsonl');
    const history = openHistory(file);
    const saying = { direction: 'in', conversation: 'c', n: 1 } as const;
    history.write({ type: 'invoke', at: 1, ...saying });
    history.write({ type: 'ok', at: 500, ...saying });
    history.close();
    history.write({ type: 'ok', at: 501, ...saying });
    appendFileSync(file, '{"type":"ok","at":5');
    expect(readHistory(file)).toEqual([
      { type: 'invoke', at: 1, ...saying },
      { type: 'ok', at: 500, ...saying },
    ]);
    rmSync(directory, { recursive: true });
  });

  it('chance is the same for the same seed, and another for another', () => {
    const draw = (seed: number): number[] => {
      const chance = createSeeded(seed);
      return Array.from({ length: 20 }, () => chance.below(1_000));
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
    expect(createSeeded(7).branch('a').next()).not.toBe(createSeeded(7).branch('b').next());
  });

  it('zero violations say no more than three in the number of trials', () => {
    expect([upperBound(0), upperBound(60), upperBound(1_000)]).toEqual([1, 0.05, 0.003]);
    expect(VIOLATIONS).toHaveLength(8);
  });
});
