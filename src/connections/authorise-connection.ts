import type { Account, AuthorisationBegun, DeskConnector } from '../connectors/connector.js';
import type { WorkspaceScope } from '../store/scope.js';
import type { OperatorAnswer, Refusal, RotatedToken } from './operator.js';
import type { OperatorDeps } from './operator-deps.js';
import { isCredentialTrouble } from './pause-for-credentials.js';
import { disconnected, notFound, notSupported, refuseFailure } from './refuse.js';
import { changeSecrets } from './renew-credentials.js';
import { rotateWebhookToken } from './rotate-webhook-token.js';

/** Where a person lets the bridge into the account. What is answered stays with who asked, until the code comes. */
export async function beginAuthorisation(
  deps: OperatorDeps,
  scope: WorkspaceScope,
  connectionId: string,
): Promise<OperatorAnswer<AuthorisationBegun>> {
  const opened = await open(deps, scope, connectionId);
  if (opened.outcome === 'refused') return opened;
  const begun = opened.connector.beginAuthorisation?.(opened.account);
  if (begun === undefined) return notSupported;
  return begun.outcome === 'begun' ? { outcome: 'done', value: begun.begun } : refuseFailure(begun);
}

/** The code becomes credentials, what waited for them goes on, and the account is told of the webhook. */
export async function finishAuthorisation(
  deps: OperatorDeps,
  scope: WorkspaceScope,
  connectionId: string,
  brought: { code: string; verifier: string },
): Promise<OperatorAnswer<RotatedToken>> {
  const opened = await open(deps, scope, connectionId);
  if (opened.outcome === 'refused') return opened;
  const finished = await opened.connector.finishAuthorisation?.(opened.account, brought);
  if (finished === undefined) return notSupported;
  if (finished.outcome !== 'authorised') return refuseFailure(finished);
  const { credentials } = finished;
  await changeSecrets(deps, scope, connectionId, (kept) => ({ ...kept, credentials }));
  const stored = await deps.store.find(scope, connectionId);
  if (stored !== undefined && isCredentialTrouble(stored.view)) await deps.store.resume(scope, connectionId);
  return rotateWebhookToken(deps, scope, connectionId);
}

async function open(
  deps: OperatorDeps,
  scope: WorkspaceScope,
  connectionId: string,
): Promise<{ outcome: 'opened'; connector: DeskConnector; account: Account } | Refusal> {
  const stored = await deps.store.find(scope, connectionId);
  if (stored === undefined) return notFound;
  const connector = deps.connectors.find(stored.view.connector);
  const opened = await deps.openAccount(scope, connectionId);
  if (connector === undefined || opened === undefined) return disconnected;
  return connector.side === 'desk' ? { outcome: 'opened', connector, account: opened.account } : notSupported;
}
