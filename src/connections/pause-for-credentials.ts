import type { ConnectionView } from '../domain/views.js';
import type { ConnectionStore } from '../store/connection-store.js';
import type { WorkspaceScope } from '../store/scope.js';

const beginning = 'Credentials refused: ';

/**
 * Holds what is owed to an account that no longer lets us in, until the operator gives it new credentials.
 * `askedSecondsAgo`: when that was asked which it refused; if the connection was resumed since, it goes on.
 * @returns whether it is paused
 */
export async function pauseForCredentials(
  store: Pick<ConnectionStore, 'pause'>,
  scope: WorkspaceScope,
  connectionId: string,
  reason: string,
  askedSecondsAgo: number,
): Promise<boolean> {
  const view = await store.pause(scope, connectionId, beginning + reason, askedSecondsAgo);
  return view?.status === 'paused';
}

/** Whether that is why a connection is paused, and not because an operator wanted it so. */
export function isCredentialTrouble(view: ConnectionView): boolean {
  return view.status === 'paused' && (view.pausedReason ?? '').startsWith(beginning);
}
