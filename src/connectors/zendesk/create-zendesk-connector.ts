import type { DeskConnector } from '../connector.js';
import { type Counting, policyFor, type Resolve } from '../http-client/index.js';
import { beginAuthorisation, finishAuthorisation } from './authorise.js';
import { createDeskDoor } from './calling/open-desk.js';
import { capabilities } from './capabilities.js';
import { check } from './check.js';
import { fetchTicket } from './fetch.js';
import { fetchFile } from './fetch-file.js';
import { find } from './find.js';
import { listChanged } from './list-changed.js';
import { listAgents, listTeams } from './people.js';
import { read } from './read.js';
import { receive } from './receive.js';
import { register } from './register.js';
import { givenZendeskSettings, zendeskCredentials } from './schema.js';
import { send } from './send.js';

export interface ZendeskConnectorDeps {
  /** Whether the account may be at a private address, or at plain http: for a stand-in on this machine. */
  allowPrivate: boolean;
  resolve?: Resolve;
  /** How calls are counted. */
  counting?: Counting;
  /** How long after an attempt Zendesk may still be at work on it; 15 when not given. */
  settleSeconds?: number;
}

/** The connector for Zendesk Support. `stop` closes the connections that wait for the next call. */
export function createZendeskConnector({
  allowPrivate,
  resolve,
  counting,
  settleSeconds = 15,
}: ZendeskConnectorDeps): DeskConnector & { stop(): void } {
  const policy = policyFor(allowPrivate);
  const settingsSchema = givenZendeskSettings(policy);
  const door = createDeskDoor(policy, resolve, counting);
  return {
    name: 'zendesk',
    side: 'desk',
    capabilities,
    parseSettings: (settings) => settingsSchema.parse(settings),
    parseCredentials: (credentials) => zendeskCredentials.parse(credentials),
    receive,
    read,
    send: (order, target, account, context) => send(door, order, target, account, context),
    find: (order, target, account, context) =>
      find(door, order, target, account, { ...context, settleSeconds }),
    fetchTicket: (account, id, cursor, context) => fetchTicket(door, account, id, cursor, context),
    listChanged: (account, cursor, context) => listChanged(door, account, cursor, context),
    fetchFile: (file, account, context) => fetchFile(door, file, account, context),
    register: (account, webhookUrl, _secret, signal) => register(door, account, webhookUrl, signal),
    listAgents: (account) => listAgents(door, account),
    listTeams: (account) => listTeams(door, account),
    check: (account) => check(door, account),
    beginAuthorisation: (account) => beginAuthorisation(door, account),
    finishAuthorisation: (account, brought) => finishAuthorisation(door, account, brought),
    stop: () => door.stop(),
  };
}
