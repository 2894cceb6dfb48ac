import type { CheckFinding } from '../connectors/connector.js';
import type { WorkspaceScope } from '../store/scope.js';
import { hashToken } from './hash-token.js';
import { lastWebhookOf } from './judge-webhook.js';
import type { Registered } from './operator.js';
import type { OperatorDeps } from './operator-deps.js';
import { register, settleRegistration } from './register.js';
import { openStored, type Place, withRegistrationLease } from './registration-lease.js';
import { rotateLeased } from './rotate-webhook-token.js';
import { webhookUrl } from './webhook-address.js';

/** Somebody else is at it, and it is left to them. */
interface BeingTold {
  outcome: 'being_told';
}

/**
 * Tells the outside what it is owed of the webhook. Nothing is owed any more once an event has come in with
 * the only token there is: somebody has entered it by hand. @returns undefined when nothing is owed
 */
export async function registerOwed(
  deps: OperatorDeps,
  scope: WorkspaceScope,
  connectionId: string,
  signal?: AbortSignal,
): Promise<Registered | BeingTold | undefined> {
  const place = { scope, connectionId };
  if ((await deps.store.find(scope, connectionId))?.view.registrationOwedAt === undefined) return undefined;
  const leased = await withRegistrationLease(deps, place, 0, () => registerLeased(deps, place, signal));
  switch (leased.outcome) {
    case 'ran':
      return leased.value;
    case 'taken':
      return { outcome: 'being_told' };
    case 'gone':
      return undefined;
  }
}

async function registerLeased(
  deps: OperatorDeps,
  place: Place,
  signal: AbortSignal | undefined,
): Promise<Registered | undefined> {
  const { scope, connectionId } = place;
  const opened = await openStored(deps, place);
  const owedAt = opened?.stored.view.registrationOwedAt;
  const connector = deps.connectors.find(opened?.stored.view.connector ?? '');
  if (opened === undefined || owedAt === undefined || connector === undefined) return undefined;
  const { stored, account } = opened;
  const [token] = opened.webhookSecrets;
  const { webhookTokenHashes } = stored;
  if (lastWebhookOf(connector, stored.view) !== undefined && webhookTokenHashes.length === 1) {
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
    const rotated = await rotateLeased(deps, place, signal);
    return rotated.outcome === 'done' ? told(rotated.value.registered) : undefined;
  }
  const url = webhookUrl(deps.publicUrl, stored.view.webhookKey);
  return told(await register(deps, place, { connector, account, webhookUrl: url, token, owedAt, signal }));
}

/** What a registration has come to, among the findings of a check. */
export function findingOf(registered: Registered | BeingTold | undefined): CheckFinding[] {
  const what = 'The outside knows where to send its webhooks.';
  switch (registered?.outcome) {
    case undefined:
      return [];
    case 'registered':
      return [{ ok: true, what: 'The outside was told just now where to send its webhooks.' }];
    case 'being_told':
      return [{ ok: true, what: 'The outside is being told just now where to send its webhooks.' }];
    case 'by_hand':
      return [{ ok: true, what, hint: registered.message }];
    case 'not_registered':
      return [{ ok: false, what, hint: `${registered.message} (${registered.code})` }];
  }
}
