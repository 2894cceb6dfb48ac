/** What of the tab's storage says where the agent has got to: the feed's cursor, and what is unread. */
const NAMES = ['agent-desk.cursor', 'agent-desk.unread'];
const KEEP_MS = 2_000;

/** The browser's own storage, or nothing where a frame of another site may have none. */
export function browserStorage(): Storage | undefined {
  try {
    return window.localStorage;
  } catch {
    return undefined;
  }
}

const nameOf = (agentId: string): string => `agent-desk.place.${agentId}`;

/**
 * A fresh sign-in goes on where this agent left off in this browser: the feed tells what came since, and counts it.
 * A tab that has a place of its own keeps it.
 */
export function takePlace(tab: Storage | undefined, browser: Storage | undefined, agentId: string): void {
  if (tab === undefined || NAMES.some((name) => tab.getItem(name) !== null)) return;
  try {
    const kept: unknown = JSON.parse(browser?.getItem(nameOf(agentId)) ?? '[]');
    if (!Array.isArray(kept)) return;
    NAMES.forEach((name, index) => {
      const value: unknown = kept[index];
      if (typeof value === 'string') tab.setItem(name, value);
    });
  } catch {
    // Whatever it was, it is no place.
  }
}

/** Keeps the place for the next sign-in, until stopped: a cursor and ids, neither names nor words. */
export function keepPlace(
  tab: Storage | undefined,
  browser: Storage | undefined,
  agentId: string,
): () => void {
  let last = '';
  function keep(): void {
    const place = JSON.stringify(NAMES.map((name) => tab?.getItem(name) ?? null));
    const hasCursor = typeof tab?.getItem('agent-desk.cursor') === 'string';
    if (place === last || !hasCursor) return;
    last = place;
    try {
      browser?.setItem(nameOf(agentId), place);
    } catch {
      // A full storage costs the counts of the next sign-in, and nothing else.
    }
  }
  const timer = setInterval(keep, KEEP_MS);
  window.addEventListener('pagehide', keep);
  return () => {
    clearInterval(timer);
    window.removeEventListener('pagehide', keep);
    keep();
  };
}

export function forgetPlace(browser: Storage | undefined, agentId: string): void {
  browser?.removeItem(nameOf(agentId));
}
