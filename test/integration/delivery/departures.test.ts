import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createDepartures, type Departures } from '../../../src/delivery/departures.js';

/** A process that notes attempts and is killed, as the bridge may be. */
const NOTING = `
  const { createDepartures } = await import(process.argv[1]);
  const departures = createDepartures(process.argv[2], 'desk-bridge:' + process.pid + '-first');
  departures.open();
  for (const attempt of JSON.parse(process.argv[3])) departures.note({ deliveryId: 'dlv_' + attempt, attempt });
  console.log(process.pid);
  setInterval(() => undefined, 1000);`;

describe.skipIf(process.platform !== 'linux')(
  'what is known of attempts that a killed process had on record',
  () => {
    let directory: string;
    let departures: Departures;
    beforeEach(() => {
      directory = mkdtempSync(path.join(os.tmpdir(), 'departures-'));
      departures = createDepartures(directory, `desk-bridge:${process.pid}-second`);
      departures.open();
    });
    afterEach(() => {
      departures.close();
      rmSync(directory, { recursive: true, force: true });
    });

    /** @returns the owner, and how to kill it */
    const startNoting = async (attempts: number[]) => {
      const child = spawn(
        process.execPath,
        [
          '--import',
          path.resolve('scripts/ts-loader.mjs'),
          '--input-type=module',
          '-e',
          NOTING,
          path.resolve('src/delivery/departures.ts'),
          directory,
          JSON.stringify(attempts),
        ],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      await once(child.stdout, 'data');
      return {
        owner: `desk-bridge:${child.pid ?? 0}-first`,
        kill: async () => {
          const ended = once(child, 'exit');
          child.kill('SIGKILL');
          await ended;
        },
      };
    };

    it('what it had noted may have left, what it had not never did; while it lives nothing is certain', async () => {
      const { owner, kill } = await startNoting([1, 2]);
      const ask = (attempt: number) => departures.neverLeft({ deliveryId: `dlv_${attempt}`, attempt, owner });
      expect([ask(2), ask(3)]).toEqual([false, false]);
      await kill();
      expect([ask(1), ask(2), ask(3)]).toEqual([false, false, true]);
      expect(departures.neverLeft({ deliveryId: 'dlv_1', attempt: 2, owner })).toBe(true);
    });

    it('of what another machine, or this one before its last start, has noted nothing is certain', async () => {
      const { owner, kill } = await startNoting([1]);
      await kill();
      const folder = path.join(directory, 'departures');
      const [name = ''] = readdirSync(folder).filter((file) => file.includes('first'));
      const file = path.join(folder, name);
      writeFileSync(file, readFileSync(file, 'utf8').replace(/^\S+/u, 'another-boot'));
      expect(departures.neverLeft({ deliveryId: 'dlv_9', attempt: 9, owner })).toBe(false);
    });

    it('of a process that has left no notes nothing is certain, nor of our own', () => {
      const { pid } = spawnSync('true');
      expect(departures.neverLeft({ deliveryId: 'dlv_1', attempt: 1, owner: `desk-bridge:${pid}-x` })).toBe(
        false,
      );
      const own = `desk-bridge:${process.pid}-second`;
      expect(departures.neverLeft({ deliveryId: 'dlv_1', attempt: 1, owner: own })).toBe(false);
    });

    it('keeps the last attempts of a long life in two files, whatever it has sent before', async () => {
      const long = createDepartures(directory, `desk-bridge:${process.pid}-long`);
      long.open();
      for (let attempt = 1; attempt <= 60_000; attempt += 1)
        long.note({ deliveryId: `dlv_0123456789abcdefghij_${attempt}`, attempt });
      long.close();
      const noted = (attempt: number) => ({
        deliveryId: `dlv_0123456789abcdefghij_${attempt}`,
        attempt,
        owner: `desk-bridge:${process.pid}-long`,
      });
      expect(departures.neverLeft(noted(60_000))).toBe(false);
      expect(departures.neverLeft(noted(40_000))).toBe(false);
      expect(departures.neverLeft(noted(60_001))).toBe(true);
      const bytes = readdirSync(path.join(directory, 'departures')).map(
        (file) => readFileSync(path.join(directory, 'departures', file)).length,
      );
      expect(Math.max(...bytes)).toBeLessThan(1_100_000);
    });

    it('a directory that cannot be written stops nobody, and then nothing is certain', () => {
      const blocked = path.join(directory, 'blocked');
      mkdirSync(blocked);
      writeFileSync(path.join(blocked, 'departures'), 'a file where the directory should be');
      const blind = createDepartures(blocked, `desk-bridge:${process.pid}-blind`);
      blind.open();
      expect(() => blind.note({ deliveryId: 'dlv_1', attempt: 1 })).not.toThrow();
      expect(blind.neverLeft({ deliveryId: 'dlv_1', attempt: 1, owner: 'desk-bridge:1-any' })).toBe(false);
    });
  },
);
