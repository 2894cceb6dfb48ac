import type { ConnectionView } from '../domain/views.js';
import type { WorkspaceScope } from '../store/scope.js';
import { credentialsPlace, writeSecrets } from './secrets.js';
import type { OperatorAnswer } from './operator.js';
import type { OperatorDeps } from './operator-deps.js';
import { parseGiven } from './parse-given.js';
import { isCredentialTrouble } from './pause-for-credentials.js';
import { disconnected, notFound } from './refuse.js';

/** New credentials for an account. What waited because the old ones were refused goes on. */
export async function replaceCredentials(
  deps: OperatorDeps,
  scope: WorkspaceScope,
  connectionId: string,
  given: Record<string, unknown>,
): Promise<OperatorAnswer<ConnectionView>> {
  const stored = await deps.store.find(scope, connectionId);
  if (stored === undefined) return notFound;
  const connector = deps.connectors.find(stored.view.connector);
  if (stored.view.status === 'disconnected' || connector === undefined) return disconnected;
  const credentials = parseGiven('credentials', given, (value) => connector.parseCredentials(value));
  if (credentials.outcome === 'refused') return credentials;
  // What the desk signs its webhooks with is none of its credentials, and stays.
  const opened = await deps.openAccount(scope, connectionId).catch(() => undefined);
  const sealed = deps.seal.seal(
    writeSecrets(credentials.value, opened?.webhookSecrets ?? []),
    credentialsPlace(scope, connectionId),
  );
  const kept = await deps.store.keepCredentials(scope, connectionId, sealed);
  if (kept === undefined) return disconnected;
  const view = isCredentialTrouble(kept) ? await deps.store.resume(scope, connectionId) : kept;
  return { outcome: 'done', value: view ?? kept };
}
