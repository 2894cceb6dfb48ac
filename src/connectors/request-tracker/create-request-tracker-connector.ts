import type { Account, DeskConnector } from '../connector.js';
import { settleCall } from '../desk-kit/index.js';
import { type Leave, policyFor, type Resolve } from '../http-client/index.js';
import { createTrackerShelf, type Tracker } from './calling/open-tracker.js';
import { capabilities } from './capabilities.js';
import { check } from './check.js';
import { fetchFile } from './fetch-file.js';
import { fetchTicket } from './fetch-ticket.js';
import { find } from './find.js';
import { listChanged } from './list-changed.js';
import { listAgents, listTeams } from './people.js';
import { read } from './read.js';
import { receive } from './receive.js';
import { register } from './register.js';
import { givenRequestTrackerSettings, requestTrackerCredentials } from './schema.js';
import { send } from './send.js';

export interface RequestTrackerConnectorDeps {
  /** Whether `baseUrl` may be a private address, or plain http: for an RT in one's own house. */
  allowPrivate: boolean;
  resolve?: Resolve;
}

/** What an operator's question may take. */
const askSeconds = 60;

/** The connector for Request Tracker 5. `stop` closes the connections that wait for the next call. */
export function createRequestTrackerConnector({
  allowPrivate,
  resolve,
}: RequestTrackerConnectorDeps): DeskConnector & { stop(): void } {
  const policy = policyFor(allowPrivate);
  const settingsSchema = givenRequestTrackerSettings(policy);
  const shelf = createTrackerShelf(policy, resolve);
  const settle = <T>(account: Account, leave: Leave, run: (tracker: Tracker) => Promise<T>) =>
    settleCall(() => run(shelf.open(account, leave)));
  const ask = <T>(account: Account, run: (tracker: Tracker) => Promise<T>) =>
    settle(account, { signal: AbortSignal.timeout(askSeconds * 1_000) }, run);
  return {
    name: 'request-tracker',
    side: 'desk',
    capabilities,
    accountSettings: ['baseUrl'],
    parseSettings: (settings) => settingsSchema.parse(settings),
    parseCredentials: (credentials) => requestTrackerCredentials.parse(credentials),
    receive,
    read,
    send: (order, target, account, context) =>
      settle(account, context, (tracker) => send(tracker, order, target, context)),
    find: async (order, target, account, context) => {
      const { signal } = context;
      const found = await settle(account, { signal }, (tracker) => find(tracker, order, target, context));
      return found.outcome === 'refused' || found.outcome === 'uncertain' ? { outcome: 'unknown' } : found;
    },
    fetchTicket: (account, externalTicketId, cursor, { signal }) =>
      settle(account, { signal }, (tracker) => fetchTicket(tracker, externalTicketId, cursor)),
    listChanged: (account, cursor, { signal }) =>
      settle(account, { signal }, (tracker) => listChanged(tracker, cursor)),
    fetchFile: async (file, account, { signal, maxBytes }) => {
      const fetched = await settle(account, { signal }, (tracker) => fetchFile(tracker, file, maxBytes));
      return 'code' in fetched ? { outcome: 'later', message: fetched.message } : fetched;
    },
    register: async () => register(),
    listAgents: (account) => ask(account, listAgents),
    listTeams: (account) => ask(account, listTeams),
    check: async (account) => {
      const findings = await ask(account, check);
      if (Array.isArray(findings)) return findings;
      const what = 'The connection’s settings and credentials can be used.';
      return [{ ok: false, what, hint: findings.message }];
    },
    stop: () => shelf.stop(),
  };
}
