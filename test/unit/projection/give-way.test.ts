import { describe, expect, it } from 'vitest';
import { restAfter } from '../../../src/projection/give-way.js';

describe('projection gives way', () => {
  it('does not rest while it keeps up', () => {
    expect(restAfter({ milliseconds: 10, nudged: 10, lagMilliseconds: 20 })).toBe(0);
  });

  it('rests in a rush in proportion to its work, but never for long', () => {
    expect(restAfter({ milliseconds: 10, nudged: 40, lagMilliseconds: 20 })).toBe(20);
    expect(restAfter({ milliseconds: 400, nudged: 4_000, lagMilliseconds: 20 })).toBe(100);
  });

  it('does not rest when what waits has waited too long, however much arrives', () => {
    expect(restAfter({ milliseconds: 10, nudged: 1_000, lagMilliseconds: 5_001 })).toBe(0);
  });
});
