import { type OpenAccount, pauseForCredentials } from '../connections/index.js';
import type { ConnectorRegistry } from '../connectors/registry.js';
import { createKeepBytes } from '../desk/keep-bytes.js';
import { isDatabaseUnavailable } from '../store/database-failure.js';
import type { LocalNudges } from '../store/nudges.js';
import type { WorkspaceScope } from '../store/scope.js';
import type { Events } from '../telemetry/events/events.js';
import { createKeepFile } from '../ticketing/keep-file.js';
import { createTicketing, type TicketingOptions } from '../ticketing/create-ticketing.js';
import type { Stores } from './create-stores.js';

/** What stands between conversations and tickets, put together. */
export function createDeskSide(parts: {
  stores: Stores;
  connectors: ConnectorRegistry;
  openAccount: OpenAccount;
  /** What lies at a URL, from where anybody could have it. */
  fetchFile: Parameters<typeof createKeepFile>[0]['fetch'];
  record: TicketingOptions['record'];
  nudges: LocalNudges;
  owner: string;
  sweepMilliseconds: number;
  /** The steady clock, in milliseconds. */
  now: (() => number) | undefined;
  events: Events;
}) {
  const { stores, connectors, openAccount, events } = parts;
  const { conversations, writer, list, agents } = stores;
  const keepBytes = createKeepBytes({ files: stores.files });
  const keepFile = createKeepFile({ fetch: parts.fetchFile, keepBytes, find: stores.files.find });
  const pauseConnection = async (
    scope: WorkspaceScope,
    connectionId: string,
    connector: string,
    code: string,
    reason: string,
    askedSecondsAgo: number,
  ): Promise<void> => {
    if (!(await pauseForCredentials(stores.connections, scope, connectionId, reason, askedSecondsAgo)))
      return;
    events.connectionPaused({
      connector,
      workspaceId: scope.workspaceId,
      connectionId,
      code,
      by: 'delivery',
    });
  };
  const ticketing = createTicketing({
    mirrors: stores.mirrors,
    owedFiles: stores.owedFiles,
    keepFile,
    feed: stores.feed,
    follows: stores.follows,
    tickets: stores.tickets,
    inbox: stores.inbox,
    desk: {
      conversations,
      writer,
      list,
      findAgent: agents.findByEmail,
      findFirstAgent: agents.findFirst,
      listConnections: stores.connections.list,
    },
    connectors,
    open: async (scope, connectionId) => {
      const opened = await openAccount(scope, connectionId);
      const connector = connectors.find(opened?.connection.connector ?? '');
      return opened === undefined || connector?.side !== 'desk'
        ? undefined
        : { connector, account: opened.account, isPaused: opened.connection.status === 'paused' };
    },
    record: parts.record,
    keepBytes,
    pauseConnection,
    holdConnection: stores.connections.hold,
    isDatabaseUnavailable,
    nudges: parts.nudges,
    owner: parts.owner,
    sweepMilliseconds: parts.sweepMilliseconds,
    now: parts.now,
    observe: events,
  });
  return { ticketing, keepFile, pauseConnection };
}
