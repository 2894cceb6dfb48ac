import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openFileLink, signFileLink } from '../../../src/access/file-link.js';
import { ATTEMPT_PAUSES_SECONDS, pauseAfter, pauseAsAsked } from '../../../src/domain/backoff.js';
import { createBreaker } from '../../../src/delivery/breaker.js';
import { safeName } from '../../../src/desk/store-file.js';

describe('B36: the name of a file', () => {
  it.each([
    ['../../etc/passwd', 'passwd'],
    ['..\\..\\boot.ini', 'boot.ini'],
    ['a\u0000.png', 'a.png'],
    ['gnp\u202e.exe', 'gnp.exe'],
    ['a"b\r\nX: y.txt', 'abX y.txt'],
    ['CON', 'file'],
    ['lpt1.txt', 'file'],
    ['', 'file'],
    ['...', 'file'],
    ['.htaccess', 'htaccess'],
    ['Füße 🌿.png', 'Füße 🌿.png'],
  ])('%j becomes %j', (given, expected) => {
    expect(safeName(given)).toBe(expected);
  });

  it('is never empty, never long, never leads anywhere, and keeps its ending', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (given) => {
        const name = safeName(given);
        expect(name.length).toBeGreaterThan(0);
        expect(Array.from(name).length).toBeLessThanOrEqual(120);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
        expect(name).not.toMatch(/[\u0000-\u001f/\\"<>|:*?\u202a-\u202e]/u);
        expect(['.', '..']).not.toContain(name);
      }),
      { numRuns: 5_000 },
    );
    expect(safeName(`${'x'.repeat(300)}.png`)).toMatch(/^x+\.png$/u);
  });
});

describe('B38: a signed link', () => {
  const deps = { publicUrl: 'https://bridge.example', linkKey: Buffer.alloc(32, 7) };
  const file = { workspaceId: 'wsp_a', fileId: 'fil_a', name: 'fern.png' };
  const now = Date.parse('2026-11-22T10:00:00Z');
  const partsOf = (url: string) => {
    const { pathname, searchParams } = new URL(url);
    const [, , workspaceId = '', fileId = ''] = pathname.split('/');
    const read = (name: string): string => searchParams.get(name) ?? '';
    return { workspaceId, fileId, expires: read('expires'), signature: read('signature') };
  };

  it('opens its own file’s workspace until it expires, at the most an hour later', () => {
    const { url, expiresAt } = signFileLink(deps, file, now);
    expect(expiresAt.getTime() - now).toBeLessThanOrEqual(3_600_000);
    expect(expiresAt.getTime() - now).toBeGreaterThanOrEqual(1_800_000);
    const opened = openFileLink(deps.linkKey, partsOf(url), now);
    expect(opened.outcome === 'opened' && opened.scope.workspaceId).toBe('wsp_a');
    expect(openFileLink(deps.linkKey, partsOf(url), expiresAt.getTime())).toEqual({
      outcome: 'refused',
      code: 'link_expired',
    });
  });

  it('with any part changed it opens nothing', () => {
    const parts = partsOf(signFileLink(deps, file, now).url);
    const changes = {
      workspaceId: 'wsp_b',
      fileId: 'fil_b',
      expires: String(Number(parts.expires) + 1_800),
      signature: `${parts.signature.slice(0, -2)}AA`,
    };
    for (const [part, value] of [...Object.entries(changes), ['signature', ''], ['expires', 'NaN']] as [
      string,
      string,
    ][]) {
      expect(openFileLink(deps.linkKey, { ...parts, [part]: value }, now)).toEqual({
        outcome: 'refused',
        code: 'link_invalid',
      });
    }
    expect(openFileLink(Buffer.alloc(32, 8), parts, now).outcome).toBe('refused');
  });
});

