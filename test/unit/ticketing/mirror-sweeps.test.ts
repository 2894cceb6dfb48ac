import { setTimeout as pause } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { createNudges } from '../../../src/store/nudges.js';
import { createMirror } from '../../../src/ticketing/mirror.js';

const SWEEP_MILLISECONDS = 40;

/** A mirror of a database without desks that counts its sweeps. */
function openMirror() {
  let sweeps = 0;
  const nudges = createNudges();
  const mirror = createMirror({
    mirrors: {
      begin: async () => {
        sweeps += 1;
      },
      list: async () => [],
    } as never,
    feed: {} as never,
    rulesOf: () => undefined,
    fetchingConnectors: [],
    nudges,
    filesOwed: () => undefined,
    sweepMilliseconds: SWEEP_MILLISECONDS,
    observe: {
      told: () => undefined,
      begunAfresh: () => undefined,
      failed: (error) => expect.fail(String(error)),
    },
  });
  return { mirror, nudges, sweeps: () => sweeps };
}

it('changes of connections, however many at once, leave one sweep after another, and none after the stop', async () => {
  const { mirror, nudges, sweeps } = openMirror();
  onTestFinished(() => mirror.stop());
  mirror.start();
  for (let change = 0; change < 20; change += 1) nudges.send('connections', [`wsp_${change}`]);
  await pause(SWEEP_MILLISECONDS);
  const before = sweeps();
  const from = performance.now();
  await pause(10 * SWEEP_MILLISECONDS);
  // A turn that came late makes them fewer, never more.
  const turns = Math.ceil((performance.now() - from) / SWEEP_MILLISECONDS);
  expect(sweeps() - before).toBeLessThanOrEqual(turns + 1);
  expect(sweeps()).toBeGreaterThan(before);
  await mirror.stop();
  const atStop = sweeps();
  await pause(3 * SWEEP_MILLISECONDS);
  expect(sweeps()).toBe(atStop);
});
