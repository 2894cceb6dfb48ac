import type { CheckFinding } from '../connectors/connector.js';
import type { WorkspaceScope } from '../store/scope.js';
import { hashToken } from './hash-token.js';
import type { Registered } from './operator.js';
import type { OperatorDeps } from './operator-deps.js';
import { register, settleRegistration } from './register.js';
import { rotateWebhookToken } from './rotate-webhook-token.js';
import { webhookUrl } from './webhook-address.js';

/**
 * Tells the outside what it is owed of the webhook. Nothing is owed any more once an event has come in with
 * the only token there is: somebody has entered it by hand. @returns undefined when nothing is owed
 */
export async function registerOwed(
  deps: OperatorDeps,
  scope: WorkspaceScope,
  connectionId: string,
): Promise<Registered | undefined> {
  const stored = await deps.store.find(scope, connectionId);
  const owedAt = stored?.view.registrationOwedAt;
  if (stored === undefined || owedAt === undefined) return undefined;
  const connector = deps.connectors.find(stored.view.connector);
  const opened = await deps.openAccount(scope, connectionId);
  if (connector === undefined || opened === undefined) return undefined;
  const [token, ...before] = opened.webhookSecrets;
  const { webhookTokenHashes } = stored;
  const place = { scope, connectionId };
  if (stored.view.lastInboundAt !== undefined && webhookTokenHashes.length === 1) {
    await settleRegistration(deps, place, connector.side, { token, owedAt });
    return undefined;
  }
  const told = (registered: Registered): Registered => {
    const line = { connector: connector.name, workspaceId: scope.workspaceId, connectionId, by: 'bridge' };
    deps.observe.connectionChanged(
      registered.outcome === 'not_registered'
        ? { ...line, change: 'not_registered', code: registered.code }
        : { ...line, change: 'registered' },
    );
    return registered;
  };
  if (token === undefined || (connector.side === 'chat' && !webhookTokenHashes.includes(hashToken(token)))) {
    // Only its hash is left: another one is made, and the one before it stays good.
    const rotated = await rotateWebhookToken(deps, scope, connectionId);
    return rotated.outcome === 'done' ? told(rotated.value.registered) : undefined;
  }
  const url = webhookUrl(deps.publicUrl, stored.view.webhookKey);
  return told(await register(deps, place, connector, opened.account, url, [token, ...before], owedAt));
}

/** What a registration has come to, among the findings of a check. */
export function findingOf(registered: Registered | undefined): CheckFinding[] {
  const what = 'The outside knows where to send its webhooks.';
  switch (registered?.outcome) {
    case undefined:
      return [];
    case 'registered':
      return [{ ok: true, what: 'The outside was told just now where to send its webhooks.' }];
    case 'by_hand':
      return [{ ok: true, what, hint: registered.message }];
    case 'not_registered':
      return [{ ok: false, what, hint: `${registered.message} (${registered.code})` }];
  }
}
