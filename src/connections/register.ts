import { isDeepStrictEqual } from 'node:util';
import type { Account, Connector, DeskConnector, RegisterOutcome } from '../connectors/connector.js';
import type { WorkspaceScope } from '../store/scope.js';
import type { Registered } from './operator.js';
import type { OperatorDeps } from './operator-deps.js';
import { changeSecrets } from './renew-credentials.js';

/** Two secrets are live while one is being replaced. */
const LIVE_SECRETS = 2;

/**
 * Tells the outside where to send its webhooks: what is owed since `owedAt`. That it could not be told is an answer, not a failure. A
 * desk's own secret and the ids of what was made there are kept. `secrets`: what is live now, newest first.
 */
export async function register(
  deps: OperatorDeps,
  place: { scope: WorkspaceScope; connectionId: string },
  connector: Connector,
  account: Account,
  webhookUrl: string,
  secrets: readonly [string, ...string[]],
  owedAt: Date | undefined,
): Promise<Registered> {
  const outcome =
    connector.side === 'desk'
      ? await registerDesk(deps, place, connector, account, webhookUrl, secrets)
      : await connector.register(account, webhookUrl, secrets[0]);
  switch (outcome.outcome) {
    case 'delivered':
      await settleRegistration(deps, place, connector.side, { token: secrets[0], owedAt });
      return { outcome: 'registered' };
    case 'by_hand':
      await settleRegistration(deps, place, connector.side, { token: secrets[0], owedAt });
      return { outcome: 'by_hand', message: outcome.message };
    case 'retry':
    case 'refused':
    case 'credential':
    case 'uncertain':
      return { outcome: 'not_registered', code: outcome.code, message: `${outcome.message} ${hint}` };
  }
}

/** Nothing is owed any more, unless a newer token is by now; a chat side's token is forgotten but for its hash. */
export async function settleRegistration(
  deps: OperatorDeps,
  { scope, connectionId }: { scope: WorkspaceScope; connectionId: string },
  side: Connector['side'],
  { token, owedAt }: { token: string | undefined; owedAt: Date | undefined },
): Promise<void> {
  if (owedAt === undefined || !(await deps.store.settleRegistration(scope, connectionId, owedAt))) return;
  if (side === 'desk') return;
  await changeSecrets(deps, scope, connectionId, (kept) =>
    kept.webhookSecrets[0] === token ? { ...kept, webhookSecrets: [] } : kept,
  );
}

async function registerDesk(
  deps: OperatorDeps,
  place: { scope: WorkspaceScope; connectionId: string },
  connector: DeskConnector,
  account: Account,
  webhookUrl: string,
  secrets: readonly [string, ...string[]],
): Promise<RegisterOutcome> {
  const outcome = await connector.register(account, webhookUrl, secrets[0]);
  if (outcome.outcome === 'delivered') await keep(deps, place, account, outcome, secrets);
  return outcome;
}

async function keep(
  deps: OperatorDeps,
  { scope, connectionId }: { scope: WorkspaceScope; connectionId: string },
  account: Account,
  told: { signingSecrets?: string[]; settings?: Record<string, unknown> },
  secrets: readonly string[],
): Promise<void> {
  if (told.signingSecrets !== undefined) {
    const live = [...new Set([...told.signingSecrets, ...secrets])].slice(0, LIVE_SECRETS + 1);
    // What the outside has renewed meanwhile stays: only the secrets beside it change.
    await changeSecrets(deps, scope, connectionId, (kept) => ({ ...kept, webhookSecrets: live }));
  }
  const settings = { ...account.settings, ...told.settings };
  if (told.settings === undefined || isDeepStrictEqual(settings, account.settings)) return;
  const stored = await deps.store.find(scope, connectionId);
  if (stored === undefined) return;
  await deps.store.change(scope, connectionId, {
    name: stored.view.name,
    settings,
    settingsBefore: stored.view.settings,
    leadsElsewhere: false,
  });
}

const hint =
  'No webhook is set up yet: it is tried again by itself while the bridge runs, and whenever the connection is checked; or enter URL and token there by hand.';