describe('P5: backoff', () => {
  it('is within a tenth of the printed pauses, grows until its cap, and lasts 72 hours', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 13 }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (attempt, chance) => {
          const pause = pauseAfter(attempt, chance) ?? Number.NaN;
          const printed = ATTEMPT_PAUSES_SECONDS[attempt] ?? Number.NaN;
          expect(pause).toBeGreaterThanOrEqual(printed * 0.9);
          expect(pause).toBeLessThanOrEqual(printed * 1.1);
        },
      ),
      { numRuns: 10_000 },
    );
    expect([...ATTEMPT_PAUSES_SECONDS].sort((a, b) => a - b)).toEqual([...ATTEMPT_PAUSES_SECONDS]);
    const least = ATTEMPT_PAUSES_SECONDS.reduce<number>(
      (sum, _pause, attempt) => sum + (pauseAfter(attempt, 0) ?? 0),
      0,
    );
    expect(least / 3_600).toBeGreaterThanOrEqual(68);
    expect(
      ATTEMPT_PAUSES_SECONDS.reduce<number>((sum, pause) => sum + pause, 0) / 3_600,
    ).toBeGreaterThanOrEqual(72);
    expect(pauseAfter(ATTEMPT_PAUSES_SECONDS.length, 0.5)).toBeUndefined();
  });

  it('F40: what was asked for is honoured between a second and a day, never earlier', () => {
    fc.assert(
      fc.property(
        fc.double({ noNaN: true }),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (asked, chance) => {
          const pause = pauseAsAsked(asked, chance);
          expect(pause).toBeGreaterThanOrEqual(Math.min(86_400, Math.max(1, asked)));
          expect(pause).toBeLessThanOrEqual(86_400 * 1.05);
        },
      ),
      { numRuns: 10_000 },
    );
  });
});

describe('P6: the breaker', () => {
  it('never opens on successes, opens after five failures in a row, lets one probe out and closes after a success', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('well', 'unwell', 'unknown', 'wait'), { maxLength: 60 }),
        (story) => {
          let now = 0;
          const breaker = createBreaker({ now: () => now });
          let failures = 0;
          for (const step of story) {
            if (step === 'wait') {
              now += 61_000;
              continue;
            }
            breaker.report('con', step);
            failures = step === 'well' ? 0 : step === 'unwell' ? failures + 1 : failures;
            if (failures < 5) expect(breaker.allows('con')).toBe(true);
          }
          breaker.report('con', 'well');
          expect([breaker.allows('con'), breaker.allows('con'), breaker.open()]).toEqual([true, true, []]);
          for (let n = 0; n < 5; n += 1) breaker.report('con', 'unwell');
          expect([breaker.allows('con'), breaker.allows('other'), breaker.open()]).toEqual([
            false,
            true,
            ['con'],
          ]);
          now += 61_000;
          expect([breaker.allows('con'), breaker.allows('con')]).toEqual([true, false]);
        },
      ),
      { numRuns: 10_000 },
    );
  });

  it('F40: one lane that always fails is looked at after 5 s, 10 s, and so on to once a minute, and opens no circuit', () => {
    let now = 0;
    const breaker = createBreaker({ now: () => now });
    breaker.report('con', 'unwell');
    const looks: number[] = [];
    for (let last = 0; looks.length < 8; now += 500) {
      if (!breaker.ripe().includes('con')) continue;
      looks.push((now - last) / 1_000);
      last = now;
      breaker.look('con');
      expect(breaker.ripe()).toEqual([]);
      expect(breaker.report('con', 'unwell')).toBeUndefined();
      expect([breaker.allows('con'), breaker.open()]).toEqual([true, []]);
    }
    expect(looks).toEqual([5, 10, 20, 40, 60, 60, 60, 60]);
    expect(breaker.report('con', 'well')).toEqual({ state: 'recovered' });
    // A failure among successes is nobody’s outage.
    breaker.report('con', 'unwell');
    expect(breaker.report('con', 'well')).toBeUndefined();
  });
});
