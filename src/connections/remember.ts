interface Remembered<Value> {
  /** A promise only until it is there: a hot path need not wait for what is known. */
  value: Value | Promise<Value>;
  until: number;
}

export interface Memory<Value> {
  /** What is remembered under that key, else what `find` finds; asked at once by many, it is found once. */
  get(key: string, find: () => Promise<Value | undefined>): Value | undefined | Promise<Value | undefined>;
  clear(): void;
}

/** Remembers what was found for a moment. Neither failures nor what is not there are remembered. */
export function remember<Value>(options: {
  seconds: number;
  most: number;
  now?: () => number;
}): Memory<Value> {
  const now = options.now ?? (() => performance.now());
  const known = new Map<string, Remembered<Value | undefined>>();

  return {
    get(key, find) {
      const before = known.get(key);
      if (before !== undefined && before.until > now()) return before.value;
      if (known.size >= options.most) known.clear();
      const finding = find();
      const entry: Remembered<Value | undefined> = { value: finding, until: now() + options.seconds * 1_000 };
      known.set(key, entry);
      const forget = (): void => {
        if (known.get(key) === entry) known.delete(key);
      };
      finding.then((value) => {
        entry.value = value;
        if (value === undefined) forget();
      }, forget);
      return finding;
    },
    clear: () => known.clear(),
  };
}
