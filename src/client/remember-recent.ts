export interface RecentMemory {
  /** Whether this was not among the last ones asked about. */
  isNew(key: string): boolean;
  forget(): void;
}

/** Remembers the last `size` keys. */
export function rememberRecent(size: number): RecentMemory {
  const seen = new Set<string>();
  return {
    isNew(key) {
      if (seen.has(key)) return false;
      seen.add(key);
      if (seen.size > size) {
        const [oldest] = seen;
        if (oldest !== undefined) seen.delete(oldest);
      }
      return true;
    },
    forget: () => seen.clear(),
  };
}
