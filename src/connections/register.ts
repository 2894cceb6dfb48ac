import { isDeepStrictEqual } from 'node:util';
import type { Account, Connector } from '../connectors/connector.js';
import type { WorkspaceScope } from '../store/scope.js';
import type { Registered } from './operator.js';
import type { OperatorDeps } from './operator-deps.js';
import { changeSecrets } from './renew-credentials.js';

/** Two secrets are live while one is being replaced. */
const LIVE_SECRETS = 2;

interface Place {
  scope: WorkspaceScope;
  connectionId: string;
}

/**
 * Tells the outside where to send its webhooks: what is owed since `owedAt`. That it could not be told is an answer, not a
 * failure. A desk's own secret and what was found out or made there are kept. `secrets`: what is live now, newest first.
 */
export async function register(
  deps: OperatorDeps,
  place: Place,
  connector: Connector,
  account: Account,
  webhookUrl: string,
  secrets: readonly [string, ...string[]],
  owedAt: Date | undefined,
): Promise<Registered> {
  const outcome = await connector.register(account, webhookUrl, secrets[0]);
  switch (outcome.outcome) {
    case 'delivered':
      await keepSecrets(deps, place, outcome.signingSecrets, secrets);
      await keepSettings(deps, place, outcome.settings);
      await settleRegistration(deps, place, connector.side, { token: secrets[0], owedAt });
      return {
        outcome: 'registered',
        ...(outcome.notice === undefined ? {} : { notice: outcome.notice }),
      };
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
  { scope, connectionId }: Place,
  side: Connector['side'],
  { token, owedAt }: { token: string | undefined; owedAt: Date | undefined },
): Promise<void> {
  if (owedAt === undefined || !(await deps.store.settleRegistration(scope, connectionId, owedAt))) return;
  if (side === 'desk') return;
  await changeSecrets(deps, scope, connectionId, (kept) =>
    kept.webhookSecrets[0] === token ? { ...kept, webhookSecrets: [] } : kept,
  );
}

async function keepSecrets(
  deps: OperatorDeps,
  { scope, connectionId }: Place,
  told: string[] | undefined,
  secrets: readonly string[],
): Promise<void> {
  if (told === undefined) return;
  const live = [...new Set([...told, ...secrets])].slice(0, LIVE_SECRETS + 1);
  // What the outside has renewed meanwhile stays: only the secrets beside it change.
  await changeSecrets(deps, scope, connectionId, (kept) => ({ ...kept, webhookSecrets: live }));
}

/** On top of the settings as they are now: what somebody has changed while the outside was told stays. */
async function keepSettings(
  deps: OperatorDeps,
  { scope, connectionId }: Place,
  told: Record<string, unknown> | undefined,
): Promise<void> {
  if (told === undefined) return;
  const stored = await deps.store.find(scope, connectionId);
  if (stored === undefined) return;
  const settings = { ...stored.view.settings, ...told };
  if (isDeepStrictEqual(settings, stored.view.settings)) return;
  await deps.store.change(scope, connectionId, {
    name: stored.view.name,
    settings,
    settingsBefore: stored.view.settings,
    leadsElsewhere: false,
  });
}

const hint =
  'No webhook is set up yet: it is tried again by itself while the bridge runs, and whenever the connection is checked; or enter URL and token there by hand.';
