import type { DeskConnector } from '../connector.js';
import { settleCall } from '../desk-kit/index.js';
import { createOutsideCaller, policyFor, type Resolve } from '../http-client/index.js';
import { check } from './check.js';
import { fetchFile } from './fetch-file.js';
import { read } from './read.js';
import { receive } from './receive.js';
import { createWebhookSettings, webhookCredentials } from './schema.js';
import { MOST_TEXT_CHARACTERS, send } from './send.js';

export interface WebhookConnectorDeps {
  /** Whether the desk may lie at a private address, or speak plain http: for a desk on this machine. */
  allowPrivate: boolean;
  resolve?: Resolve;
}

const NOT_FETCHED = {
  outcome: 'refused',
  code: 'not_supported',
  message: 'This desk tells by webhooks alone.',
} as const;

/** The connector for any desk with a back end of its own: it is told by signed webhooks, and tells by them. */
export function createWebhookConnector({
  allowPrivate,
  resolve,
}: WebhookConnectorDeps): DeskConnector & { stop(): void } {
  const policy = policyFor(allowPrivate);
  const caller = createOutsideCaller(policy, resolve);
  const settingsSchema = createWebhookSettings(policy);
  return {
    name: 'webhook',
    side: 'desk',
    capabilities: {
      repeats: 'all-keys',
      linksFiles: true,
      answersBriefly: true,
      writesAsContact: true,
      mostFileBytes: 25 * 1_048_576,
      mostFilesPerMessage: 20,
      mostTextCharacters: MOST_TEXT_CHARACTERS,
      statuses: ['new', 'open', 'pending', 'solved', 'closed'],
      priorities: true,
      tags: true,
      teams: true,
      listsPeople: false,
      takesLists: true,
      fetches: false,
    },
    parseSettings: (settings) => settingsSchema.parse(settings),
    parseCredentials: (credentials) => webhookCredentials.parse(credentials),
    receive,
    read,
    send: (order, target, account, context) =>
      settleCall(() => send(caller, order, target, account, context)),
    // It is sent again under the same id: the desk does it once.
    find: async () => ({ outcome: 'absent' }),
    fetchTicket: async () => NOT_FETCHED,
    listChanged: async () => NOT_FETCHED,
    fetchFile: (file, _account, context) => fetchFile(caller, file, context),
    // Whoever has written the back end has entered it there: nobody else is to be told.
    register: async () => ({ outcome: 'delivered' }),
    check: (account) => check(caller, account),
    stop: () => caller.stop(),
  };
}
