import type { Session } from '../../src/contract/index.js';

const NAME = 'agent-desk.session';

/** The tab's own storage, or nothing where a frame of another site may have none. */
export function tabStorage(): Storage | undefined {
  try {
    const storage = window.sessionStorage;
    storage.setItem('agent-desk.probe', '1');
    storage.removeItem('agent-desk.probe');
    return storage;
  } catch {
    return undefined;
  }
}

/**
 * A reload must not end a session whose link worked once. So the session (fifteen minutes, renewed while in
 * use) lies in this tab's storage: it goes with the tab, no other tab sees it, and it is never in localStorage.
 */
export function keepSession(storage: Storage | undefined, session: Session): void {
  storage?.setItem(NAME, JSON.stringify(session));
}

/** The kept session, unless its time is over. */
export function keptSession(storage: Storage | undefined): Session | undefined {
  try {
    const kept = JSON.parse(storage?.getItem(NAME) ?? 'null') as Session | null;
    return kept !== null && Date.parse(kept.expiresAt) > Date.now() ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** Leaves nothing behind. */
export function forgetSession(storage: Storage | undefined): void {
  for (const name of Object.keys(storage ?? {})) {
    if (name.startsWith('agent-desk.')) storage?.removeItem(name);
  }
}
