import { execFileSync } from 'node:child_process';
import { mkdtempSync, openSync, closeSync, rmSync, statfsSync, writeSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** A file system of its own in memory, small enough to be filled. */
export interface SmallDisk {
  directory: string;
  /** Takes everything that is left, but for so many bytes. */
  fill(butFor?: number): void;
  /** Gives it back. */
  empty(): void;
  freeBytes(): number;
  drop(): void;
}

/** Why there can be none here; undefined when there can. */
export function whyNoSmallDisk(): string | undefined {
  try {
    createSmallDisk(1).drop();
    return undefined;
  } catch (error) {
    return `a file system in memory cannot be mounted here: ${error instanceof Error ? error.message : ''}`;
  }
}

export function createSmallDisk(megabytes: number): SmallDisk {
  const directory = mkdtempSync(path.join(os.tmpdir(), 'desk-bridge-disk-'));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=1777`, 'tmpfs', directory], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ballast = path.join(directory, 'ballast');
  const freeBytes = (): number => {
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize;
  };
  return {
    directory,
    freeBytes,
    fill(butFor = 0) {
      const handle = openSync(ballast, 'a');
      const chunk = Buffer.alloc(64 * 1024);
      try {
        while (freeBytes() > butFor)
          writeSync(handle, chunk, 0, Math.min(chunk.length, freeBytes() - butFor));
      } catch (error) {
        // Somebody else may be faster with the last of it.
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      } finally {
        closeSync(handle);
      }
    },
    empty: () => rmSync(ballast, { force: true }),
    drop() {
      execFileSync('umount', ['-l', directory]);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
