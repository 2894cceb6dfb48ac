/** How often a fact is looked for. Looking is all that happens meanwhile: nothing is assumed of the time it takes. */
const LOOK_MILLISECONDS = 10;

/**
 * Waits for a fact: looks until `look` answers something other than undefined and false.
 * @throws when the fact has not come within `seconds`, naming it
 */
export async function waitFor<T>(
  what: string,
  look: () => Promise<T | undefined | false> | T | undefined | false,
  seconds = 30,
): Promise<T> {
  const deadline = performance.now() + seconds * 1_000;
  let last: unknown;
  for (;;) {
    try {
      const found = await look();
      if (found !== undefined && found !== false) return found;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline) throw new Error(`waited in vain for ${what}`, { cause: last });
    await new Promise((resolve) => setTimeout(resolve, LOOK_MILLISECONDS));
  }
}
