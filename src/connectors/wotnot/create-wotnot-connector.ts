import type { ChatConnector } from '../connector.js';
import { policyFor, type Resolve } from '../http-client/index.js';
import { check } from './check.js';
import { createClientShelf } from './open-client.js';
import { inviteAgent, listAgents } from './people.js';
import { read } from './read.js';
import { readTraining } from './read-training.js';
import { receive } from './receive.js';
import { register } from './register.js';
import { createWotNotSettings, wotNotCredentials } from './schema.js';
import { send } from './send.js';
import { templatesOf } from './templates.js';

export interface WotNotConnectorDeps {
  /** Whether `baseUrl` may be a private address, or plain http: for a sandbox on this machine. */
  allowPrivate: boolean;
  resolve?: Resolve;
}

/** The connector for WotNot. `stop` closes the connections that wait for the next call. */
export function createWotNotConnector({
  allowPrivate,
  resolve,
}: WotNotConnectorDeps): ChatConnector & { stop(): void } {
  const policy = policyFor(allowPrivate);
  const settingsSchema = createWotNotSettings(policy);
  const clients = createClientShelf(policy, resolve);
  return {
    name: 'wotnot',
    side: 'chat',
    parseSettings: (settings) => settingsSchema.parse(settings),
    accountSettings: ['baseUrl', 'accountId'],
    templatesOf,
    parseCredentials: (credentials) => wotNotCredentials.parse(credentials),
    receive,
    read,
    send: (order, target, account, context) => send(clients, order, target, account, context),
    register: (account, webhookUrl, token, signal) => register(clients, account, webhookUrl, token, signal),
    listAgents: (account) => listAgents(clients, account),
    inviteAgent: (account, agent) => inviteAgent(clients, account, agent),
    readTraining: (account, sourceId) => readTraining(clients, account, sourceId),
    check: (account) => check(clients, account),
    stop: () => clients.stop(),
  };
}
