import type { Connector } from '../connector.js';
import { check } from './check.js';
import { type ClientShelf, createClientShelf } from './open-client.js';
import { read } from './read.js';
import { receive } from './receive.js';
import { register } from './register.js';
import { wotNotCredentials, wotNotSettings } from './schema.js';
import { send } from './send.js';

/** The connector for WotNot. `stop` closes the connections that wait for the next call. */
export function createWotNotConnector(deps: { clients?: ClientShelf } = {}): Connector & { stop(): void } {
  const clients = deps.clients ?? createClientShelf();
  return {
    name: 'wotnot',
    side: 'chat',
    parseSettings: (settings) => wotNotSettings.parse(settings),
    parseCredentials: (credentials) => wotNotCredentials.parse(credentials),
    receive,
    read,
    send: (order, target, account, context) => send(clients, order, target, account, context),
    register: (account, webhookUrl, token) => register(clients, account, webhookUrl, token),
    check: (account) => check(clients, account),
    stop: () => clients.stop(),
  };
}
