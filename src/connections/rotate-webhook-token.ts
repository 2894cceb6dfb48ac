import type { WorkspaceScope } from '../store/scope.js';
import { hashToken } from './hash-token.js';
import type { OperatorAnswer, RotatedToken } from './operator.js';
import type { OperatorDeps } from './operator-deps.js';
import { disconnected, notFound } from './refuse.js';
import { register } from './register.js';
import { changeSecrets } from './renew-credentials.js';
import { newWebhookToken, webhookUrl } from './webhook-address.js';

/** A fresh token, good at once; the one before it stays good, so that nothing on its way is lost. */
export async function rotateWebhookToken(
  deps: OperatorDeps,
  scope: WorkspaceScope,
  connectionId: string,
): Promise<OperatorAnswer<RotatedToken>> {
  const stored = await deps.store.find(scope, connectionId);
  if (stored === undefined) return notFound;
  const connector = deps.connectors.find(stored.view.connector);
  const opened = await deps.openAccount(scope, connectionId);
  if (opened === undefined || connector === undefined) return disconnected;
  const webhookToken = newWebhookToken();
  const hashes = [hashToken(webhookToken), ...stored.webhookTokenHashes.slice(0, 1)];
  const connection = await deps.store.keepTokenHashes(scope, connectionId, hashes, 'owing');
  if (connection === undefined) return disconnected;
  const secrets = [webhookToken, ...opened.webhookSecrets.slice(0, 1)] as const;
  await changeSecrets(deps, scope, connectionId, (kept) => ({ ...kept, webhookSecrets: secrets }));
  const url = webhookUrl(deps.publicUrl, connection.webhookKey);
  const place = { scope, connectionId };
  const owedAt = connection.registrationOwedAt;
  const registered = await register(deps, place, connector, opened.account, url, secrets, owedAt);
  const after = (await deps.store.find(scope, connectionId))?.view ?? connection;
  return { outcome: 'done', value: { connection: after, webhookToken, registered } };
}
