import type { ConversationNaming } from '../store/conversation-naming.js';
import type { DeliveryLane, Nudges } from '../store/nudges.js';
import type { EarlyLanes } from '../store/early-lanes.js';
import type { DoubtfulHead, DueLane, LaneHead, Outbox, Settlement } from '../store/outbox.js';
import type { WorkspaceScope } from '../store/scope.js';
import type { FindOutcome } from '../connectors/connector.js';
import type { DeskOrder } from '../domain/desk-order.js';
import { isPlainWriting, type TicketRecord } from '../store/ticket-record.js';
import { type AttemptOptions, attempt, openDesk } from './attempt.js';
import { type Attempted, TOO_LATE } from './attempt-outcome.js';
import { targetOf } from './attempt-desk.js';
import { pauseAskedOf } from '../domain/pause-asked.js';
import { type Breaker, type BreakerNews, createBreaker } from './breaker.js';
import { judgeAttempt, judgeDoubt, judgeFound } from './judge.js';
import { createEarlyTries } from './early-tries.js';
import { createRateBudget } from './rate-budget.js';
import { createLeaseKeeper } from './lease-keeper.js';

export interface DeliveryOptions extends AttemptOptions {
  outbox: Outbox;
  earlyLanes: EarlyLanes;
  /** A conversation that we have started gets its id before the delivery counts as done. */
  naming: ConversationNaming;
  /** What a desk has answered is kept before the delivery counts as done. */
  tickets: TicketRecord;
  nudges: Pick<Nudges, 'on' | 'send'>;
  /** Names this process in leases. */
  owner: string;
  leaseSeconds: number;
  sweepMilliseconds: number;
  /** How long an echo may take before an unclear sending is judged without it. */
  graceSeconds: number;
  /** Until when this process could not take what came in, by its steady clock: an echo may have been among it. */
  deafUntil: () => number;
  /** How many lanes may be under way at once. */
  maxLanes: number;
  /** The outside refuses our credential: nothing more goes out until the operator has mended it. */
  pauseConnection: (
    scope: WorkspaceScope,
    connectionId: string,
    connector: string,
    code: string,
    reason: string,
    askedSecondsAgo: number,
  ) => Promise<void>;
  /** Shows to all processes for how long a connection is left alone; undefined: not any more. */
  noteBreaker: (
    scope: WorkspaceScope,
    connectionId: string,
    milliseconds: number | undefined,
  ) => Promise<void>;
  /** Holds a connection for all processes. */
  holdConnection: (scope: WorkspaceScope, connectionId: string, seconds: number) => Promise<void>;
  /** How many calls one connection may make a second, by all processes together. */
  perSecondPerConnection: number;
  /** How many processes deliver, this one too. */
  sharers: () => number;
  /** A steady clock in milliseconds for pauses between attempts; the process's own when it is missing. */
  now?: (() => number) | undefined;
  observe: {
    settled(head: LaneHead, settlement: Settlement, seconds: number): void;
    overtaken(head: LaneHead): void;
    breaker(connectionId: string, state: 'opened' | 'closed'): void;
    failed(error: unknown): void;
    swept(lanes: number): void;
  };
}

export interface Delivery {
  start(): void;
  stop(): Promise<void>;
  isIdle(): boolean;
}

const SWEEP_LANES_PER_CONNECTION = 100;
/** The database's clock and ours need not agree to the second. */
const FIND_MARGIN_SECONDS = 5;

/**
 * Delivers what is owed: lane by lane, each lane's head only, under a lease. Nudged after each commit that
 * owes something, with a sweep behind it.
 */
