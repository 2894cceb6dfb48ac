import { createSendRequest, createWotNotClient, type WotNotClient } from '../../wotnot/index.js';
import type { Account } from '../connector.js';
import { createGuardedAgents, type Policy, type Resolve } from '../http-client/index.js';
import { present } from './pick.js';
import { createWotNotSettings, type WotNotSettings, wotNotCredentials } from './schema.js';

export interface OpenedAccount {
  client: WotNotClient;
  settings: WotNotSettings;
}

/** Gives the client for an account; one account's calls share one client and its connections. */
export interface ClientShelf {
  open(account: Account): OpenedAccount;
  stop(): void;
}

const mostClients = 200;

/** `open` throws when the account's settings or credentials cannot be used. */
export function createClientShelf(policy: Policy, resolve?: Resolve): ClientShelf {
  const settingsSchema = createWotNotSettings(policy);
  const agents = createGuardedAgents(policy, resolve);
  const transport = createSendRequest(agents);
  const shelf = new Map<string, OpenedAccount>();

  return {
    open(account) {
      const settings = settingsSchema.parse(account.settings);
      const { token } = wotNotCredentials.parse(account.credentials);
      const key = JSON.stringify([settings, token]);
      const known = shelf.get(key);
      if (known) return known;
      const { baseUrl, accountId, paths } = settings;
      const client = createWotNotClient({
        baseUrl,
        accountId,
        token,
        transport,
        ...present({ paths: withoutGaps(paths) }),
      });
      const opened = { client, settings };
      shelf.set(key, opened);
      const oldest = shelf.size > mostClients ? shelf.entries().next().value : undefined;
      if (oldest) {
        shelf.delete(oldest[0]);
        oldest[1].client.stop();
      }
      return opened;
    },
    stop() {
      for (const { client } of shelf.values()) client.stop();
      shelf.clear();
      agents.stop();
    },
  };
}

function withoutGaps(paths: WotNotSettings['paths']): Record<string, string> | undefined {
  if (paths === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(paths).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
