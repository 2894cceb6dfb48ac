import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { ProjectionStore } from '../../../src/projection/project-lanes.js';
import { createProjection } from '../../../src/projection/projection.js';
import { createNudges, type InboundLane } from '../../../src/store/nudges.js';
import { waitFor } from '../../support/wait-for.js';

const lanes: InboundLane[] = Array.from({ length: 100 }, (_value, n) => ({
  workspaceId: 'w',
  connectionId: 'c',
  laneKey: `lane ${n}`,
}));

it('in a rush batches stay small, and no lane is forgotten that was nudged amid a batch or a rest', async () => {
  const nudges = createNudges();
  const lastRead = new Map<string, number>();
  const asked: number[] = [];
  let clock = 0;
  const store = {
    lanes: {
      readLanes: async (batch: InboundLane[]) => {
        asked.push(batch.length);
        for (const { laneKey } of batch) lastRead.set(laneKey, (clock += 1));
        await pause(2);
        return { events: [], states: new Map() };
      },
    },
    inbox: { findWaitingLanes: async () => [] },
  } as unknown as ProjectionStore;
  const failures: unknown[] = [];
  const projection = createProjection({
    store,
    read: async () => ({ outcome: 'facts', facts: [] }),
    nudges,
    workers: 1,
    sweepMilliseconds: 60_000,
    observe: { projected: () => undefined, failed: (error) => failures.push(error), swept: () => undefined },
  });
  projection.start();
  const lastNudged = new Map<string, number>();
  for (let round = 0; round < 20; round += 1) {
    // Ten events of each: fifteen lanes are a batch.
    for (let event = 0; event < 10; event += 1) nudges.send('projection', lanes);
    for (const { laneKey } of lanes) lastNudged.set(laneKey, (clock += 1));
    await pause(3);
  }
  await waitFor('everything to be looked at', () => projection.isIdle());
  await projection.stop();
  expect(failures).toEqual([]);
  for (const { laneKey } of lanes)
    expect(lastRead.get(laneKey)).toBeGreaterThan(lastNudged.get(laneKey) ?? 0);
  // The first batch begins with the first nudge; what has gathered since goes by its events.
  expect(Math.max(...asked.slice(2))).toBeLessThanOrEqual(15);
});
