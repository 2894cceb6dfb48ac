import { createWotNotClient, type WotNotClient } from '../../wotnot/index.js';
import type { Account } from '../connector.js';
import { present } from './pick.js';
import { type WotNotSettings, wotNotCredentials, wotNotSettings } from './schema.js';

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

/** Throws when the account's settings or credentials cannot be used. */
export function createClientShelf(): ClientShelf {
  const shelf = new Map<string, OpenedAccount>();

  return {
    open(account) {
      const settings = wotNotSettings.parse(account.settings);
      const { token } = wotNotCredentials.parse(account.credentials);
      const key = JSON.stringify([settings, token]);
      const known = shelf.get(key);
      if (known) return known;
      const { baseUrl, accountId, paths } = settings;
      const client = createWotNotClient({
        baseUrl,
        accountId,
        token,
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
    },
  };
}

function withoutGaps(paths: WotNotSettings['paths']): Record<string, string> | undefined {
  if (paths === undefined) return undefined;
  return Object.fromEntries(
    Object.entries(paths).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
