import type {
  ChangedTickets,
  DeskConnector,
  FailedSend,
  SplitEvent,
  TicketFetch,
} from '../connectors/connector.js';
import type { Account } from '../connectors/connector.js';
import { isPaced, pauseAskedOf } from '../domain/pause-asked.js';
import type { Nudges } from '../store/nudges.js';
import type { WorkspaceScope } from '../store/scope.js';
import type { TakenFollow, TicketFollows } from '../store/ticket-follows.js';

export interface FollowOptions {
  follows: TicketFollows;
  open: (
    scope: WorkspaceScope,
    connectionId: string,
  ) => Promise<{ connector: DeskConnector; account: Account } | undefined>;
  /** Records fetched events as if they had come in by themselves. @returns whether they are durable */
  record: (
    at: { scope: WorkspaceScope; connectionId: string; connector: string },
    events: SplitEvent[],
  ) => Promise<boolean>;
  pauseConnection: (
    scope: WorkspaceScope,
    connectionId: string,
    connector: string,
    code: string,
    reason: string,
    askedSecondsAgo: number,
  ) => Promise<void>;
  /** Holds a connection for all processes. */
  holdConnection: (scope: WorkspaceScope, connectionId: string, seconds: number) => Promise<void>;
  nudges: Pick<Nudges, 'on'>;
  owner: string;
  sweepMilliseconds: number;
  observe: {
    fetched(follow: TakenFollow, connector: string, events: number, milliseconds: number): void;
    refused(follow: TakenFollow, connector: string, code: string): void;
    failed(error: unknown): void;
  };
}

export interface Follow {
  start(): void;
  stop(): Promise<void>;
  isIdle(): boolean;
}

const AT_ONCE = 8;
const LEASE_SECONDS = 30;
const DEADLINE_MILLISECONDS = 20_000;
/** A ticket in which something happened is looked at by itself for so long. */
const LIVELY_SECONDS = 600;
const LONGEST_PAUSE_SECONDS = 300;
const MOST_SEEN = 20_000;
const STANDARD_POLL = { lively: 10, quiet: 120 };

/**
 * Reads linked tickets since their cursor, when a webhook hints at it and by the clock. What is read goes
 * through the inbox and its ledger, so that a webhook, a look and another look show a thing once. The
 * cursor moves after what it passed is durable.
 */
