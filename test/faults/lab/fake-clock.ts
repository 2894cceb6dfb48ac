import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const LIBRARIES = '/usr/lib';

/** The wall clock of one process, which jumps when it is told to; its steady clock does not. */
export interface FakeClock {
  /** For the process's environment. */
  env: Record<string, string>;
  /** So far from the true time from now on. */
  jump(seconds: number): void;
  drop(): void;
}

/** Why there can be none here; undefined when there can. */
export const whyNoFakeClock = (): string | undefined =>
  findLibrary() === undefined ? 'libfaketime is not installed (apt-get install libfaketime)' : undefined;

function findLibrary(): string | undefined {
  const places = readdirSync(LIBRARIES).map((name) =>
    path.join(LIBRARIES, name, 'faketime', 'libfaketimeMT.so.1'),
  );
  return places.find((place) => existsSync(place));
}

export function createFakeClock(): FakeClock {
  const library = findLibrary();
  if (library === undefined) throw new Error(whyNoFakeClock());
  const directory = mkdtempSync(path.join(os.tmpdir(), 'desk-bridge-clock-'));
  const file = path.join(directory, 'offset');
  const jump = (seconds: number): void => writeFileSync(file, `${seconds < 0 ? '' : '+'}${seconds}\n`);
  jump(0);
  return {
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    },
    jump,
    drop: () => rmSync(directory, { recursive: true, force: true }),
  };
}
