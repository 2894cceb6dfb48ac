/** Chance that can be repeated: the same seed, the same run of decisions. */
export interface Seeded {
  /** In [0, 1). */
  next(): number;
  /** A whole number from 0 to below `bound`. */
  below(bound: number): number;
  between(least: number, most: number): number;
  pick<T>(from: readonly T[]): T;
  /** Another source that this one's later decisions do not disturb. */
  branch(name: string): Seeded;
}

/** mulberry32: 32 bits of state are plenty for deciding whom to hurt next. */
export function createSeeded(seed: number): Seeded {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    below: (bound) => Math.floor(next() * bound),
    between: (least, most) => least + next() * (most - least),
    pick(from) {
      const picked = from[Math.floor(next() * from.length)];
      if (picked === undefined) throw new Error('there is nothing to pick from');
      return picked;
    },
    branch: (name) => createSeeded(hashOf(seed, name)),
  };
}

function hashOf(seed: number, name: string): number {
  let hash = seed >>> 0;
  for (const letter of name) hash = Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 16_777_619) >>> 0;
  return hash;
}
