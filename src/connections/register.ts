import { isDeepStrictEqual } from 'node:util';
import type { Account, Connector } from '../connectors/connector.js';
import type { Registered } from './operator.js';
import type { OperatorDeps } from './operator-deps.js';
import type { Place } from './registration-lease.js';
import { changeSecrets } from './renew-credentials.js';

/** Two secrets are live while one is being replaced. */
const LIVE_SECRETS = 2;
/** How often it is tried anew when somebody else has changed the settings meanwhile. */
const TRIES = 10;

/**
 * Tells the outside where to send its webhooks: what is owed since `owedAt`, by whoever holds the lease for it. That it
 * could not be told is an answer, not a failure. A desk's own secret and what was found out or made there are kept.
 */
export async function register(
  deps: OperatorDeps,
  place: Place,
  told: {
    connector: Connector;
    account: Account;
    webhookUrl: string;
    token: string;
    owedAt: Date | undefined;
    signal?: AbortSignal | undefined;
  },
): Promise<Registered> {
  const { connector, account, webhookUrl, token, owedAt, signal } = told;
  const outcome = await connector.register(account, webhookUrl, token, signal);
  switch (outcome.outcome) {
    case 'delivered':
      await keepSecrets(deps, place, outcome.signingSecrets);
      if (!(await keepSettings(deps, place, outcome.settings))) {
        const message = `The account was told, and what it answered could not be kept. ${hint}`;
        return { outcome: 'not_registered', code: 'settings_kept_changing', message };
      }
      await settleRegistration(deps, place, connector.side, { token, owedAt });
      return {
        outcome: 'registered',
        ...(outcome.notice === undefined ? {} : { notice: outcome.notice }),
      };
    case 'by_hand':
      await settleRegistration(deps, place, connector.side, { token, owedAt });
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
): Promise<void> {
  if (told === undefined) return;
  // On top of what is stored by now: what somebody has changed while the outside was told stays.
  await changeSecrets(deps, scope, connectionId, (kept) => {
    const live = [...new Set([...told, ...kept.webhookSecrets])];
    // The oldest is what the outside has signed with until now.
    const oldest = live.slice(LIVE_SECRETS).slice(-1);
    return { ...kept, webhookSecrets: [...live.slice(0, LIVE_SECRETS), ...oldest] };
  });
}

/**
 * On top of the settings as they are now: what somebody has changed while the outside was told stays. @returns whether
 * they are kept: what was made outside and is not known here would be made again
 */
async function keepSettings(
  deps: OperatorDeps,
  { scope, connectionId }: Place,
  told: Record<string, unknown> | undefined,
): Promise<boolean> {
  if (told === undefined) return true;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    const view = (await deps.store.find(scope, connectionId))?.view;
    // Nobody will ask for them any more.
    if (view === undefined || view.status === 'disconnected') return true;
    const settings = { ...view.settings, ...told };
    if (isDeepStrictEqual(settings, view.settings)) return true;
    const outcome = await deps.store.change(scope, connectionId, {
      name: view.name,
      settings,
      settingsBefore: view.settings,
      leadsElsewhere: false,
    });
    if (outcome === 'changed') return true;
  }
  return false;
}

const hint =
  'No webhook is set up yet: it is tried again by itself while the bridge runs, and whenever the connection is checked; or enter URL and token there by hand.';
