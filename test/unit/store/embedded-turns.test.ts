import { describe, expect, it } from 'vitest';
import { type Ask, createTurns } from '../../../src/store/embedded-turns.js';

const bytes = new Uint8Array();
const ask = (id: number, how: Partial<Ask> = {}): Ask => ({ id, bytes, ...how });

describe('the turns of the one connection', () => {
  it('go by arrival', () => {
    const turns = createTurns();
    for (const id of [1, 2, 3]) turns.add(ask(id));
    expect([1, 2, 3].map(() => turns.next(undefined)?.id)).toEqual([1, 2, 3]);
    expect(turns.next(undefined)).toBeUndefined();
  });

  it('who can wait lets others go first, and has its turn when it has waited its time', () => {
    let now = 0;
    const turns = createTurns(() => now);
    turns.add(ask(1, { canWait: true }));
    for (const id of [2, 3, 4]) turns.add(ask(id));
    expect(turns.next(undefined)?.id).toBe(2);
    now = 24;
    expect(turns.next(undefined)?.id).toBe(3);
    now = 25;
    expect(turns.next(undefined)?.id).toBe(1);
    expect(turns.next(undefined)?.id).toBe(4);
  });

  it('an endless rush leaves the patient their share', () => {
    let now = 0;
    const turns = createTurns(() => now);
    let served = 0;
    turns.add(ask(0, { canWait: true }));
    for (let id = 1; id <= 1_000; id += 1) {
      turns.add(ask(id));
      const next = turns.next(undefined);
      now += next?.canWait === true ? 10 : 3;
      if (next?.canWait !== true) continue;
      served += 1;
      turns.add(ask(-id, { canWait: true }));
    }
    // One of ten milliseconds after some 25 of the others': a quarter of the time and more.
    expect((served * 10) / now).toBeGreaterThan(0.25);
  });

  it('an open transaction is alone until it ends, even with those that can wait', () => {
    const turns = createTurns();
    turns.add(ask(1));
    turns.add(ask(2, { canWait: true }));
    turns.add(ask(3, { transaction: 8 }));
    turns.add(ask(4, { transaction: 7 }));
    expect(turns.next(7)?.id).toBe(4);
    expect(turns.next(7)).toBeUndefined();
    expect([1, 2, 3].map(() => turns.next(undefined)?.id)).toEqual([1, 3, 2]);
  });
});
