import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { waitFor } from '../../support/wait-for.js';

const V1 = '/sys/fs/cgroup/memory';
const V2 = '/sys/fs/cgroup';
const MEGABYTE = 1_048_576;

/** A control group of our own whose processes the kernel ends when they take more memory than it may have. */
export interface MemoryGroup {
  /** For processes that are to live in it. */
  directory: string;
  /** What its processes have now, with what of their files lies in memory for them. */
  usedMegabytes(): number;
  /** The most that they had at once since it was made or `forgetMost` was called. */
  mostMegabytes(): number;
  forgetMost(): void;
  limit(megabytes: number | undefined): void;
  /** As little as the kernel agrees to, so that the next page that is asked for is one too many. */
  squeeze(): void;
  remove(): Promise<void>;
}

/** @returns a sentence where none can be made here */
export function openMemoryGroup(name: string): MemoryGroup | string {
  const isOld = existsSync(path.join(V1, 'memory.limit_in_bytes'));
  const directory = path.join(isOld ? V1 : V2, name);
  const files = isOld
    ? {
        limit: 'memory.limit_in_bytes',
        used: 'memory.usage_in_bytes',
        most: 'memory.max_usage_in_bytes',
        none: '-1',
      }
    : { limit: 'memory.max', used: 'memory.current', most: 'memory.peak', none: 'max' };
  const at = (file: string): string => path.join(directory, file);
  const write = (file: string, value: string): void => writeFileSync(at(file), value);
  const megabytes = (file: string): number => Number(readFileSync(at(file), 'utf8')) / MEGABYTE;
  try {
    mkdirSync(directory, { recursive: true });
    write(files.limit, files.none);
  } catch (error) {
    return `no control group for memory can be made here: ${String(error)}`;
  }
  return {
    directory,
    usedMegabytes: () => megabytes(files.used),
    mostMegabytes: () => megabytes(files.most),
    forgetMost: () => write(files.most, '0'),
    limit: (most) =>
      write(files.limit, most === undefined ? files.none : String(Math.round(most * MEGABYTE))),
    squeeze() {
      // The old kind refuses a limit that it cannot reach; the new one ends a process then.
      for (let most = megabytes(files.used); most > 0; most -= 1) {
        try {
          write(files.limit, String(Math.round(most * MEGABYTE)));
        } catch {
          return;
        }
        if (!isOld) return;
      }
    },
    // A process that has just ended may still be counted in it.
    remove: async () => {
      await waitFor('the control group to be empty', () => {
        rmdirSync(directory);
        return true;
      });
    },
  };
}
