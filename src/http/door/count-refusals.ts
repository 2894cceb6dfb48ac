import { MemoryStore, type Options } from 'express-rate-limit';

export interface RefusalCount {
  /** How long this address has to wait; undefined when it may go on. */
  waitSeconds(address: string): Promise<number | undefined>;
  add(address: string): Promise<void>;
}

/** Counts what an address got wrong about who it is, so that guessing does not reach the database. */
export function countRefusals(perMinute: number): RefusalCount {
  const store = new MemoryStore();
  store.init({ windowMs: 60_000 } as Options);
  return {
    async waitSeconds(address) {
      const count = await store.get(address);
      if (count === undefined || count.totalHits < perMinute) return undefined;
      return Math.max(1, ((count.resetTime?.getTime() ?? Date.now()) - Date.now()) / 1_000);
    },
    async add(address) {
      await store.increment(address);
    },
  };
}