export function createFollow(options: FollowOptions): Follow {
  const underWay = new Set<Promise<void>>();
  /** How many hints this process had seen of a ticket when it last looked. */
  const seen = new Map<string, number>();
  const stopping = new AbortController();
  let started = false;
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  let wanted = false;
  let unsubscribe = (): void => undefined;

  const look = (): void => {
    if (!started) return;
    if (looking !== undefined) {
      wanted = true;
      return;
    }
    clearTimeout(timer);
    looking = take()
      .catch((error: unknown) => {
        options.observe.failed(error);
        return options.sweepMilliseconds;
      })
      .then((pauseMilliseconds) => {
        looking = undefined;
        if (!started) return;
        if (wanted) {
          wanted = false;
          look();
        } else timer = setTimeout(look, pauseMilliseconds);
      });
  };

  /** @returns in how many milliseconds to look again */
  const take = async (): Promise<number> => {
    const room = AT_ONCE - underWay.size;
    const taken =
      room > 0 ? await options.follows.take(room, { owner: options.owner, seconds: LEASE_SECONDS }) : [];
    for (const follow of taken) {
      const run = work(follow)
        .catch(options.observe.failed)
        .finally(() => {
          underWay.delete(run);
          look();
        });
      underWay.add(run);
    }
    if (room <= taken.length) return options.sweepMilliseconds;
    const due = await options.follows.dueInSeconds();
    return Math.min(Math.max((due ?? Number.POSITIVE_INFINITY) * 1_000, 20), options.sweepMilliseconds);
  };

  const work = async (follow: TakenFollow): Promise<void> => {
    const opened = await options.open(follow.scope, follow.connectionId);
    if (opened === undefined || !opened.connector.capabilities.fetches) {
      await options.follows.giveBack(follow, options.owner, {
        nextSeconds: null,
        failed: false,
        lively: false,
      });
      return;
    }
    const from = performance.now();
    const { connector, account } = opened;
    const context = {
      signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(DEADLINE_MILLISECONDS)]),
    };
    const calling = { ...account, calls: isHinted(follow) ? ('look' as const) : ('poll' as const) };
    const fetched =
      follow.externalTicketId === ''
        ? await connector.listChanged(calling, follow.cursor, context)
        : await connector.fetchTicket(calling, follow.externalTicketId, follow.cursor, context);
    if (isPaced(fetched)) {
      await options.follows.giveBack(follow, options.owner, {
        nextSeconds: fetched.retryAfterSeconds ?? 1,
        failed: false,
        lively: false,
      });
      return;
    }
    noteSeen(follow);
    if (fetched.outcome !== 'fetched') return giveUp(follow, connector, fetched, from);
    const found = await keep(follow, connector, fetched);
    if (found === undefined) {
      // Not durable: the cursor stays, and the same is read again.
      await options.follows.giveBack(follow, options.owner, { nextSeconds: 1, failed: true, lively: false });
      return;
    }
    options.observe.fetched(follow, connector.name, found, performance.now() - from);
    await options.follows.giveBack(follow, options.owner, {
      cursor: fetched.cursor,
      nextSeconds: fetched.more ? 0 : nextLook(follow, connector, found),
      failed: false,
      lively: found > 0 && follow.cursor !== null,
    });
  };

  /** Whether somebody has said that there is something; also where that is not known. */
  const isHinted = (follow: TakenFollow): boolean =>
    follow.cursor === null || seen.get(keyOf(follow)) !== follow.hints;

  const noteSeen = (follow: TakenFollow): void => {
    if (seen.size >= MOST_SEEN) seen.clear();
    seen.set(keyOf(follow), follow.hints);
  };

  /** @returns how many things were found; undefined when they could not be kept */
  const keep = async (
    follow: TakenFollow,
    connector: DeskConnector,
    fetched: Extract<TicketFetch | ChangedTickets, { outcome: 'fetched' }>,
  ): Promise<number | undefined> => {
    if ('externalTicketIds' in fetched) {
      if (fetched.externalTicketIds.length > 0)
        await options.follows.hint(follow.scope, follow.connectionId, fetched.externalTicketIds);
      return fetched.externalTicketIds.length;
    }
    if (fetched.events.length === 0) return 0;
    const at = { scope: follow.scope, connectionId: follow.connectionId, connector: connector.name };
    const lookedAt = follow.lookedAt.toISOString();
    const events = fetched.events.map((event) => ({ ...event, payload: { ...event.payload, lookedAt } }));
    return (await options.record(at, events)) ? events.length : undefined;
  };

  const giveUp = async (
    follow: TakenFollow,
    connector: DeskConnector,
    failure: FailedSend,
    from: number,
  ): Promise<void> => {
    options.observe.refused(follow, connector.name, failure.code);
    const asked = failure.outcome === 'retry' ? failure.retryAfterSeconds : undefined;
    const pauseAsked = pauseAskedOf(failure);
    if (pauseAsked !== undefined) await options.holdConnection(follow.scope, follow.connectionId, pauseAsked);
    const scheduled = Math.min(2 ** Math.min(follow.failures, 10) * 2, LONGEST_PAUSE_SECONDS);
    await options.follows.giveBack(follow, options.owner, {
      nextSeconds: Math.min(Math.max(asked ?? 0, scheduled), 86_400),
      failed: true,
      lively: false,
    });
    if (failure.outcome === 'credential')
      await options.pauseConnection(
        follow.scope,
        follow.connectionId,
        connector.name,
        failure.code,
        failure.message,
        (performance.now() - from) / 1_000,
      );
  };

  return {
    start() {
      started = true;
      unsubscribe = options.nudges.on('following', look);
      look();
    },
    async stop() {
      started = false;
      unsubscribe();
      clearTimeout(timer);
      await looking;
      clearTimeout(timer);
      stopping.abort();
      await Promise.allSettled([...underWay]);
    },
    isIdle: () => underWay.size === 0,
  };
}

const keyOf = ({ connectionId, externalTicketId }: TakenFollow): string =>
  `${connectionId} ${externalTicketId}`;

/**
 * An account is asked in seconds while something happens in it, in minutes when it is quiet. A ticket is
 * asked by itself only while its conversation is lively; later its account tells.
 */
function nextLook(follow: TakenFollow, connector: DeskConnector, found: number): number | null {
  const poll = connector.capabilities.pollSeconds ?? STANDARD_POLL;
  const isLively = found > 0 || follow.quietSeconds < LIVELY_SECONDS;
  if (follow.externalTicketId === '') return isLively ? poll.lively : poll.quiet;
  return isLively ? poll.lively : null;
}
