export interface CallLimitOptions {
  most: number;
  seconds: number;
  /** In milliseconds since 1970. */
  now: () => number;
  /** What was refused counts as well. */
  countsRefused?: boolean;
}

export interface CallLimit {
  /** Counts a call. @returns in how many seconds it would be taken; 0: now */
  admit(): number;
  remaining(): number;
  /** How many it has refused so far. */
  refused(): number;
  /** When every call came that it has taken, oldest first. */
  taken: number[];
}

/** So many calls in any so many seconds, whoever makes them. */
export function createCallLimit({ most, seconds, now, countsRefused = false }: CallLimitOptions): CallLimit {
  const taken: number[] = [];
  let counted: number[] = [];
  let refused = 0;
  const within = (): number[] => (counted = counted.filter((at) => at > now() - seconds * 1_000));
  return {
    taken,
    admit() {
      if (most === Number.POSITIVE_INFINITY) return 0;
      const at = now();
      const full = within().length >= most;
      const [oldest = at] = counted;
      if (!full || countsRefused) counted.push(at);
      if (!full) {
        taken.push(at);
        return 0;
      }
      refused += 1;
      return Math.max(1, Math.ceil((oldest + seconds * 1_000 - at) / 1_000));
    },
    remaining: () => Math.max(0, most - within().length),
    refused: () => refused,
  };
}