export function createDelivery(options: DeliveryOptions): Delivery {
  const breaker: Breaker = createBreaker({
    changed: options.observe.breaker,
    ...(options.now === undefined ? {} : { now: options.now }),
  });
  const early = createEarlyTries({ earlyLanes: options.earlyLanes, breaker, now: options.now });
  const budget = createRateBudget({
    perSecond: () => options.perSecondPerConnection / options.sharers(),
  });
  const keeper = createLeaseKeeper({
    outbox: options.outbox,
    owner: options.owner,
    leaseSeconds: options.leaseSeconds,
    failed: options.observe.failed,
  });
  const waiting = new Map<string, DueLane>();
  const underWay = new Map<string, Promise<void>>();
  const stopping = new AbortController();
  let started = false;
  let hasBegun = false;
  let isSweeping = false;
  let startedAt = 0;
  let timer: NodeJS.Timeout | undefined;
  let sweeping: Promise<void> = Promise.resolve();
  let unsubscribe = (): void => undefined;

  const add = (lanes: DueLane[]): void => {
    for (const lane of lanes) waiting.set(keyOf(lane), lane);
    pump();
  };

  const pump = (): void => {
    if (!started) return;
    for (const [key, lane] of waiting) {
      if (underWay.size >= options.maxLanes) return;
      if (underWay.has(key)) continue;
      waiting.delete(key);
      const run = work(lane)
        .catch((error: unknown) => {
          // A probe that the database has ended must not be waited for.
          breaker.report(lane.connectionId, 'unknown');
          options.observe.failed(error);
        })
        .finally(() => {
          keeper.drop(lane);
          underWay.delete(key);
          pump();
        });
      underWay.set(key, run);
    }
  };

  /** Works a lane until nothing in it is due. */
  const work = async (lane: DueLane): Promise<void> => {
    while (started && breaker.allows(lane.connectionId)) {
      const askedAt = performance.now();
      const taken = await options.outbox.take(lane, { owner: options.owner, seconds: options.leaseSeconds });
      if (taken.outcome === 'not_free' || taken.outcome === 'empty') {
        breaker.report(lane.connectionId, 'unknown');
        return;
      }
      keeper.hold(lane, askedAt);
      const more =
        taken.outcome === 'doubtful'
          ? await settleDoubt(taken.head, taken.fence)
          : await deliver(lane, taken.head, taken.fence, askedAt);
      keeper.drop(lane);
      if (!more) return;
    }
  };

  const settleDoubt = async (head: DoubtfulHead, fence: bigint): Promise<boolean> => {
    breaker.report(head.connectionId, 'unknown');
    const awakeSeconds = (performance.now() - Math.max(startedAt, options.deafUntil())) / 1_000;
    const from = performance.now();
    const found = head.side === 'desk' ? await find(head) : undefined;
    if (found?.outcome === 'delivered') await options.tickets.keep(head, found);
    const { deliveryId, attempt: number, triedBy: by } = head;
    const neverLeft =
      by !== undefined && options.departures.neverLeft({ deliveryId, attempt: number, owner: by });
    const judgement =
      found === undefined
        ? judgeDoubt(head, options.graceSeconds, awakeSeconds, neverLeft)
        : judgeFound(head, found, options.graceSeconds, awakeSeconds);
    return settle(head, fence, judgement, from);
  };

  /** Asks the desk whether an order whose answer was lost has arrived. */
  const find = async (head: DoubtfulHead): Promise<FindOutcome | undefined> => {
    const desk = await openDesk(head, options);
    // A desk's lane holds orders for desks only.
    const order = head.order as DeskOrder;
    if (desk === undefined || order.kind === 'update-ticket') return undefined;
    await budget.spend(head.connectionId);
    return desk.connector.find(order, targetOf(head), desk.account, {
      idempotencyKey: head.idempotencyKey,
      signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(options.deadlineSeconds * 1_000)]),
      since: new Date(Date.now() - (head.sinceSeconds + FIND_MARGIN_SECONDS) * 1_000),
      knownIds: (ids) => options.tickets.knownIds(head, ids),
    });
  };

  const deliver = async (
    lane: DeliveryLane,
    head: LaneHead,
    fence: bigint,
    takenAt: number,
  ): Promise<boolean> => {
    await budget.spend(head.connectionId);
    // Too late to send anything under this lease, somebody else may already be at it.
    const isInTime = (): boolean => keeper.isAlive(lane);
    const from = performance.now();
    const { outcome, pace } = isInTime()
      ? await attempt(head, options, stopping.signal, isInTime)
      : { outcome: TOO_LATE };
    if (outcome === TOO_LATE) options.observe.overtaken(head);
    // Tried before its time, it keeps that time; the try itself took some of it.
    const earlySeconds = Math.max(0, head.earlySeconds - (performance.now() - takenAt) / 1_000);
    const judgement = judgeAttempt({ ...head, earlySeconds }, outcome, options.graceSeconds, Math.random());
    const news = breaker.report(head.connectionId, judgement.health);
    if (news !== undefined && news.state !== 'recovered') await noteBreaker(head, news);
    if (news !== undefined) early.take(head.connectionId, news);
    if (judgement.pause !== undefined) {
      const { code, message } = judgement.pause;
      const askedSecondsAgo = (performance.now() - from) / 1_000;
      await options.pauseConnection(
        head.scope,
        head.connectionId,
        head.connector,
        code,
        message,
        askedSecondsAgo,
      );
    }
    if (head.side === 'desk') await holdAsAsked(head, outcome);
    const writtenIds = head.side === 'desk' ? await keepAnswer(head, outcome) : undefined;
    return settle(head, fence, judgement.settlement, from, pace, writtenIds);
  };

  /** @returns what is kept with the settlement */
  const keepAnswer = async (head: LaneHead, outcome: Attempted['outcome']): Promise<string[] | undefined> => {
    if (outcome.outcome === 'delivered' && 'writtenIds' in outcome) {
      if (isPlainWriting(head, outcome)) return outcome.writtenIds;
      await options.tickets.keep(head, outcome);
    }
    if (outcome.outcome === 'ticket_gone') await options.tickets.lose(head, outcome.mergedInto);
    if (outcome.outcome === 'ticket_renewed') await options.tickets.lose(head);
    return undefined;
  };

  /** A desk's limit is the account's: one refusal speaks for all its tickets, and to all processes. */
  const holdAsAsked = async (head: LaneHead, outcome: Attempted['outcome']): Promise<void> => {
    const seconds = pauseAskedOf(outcome);
    if (seconds === undefined) return;
    breaker.hold(head.connectionId, seconds);
    await options.holdConnection(head.scope, head.connectionId, seconds).catch(options.observe.failed);
  };

  /** For people to see: no delivery fails with it. */
  const noteBreaker = ({ scope, connectionId }: LaneHead, news: BreakerNews): Promise<void> =>
    options
      .noteBreaker(scope, connectionId, news.state === 'open' ? news.milliseconds : undefined)
      .catch(options.observe.failed);

  const settle = async (
    head: LaneHead,
    fence: bigint,
    settlement: Settlement,
    from: number,
    pace?: number,
    writtenIds?: string[],
  ): Promise<boolean> => {
    if (settlement.as === 'delivered' && settlement.externalConversationId !== undefined)
      await options.naming.name(head, settlement.externalConversationId);
    const { settled, more, told, following } =
      writtenIds !== undefined && settlement.as === 'delivered'
        ? await options.outbox.settleWriting({ head, fence, settlement, pace, writtenIds })
        : await options.outbox.settle(head, fence, settlement, pace);
    if (following) options.nudges.send('following', [head.scope.workspaceId]);
    if (!settled) {
      options.observe.overtaken(head);
      return more;
    }
    options.observe.settled(head, settlement, (performance.now() - from) / 1_000);
    if (told) options.nudges.send('facts', [head.scope.workspaceId]);
    return more;
  };

  const sweep = async (): Promise<void> => {
    isSweeping = true;
    try {
      const lanes = await options.outbox.findDue(
        SWEEP_LANES_PER_CONNECTION,
        breaker.open(),
        options.leaseSeconds,
      );
      if (!hasBegun) {
        await early.begin();
        hasBegun = true;
      }
      lanes.push(...(await early.find(lanes)));
      const fresh = lanes.filter((lane) => !underWay.has(keyOf(lane)));
      if (fresh.length > 0) options.observe.swept(fresh.length);
      add(fresh);
    } catch (error) {
      options.observe.failed(error);
    } finally {
      isSweeping = false;
    }
  };

  const tick = (): void => {
    sweeping = sweep().finally(() => {
      if (started) timer = setTimeout(tick, options.sweepMilliseconds);
    });
  };

  return {
    start() {
      started = true;
      startedAt = performance.now();
      keeper.start();
      options.departures.open();
      unsubscribe = options.nudges.on('delivery', add);
      tick();
    },
    async stop() {
      started = false;
      unsubscribe();
      clearTimeout(timer);
      await sweeping;
      clearTimeout(timer);
      // What is on its way may finish: an attempt cut short is an uncertain one.
      await Promise.allSettled([...underWay.values()]);
      stopping.abort();
      await keeper.stop();
      options.departures.close();
      await options.outbox.release(options.owner).catch(options.observe.failed);
    },
    isIdle: () => !isSweeping && waiting.size === 0 && underWay.size === 0 && early.isIdle(),
  };
}

const keyOf = (lane: DeliveryLane): string =>
  `${lane.workspaceId} ${lane.connectionId} ${lane.conversationId}`;
