import type { Config } from '../config/config.js';
import type { Secrets } from '../config/secrets.js';
import {
  createOperator,
  createTendRegistrations,
  judgeWebhook,
  type OpenAccount,
  type Operator,
  type Probe,
  type Seal,
  type TendRegistrations,
} from '../connections/index.js';
import type { CheckFinding } from '../connectors/connector.js';
import type { ConnectorRegistry } from '../connectors/registry.js';
import { isDatabaseUnavailable } from '../store/database-failure.js';
import type { LocalNudges } from '../store/nudges.js';
import type { Telemetry } from '../telemetry/telemetry.js';
import type { Stores } from './create-stores.js';
import { probeWebhook } from './probe-webhook.js';

/** Where webhooks are sent to, and what the bridge calls itself there. */
export function addressOf(config: Config, secrets: Secrets) {
  const bridgeId = secrets.key('credentials').id;
  return {
    publicUrl: config.http.publicUrl,
    bridgeId,
    probe: (url: string): Promise<Probe> => probeWebhook(url, bridgeId),
  };
}

/** Who answers where webhooks are sent to; needs no database. */
export const examineAddress = async (config: Config, secrets: Secrets): Promise<CheckFinding> =>
  (await judgeWebhook(addressOf(config, secrets))).finding;

/** What an operator does with connections, and what is owed to the outside accounts of it. */
export function createOperating(parts: {
  stores: Stores;
  connectors: ConnectorRegistry;
  seal: Seal;
  openAccount: OpenAccount;
  address: ReturnType<typeof addressOf>;
  nudges: LocalNudges;
  /** No other process works on this database. */
  alone: boolean;
  events: Telemetry['events'];
}): { operator: Operator; registrations: TendRegistrations } {
  const { stores, connectors, seal, openAccount, address, nudges, alone, events } = parts;
  const deps = {
    store: stores.connections,
    connectors,
    seal,
    openAccount,
    listDeskAgents: stores.agents.list,
    publicUrl: address.publicUrl,
    probe: address.probe,
    observe: events,
  };
  return {
    operator: createOperator(deps),
    registrations: createTendRegistrations({
      operator: deps,
      nudges,
      alone,
      failed: (error, at) => {
        if (at === undefined || isDatabaseUnavailable(error))
          events.databaseUnavailable({ room: 'connections', error });
        else events.registrationFailed({ ...at, error });
      },
    }),
  };
}
