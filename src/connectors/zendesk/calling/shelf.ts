/** What is remembered of an account for a while: looked-up ids, so that not every order asks for them again. */
export interface Shelf {
  get(name: string): string | undefined;
  put(name: string, id: string, seconds: number): void;
  forget(name: string): void;
}

const MOST_ENTRIES = 20_000;

/** Shelves of many accounts in one memory; what is oldest goes first. */
export function createShelf(now: () => number = () => performance.now()): { of(account: string): Shelf } {
  const entries = new Map<string, { id: string; until: number }>();
  return {
    of: (account) => ({
      get(name) {
        const entry = entries.get(`${account} ${name}`);
        return entry !== undefined && entry.until > now() ? entry.id : undefined;
      },
      put(name, id, seconds) {
        const key = `${account} ${name}`;
        entries.delete(key);
        entries.set(key, { id, until: now() + seconds * 1_000 });
        const oldest = entries.size > MOST_ENTRIES ? entries.keys().next().value : undefined;
        if (oldest !== undefined) entries.delete(oldest);
      },
      forget: (name) => void entries.delete(`${account} ${name}`),
    }),
  };
}
