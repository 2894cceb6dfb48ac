import type { DeskConnector } from '../connector.js';
import {
  type Counting,
  createFetchOutside,
  createOutsideCaller,
  policyFor,
  type Resolve,
} from '../http-client/index.js';
import { createOpenClient } from './calling/open-client.js';
import { capabilities } from './capabilities.js';
import { check } from './check.js';
import { fetchFile } from './fetch-file.js';
import { fetchTicket } from './fetch.js';
import { find } from './find.js';
import { listChanged } from './list-changed.js';
import { listAgents, listTeams } from './people.js';
import { read } from './read.js';
import { receive } from './receive.js';
import { register } from './register.js';
import { createFreshdeskSettings, freshdeskCredentials, givenFreshdeskSettings } from './schema.js';
import { send } from './send.js';

export interface FreshdeskConnectorDeps {
  /** Whether `baseUrl` may be a private address, or plain http: for a stand-in on this machine. */
  allowPrivate: boolean;
  resolve?: Resolve;
  /** How calls are counted. */
  counting?: Counting;
}

/** The connector for Freshdesk. `stop` closes the connections that wait for the next call. */
export function createFreshdeskConnector({
  allowPrivate,
  resolve,
  counting,
}: FreshdeskConnectorDeps): DeskConnector & { stop(): void } {
  const policy = policyFor(allowPrivate);
  const settingsSchema = givenFreshdeskSettings(policy);
  const caller = createOutsideCaller(policy, resolve, counting);
  const fetchOutside = createFetchOutside(resolve === undefined ? {} : { resolve });
  const open = createOpenClient(caller, createFreshdeskSettings(policy));
  return {
    name: 'freshdesk',
    side: 'desk',
    accountSettings: ['baseUrl'],
    capabilities,
    parseSettings: (settings) => settingsSchema.parse(settings),
    parseCredentials: (credentials) => freshdeskCredentials.parse(credentials),
    receive,
    read,
    send: (order, target, account, context) => send(open, order, target, account, context),
    find: (order, target, account, context) => find(open, order, target, account, context),
    fetchTicket: (account, id, cursor, { signal }) => fetchTicket(open, account, id, cursor, signal),
    listChanged: (account, cursor, { signal }) => listChanged(open, account, cursor, signal),
    fetchFile: (file, account, context) =>
      fetchFile({ open, fetchOutside, allowPrivate }, file, account, context),
    register: async (_account, webhookUrl) => register(webhookUrl),
    listAgents: (account) => listAgents(open, account),
    listTeams: (account) => listTeams(open, account),
    check: (account) => check(open, account),
    stop: () => caller.stop(),
  };
}
