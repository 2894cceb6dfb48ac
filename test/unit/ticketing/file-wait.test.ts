import { describe, expect, it } from 'vitest';
import {
  createFileWait,
  type FileWait,
  noteMissed,
  pauseMilliseconds,
} from '../../../src/ticketing/file-wait.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Looks until it is given up. @returns after how long that is, from the first look on */
function waitOut(wait: FileWait, as: 'later' | 'not_now', from: number): number {
  let at = from;
  while (noteMissed(wait, as, at, 'Not there.')) at += pauseMilliseconds(wait);
  return at - from;
}

describe('how long an agent’s file is waited for', () => {
  it('a minute, from the first look on, while its desk says that it is not there', () => {
    const given = waitOut(createFileWait(1n), 'later', 10 * HOUR);
    expect(given).toBeGreaterThanOrEqual(MINUTE);
    expect(given).toBeLessThan(1.5 * MINUTE);
  });

  it('two hours, while its desk cannot be asked, and seldom after a while', () => {
    const wait = createFileWait(1n);
    expect(waitOut(wait, 'not_now', 0)).toBeGreaterThanOrEqual(2 * HOUR);
    expect(pauseMilliseconds(wait)).toBe(MINUTE);
  });

  it('a minute also after its desk was away for hours', () => {
    const wait = createFileWait(1n);
    for (let at = 0; at < HOUR; at += MINUTE) noteMissed(wait, 'not_now', at, 'Down.');
    const given = waitOut(wait, 'later', HOUR);
    expect(given).toBeGreaterThanOrEqual(MINUTE);
    expect(given).toBeLessThan(1.5 * MINUTE);
  });

  it('however long its connection is paused', () => {
    const wait = createFileWait(1n);
    noteMissed(wait, 'not_now', 0, 'Refused.');
    for (let at = MINUTE; at < 100 * HOUR; at += MINUTE)
      expect(noteMissed(wait, 'paused', at, 'Paused.')).toBe(true);
    expect(noteMissed(wait, 'not_now', 100 * HOUR, 'Down.')).toBe(true);
  });

  it('not for ever where its desk is away every other time', () => {
    const wait = createFileWait(1n);
    let at = 0;
    while (noteMissed(wait, at % 2_000 === 0 ? 'later' : 'not_now', at, 'Odd.')) at += 1_000;
    expect(at).toBeLessThan(3 * MINUTE);
  });
});
