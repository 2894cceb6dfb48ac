/** A number of places per key. */
export interface Places {
  /** Takes a place; undefined when all are taken. The answer gives it back, once. */
  take(key: string): (() => void) | undefined;
  isFull(key: string): boolean;
}

export function countPlaces(most: number): Places {
  const taken = new Map<string, number>();
  return {
    isFull: (key) => (taken.get(key) ?? 0) >= most,
    take(key) {
      const count = taken.get(key) ?? 0;
      if (count >= most) return undefined;
      taken.set(key, count + 1);
      let isGivenBack = false;
      return () => {
        if (isGivenBack) return;
        isGivenBack = true;
        const left = (taken.get(key) ?? 1) - 1;
        if (left === 0) taken.delete(key);
        else taken.set(key, left);
      };
    },
  };
}
