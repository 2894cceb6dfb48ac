import type { Account, DeskConnector } from '../connectors/connector.js';
import type { ConnectorRegistry } from '../connectors/registry.js';
import type { DeskPolicy } from '../domain/desk-policy.js';
import { defaultDeskPolicy } from '../domain/desk-policy.js';
import type { DeskMirrors } from '../store/desk-mirrors.js';
import type { WaitingEvent } from '../store/inbox.js';
import type { WorkspaceScope } from '../store/scope.js';
import { type AnswersOptions, createAnswers } from './answers.js';
import { createGatherAhead, type GatherAheadOptions } from './gather-ahead.js';
import { createFollow, type FollowOptions } from './follow.js';
import { createMirror, type MirrorOptions } from './mirror.js';

/** What is worth a line and a number. */
export interface TicketingObserver {
  deskTold(line: {
    workspaceId: string;
    connectionId: string;
    connector: string;
    facts: number;
    orders: number;
  }): void;
  deskBegunAfresh(line: { workspaceId: string; connectionId: string; connector: string }): void;
  ticketsFetched(line: {
    workspaceId: string;
    connectionId: string;
    connector: string;
    events: number;
    milliseconds: number;
  }): void;
  ticketFetchRefused(line: {
    workspaceId: string;
    connectionId: string;
    connector: string;
    code: string;
  }): void;
  deskEventApplied(line: {
    workspaceId: string;
    connectionId: string;
    eventId: string;
    lagMilliseconds: number;
  }): void;
  fileStoreFailed(line: { workspaceId: string; connectionId: string; message: string }): void;
  deskFileAwaited(line: {
    workspaceId: string;
    connectionId: string;
    eventId: string;
    message: string;
  }): void;
  eventUnrecognised(line: {
    workspaceId: string;
    connectionId: string;
    eventId: string;
    reason: string;
  }): void;
  projectionFailed(line: {
    workspaceId: string;
    connectionId: string;
    eventId: string;
    error: unknown;
  }): void;
  databaseUnavailable(line: { room: string; error: unknown }): void;
}

export interface TicketingOptions
  extends Pick<
      AnswersOptions,
      'inbox' | 'tickets' | 'desk' | 'keepBytes' | 'isDatabaseUnavailable' | 'nudges' | 'now'
    >,
    Pick<FollowOptions, 'follows' | 'record' | 'pauseConnection' | 'holdConnection' | 'owner'> {
  mirrors: DeskMirrors;
  owedFiles: GatherAheadOptions['owed'];
  keepFile: GatherAheadOptions['keepFile'];
  feed: MirrorOptions['feed'];
  connectors: ConnectorRegistry;
  open: (
    scope: WorkspaceScope,
    connectionId: string,
  ) => Promise<{ connector: DeskConnector; account: Account; isPaused: boolean } | undefined>;
  sweepMilliseconds: number;
  observe: TicketingObserver;
}

export interface Ticketing {
  /** Tells desks the workspace's facts, and takes what their agents did. */
  startTelling(): void;
  /** Reads what has happened in tickets. */
  startFollowing(): void;
  stop(): Promise<void>;
  isIdle(): boolean;
}

/** The room between conversations and tickets. */
export function createTicketing(options: TicketingOptions): Ticketing {
  const { observe } = options;
  const failed = (error: unknown): void => observe.databaseUnavailable({ room: 'ticketing', error });
  const desks = options.connectors
    .names()
    .map((name) => options.connectors.find(name))
    .filter((connector): connector is DeskConnector => connector?.side === 'desk');
  const storeFailed = (
    { scope, connectionId }: { scope: WorkspaceScope; connectionId: string },
    { message }: { message: string },
  ): void => observe.fileStoreFailed({ workspaceId: scope.workspaceId, connectionId, message });
  const gatherAhead = createGatherAhead({
    owed: options.owedFiles,
    keepFile: options.keepFile,
    observe: { storeFailed, failed },
  });
  const mirror = createMirror({
    mirrors: options.mirrors,
    feed: options.feed,
    rulesOf: ({ connector: name, settings }) => {
      const connector = desks.find((desk) => desk.name === name);
      if (connector === undefined) return undefined;
      const policy = (settings['policy'] as DeskPolicy | undefined) ?? defaultDeskPolicy;
      const { ticketBudget, takesLists = false } = connector.capabilities;
      return { policy, joins: takesLists || ticketBudget !== undefined };
    },
    fetchingConnectors: desks.filter((desk) => desk.capabilities.fetches).map((desk) => desk.name),
    nudges: options.nudges,
    filesOwed: ({ scope, connectionId }, ids) =>
      gatherAhead.add(ids.map((conversationId) => ({ scope, connectionId, conversationId }))),
    sweepMilliseconds: options.sweepMilliseconds,
    observe: {
      told: ({ scope, connectionId, connector }, facts, orders) =>
        observe.deskTold({ workspaceId: scope.workspaceId, connectionId, connector, facts, orders }),
      begunAfresh: ({ scope, connectionId, connector }) =>
        observe.deskBegunAfresh({ workspaceId: scope.workspaceId, connectionId, connector }),
      failed,
    },
  });
  const follow = createFollow({
    ...options,
    observe: {
      fetched: ({ scope, connectionId }, connector, events, milliseconds) =>
        observe.ticketsFetched({
          workspaceId: scope.workspaceId,
          connectionId,
          connector,
          events,
          milliseconds,
        }),
      refused: ({ scope, connectionId }, connector, code) =>
        observe.ticketFetchRefused({ workspaceId: scope.workspaceId, connectionId, connector, code }),
      failed,
    },
  });
  const answers = createAnswers({
    ...options,
    observe: {
      applied: (event) =>
        observe.deskEventApplied({
          ...about(event),
          lagMilliseconds: Math.max(0, Date.now() - event.receivedAt.getTime()),
        }),
      parked: (event, state, detail) =>
        state === 'failed'
          ? observe.projectionFailed({ ...about(event), error: new Error(detail) })
          : observe.eventUnrecognised({ ...about(event), reason: detail }),
      storeFailed,
      fileAwaited: (event, message) => observe.deskFileAwaited({ ...about(event), message }),
      failed,
    },
  });
  let isTelling = false;
  let isFollowing = false;
  return {
    startTelling() {
      isTelling = true;
      mirror.start();
      answers.start();
      gatherAhead.start();
    },
    startFollowing() {
      isFollowing = true;
      follow.start();
    },
    async stop() {
      await Promise.all([
        ...(isTelling ? [mirror.stop(), answers.stop(), gatherAhead.stop()] : []),
        ...(isFollowing ? [follow.stop()] : []),
      ]);
    },
    isIdle: () => mirror.isIdle() && answers.isIdle() && follow.isIdle() && gatherAhead.isIdle(),
  };
}

const about = (event: WaitingEvent) => ({
  workspaceId: event.workspaceId,
  connectionId: event.connectionId,
  eventId: `inb_${event.position}`,
});
