import type { WorkspaceScope } from '../store/scope.js';
import { hashToken } from './hash-token.js';
import type { OperatorAnswer, RotatedToken } from './operator.js';
import type { OperatorDeps } from './operator-deps.js';
import { beingRegistered, disconnected, notFound } from './refuse.js';
import { register } from './register.js';
import { openStored, type Place, withRegistrationLease } from './registration-lease.js';
import { changeSecrets } from './renew-credentials.js';
import { newWebhookToken, webhookUrl } from './webhook-address.js';

/** How long somebody waits while the outside is told of the token before. */
const PATIENCE_MILLISECONDS = 20_000;

/** A fresh token, good at once; the one before it stays good, so that nothing on its way is lost. */
export async function rotateWebhookToken(
  deps: OperatorDeps,
  scope: WorkspaceScope,
  connectionId: string,
): Promise<OperatorAnswer<RotatedToken>> {
  const place = { scope, connectionId };
  if ((await deps.store.find(scope, connectionId)) === undefined) return notFound;
  const leased = await withRegistrationLease(deps, place, PATIENCE_MILLISECONDS, () =>
    rotateLeased(deps, place),
  );
  switch (leased.outcome) {
    case 'ran':
      return leased.value;
    case 'taken':
      return beingRegistered;
    case 'gone':
      return disconnected;
  }
}

/** For whoever holds the lease for it. */
export async function rotateLeased(
  deps: OperatorDeps,
  place: Place,
  signal?: AbortSignal,
): Promise<OperatorAnswer<RotatedToken>> {
  const { scope, connectionId } = place;
  const opened = await openStored(deps, place);
  const connector = deps.connectors.find(opened?.stored.view.connector ?? '');
  if (opened === undefined || connector === undefined) return disconnected;
  const { stored, account } = opened;
  const isOwed = stored.view.registrationOwedAt !== undefined;
  const token = newWebhookToken();
  const hashes = [hashToken(token), ...stillGood(stored.webhookTokenHashes, isOwed)];
  const connection = await deps.store.keepTokenHashes(scope, connectionId, hashes, 'owing');
  if (connection === undefined) return disconnected;
  await changeSecrets(deps, scope, connectionId, (kept) => ({
    ...kept,
    webhookSecrets: [token, ...stillGood(kept.webhookSecrets, isOwed)],
  }));
  const url = webhookUrl(deps.publicUrl, connection.webhookKey);
  const owedAt = connection.registrationOwedAt;
  const registered = await register(deps, place, {
    connector,
    account,
    webhookUrl: url,
    token,
    owedAt,
    signal,
  });
  const after = (await deps.store.find(scope, connectionId))?.view ?? connection;
  return { outcome: 'done', value: { connection: after, webhookToken: token, registered } };
}

/**
 * Of what was good, newest first: the newest; and while the outside has not been told of that, the oldest as well, which
 * is all that it knows for sure.
 */
function stillGood(before: readonly string[], isOwed: boolean): string[] {
  return isOwed ? [...new Set([...before.slice(0, 1), ...before.slice(-1)])] : before.slice(0, 1);
}
