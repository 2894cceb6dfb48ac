import { afterEach, describe, expect, it, vi } from 'vitest';
import { createRefusalLimit } from '../../src/intake/refusal-limit.js';

describe('the limit of refusals', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each([-2, 2])('F60: asks for a minute at the most, also when the clock jumps by %d hours', (hours) => {
    vi.useFakeTimers({ toFake: ['Date'] });
    const limit = createRefusalLimit({ perMinute: 3 });
    for (let n = 0; n < 3; n += 1) limit.count('somebody');
    vi.setSystemTime(Date.now() + hours * 3_600_000);
    const seconds = limit.blockedSeconds('somebody');
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(60);
  });
});
