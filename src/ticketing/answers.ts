import { setTimeout as pause } from 'node:timers/promises';
import type { Account, DeskConnector } from '../connectors/connector.js';
import type { Inbox, WaitingEvent } from '../store/inbox.js';
import { FileStoreError } from '../store/file-store.js';
import type { InboundLane, Nudges } from '../store/nudges.js';
import type { WorkspaceScope } from '../store/scope.js';
import type { TicketRecord } from '../store/ticket-record.js';
import { type AnswerDeps, applyDeskEvent } from './apply-desk-event.js';
import { createFileWait, type FileWait, isDeskAway, pauseMilliseconds } from './file-wait.js';
import { NO_AGENT } from './set-aside.js';

export interface AnswersOptions extends Omit<AnswerDeps, 'now'> {
  /** The steady clock, in milliseconds. */
  now?: (() => number) | undefined;
  inbox: Pick<Inbox, 'readWaiting' | 'findWaitingLanes' | 'park'>;
  tickets: TicketRecord;
  open: (
    scope: WorkspaceScope,
    connectionId: string,
  ) => Promise<{ connector: DeskConnector; account: Account; isPaused: boolean } | undefined>;
  nudges: Pick<Nudges, 'on' | 'send'>;
  sweepMilliseconds: number;
  observe: {
    applied(event: WaitingEvent): void;
    parked(event: WaitingEvent, state: 'unrecognised' | 'failed', detail: string): void;
    /** An agent's file could not be kept; its ticket waits. */
    storeFailed(event: WaitingEvent, error: FileStoreError): void;
    /** An agent's file is not to be had while its desk is away; told once, and its ticket waits. */
    fileAwaited(event: WaitingEvent, message: string): void;
    failed(error: unknown): void;
  };
}

export interface Answers {
  start(): void;
  stop(): Promise<void>;
  isIdle(): boolean;
}

const LANES_AT_ONCE = 8;
/** Of these, so many may wait for a desk that was away when they last asked it: it may let each wait for long. */
const AWAY_LANES_AT_ONCE = 2;
const LANE_EVENTS = 50;
const SWEEP_LANES = 500;
const STORE_HOLD_MILLISECONDS = 15_000;
/** A ticket is linked within this time after it was made, or it is none of ours. */
const LINK_MILLISECONDS = 15_000;

/**
 * What agents do in their desk becomes what the desk of the house does: a reply, a note, an assignment, a
 * close. Strictly in order per ticket; the event is done with in the very statement that changes the
 * conversation, so that it counts once however many processes read it.
 */
export function createAnswers(options: AnswersOptions): Answers {
  const waiting = new Map<string, InboundLane>();
  const underWay = new Map<string, Promise<void>>();
  const held = new Map<string, NodeJS.Timeout>();
  /** By lane, of the event that is first in it. */
  const waits = new Map<string, FileWait>();
  const deps: AnswerDeps = { ...options, now: options.now ?? (() => performance.now()) };
  let started = false;
  let timer: NodeJS.Timeout | undefined;
  let sweeping: Promise<void> = Promise.resolve();
  let unsubscribe = (): void => undefined;

  const add = (lanes: InboundLane[]): void => {
    for (const lane of lanes) if (lane.side === 'desk') waiting.set(keyOf(lane), lane);
    pump();
  };

  const pump = (): void => {
    for (const [key, lane] of waiting) {
      if (!started || underWay.size >= LANES_AT_ONCE) return;
      if (underWay.has(key) || (isAway(key) && countAway() >= AWAY_LANES_AT_ONCE)) continue;
      waiting.delete(key);
      const run = work(lane)
        .catch(options.observe.failed)
        .finally(() => {
          underWay.delete(key);
          pump();
        });
      underWay.set(key, run);
    }
  };

  const isAway = (key: string): boolean => isDeskAway(waits.get(key));
  const countAway = (): number => [...underWay.keys()].filter(isAway).length;

  const work = async (lane: InboundLane): Promise<void> => {
    const key = keyOf(lane);
    const events = await options.inbox.readWaiting([lane], LANE_EVENTS);
    const [first] = events;
    if (first === undefined) return void waits.delete(key);
    const { scope } = first;
    const opened = await options.open(scope, lane.connectionId);
    for (const event of events) {
      const wait = waitOf(key, event);
      const wasAway = isDeskAway(wait);
      const outcome = await apply(event, scope, opened, wait);
      if (outcome === 'again') {
        if (isDeskAway(wait) && !wasAway) options.observe.fileAwaited(event, wait.missed?.message ?? '');
        return hold(lane, pauseMilliseconds(wait));
      }
      if (outcome === 'later') return hold(lane, STORE_HOLD_MILLISECONDS);
      if (outcome === 'changed') {
        await pause(5);
        return add([lane]);
      }
      waits.delete(key);
    }
    if (events.length === LANE_EVENTS) add([lane]);
  };

  const apply = async (
    event: WaitingEvent,
    scope: WorkspaceScope,
    opened: { connector: DeskConnector; account: Account; isPaused: boolean } | undefined,
    wait: FileWait,
  ): Promise<'done' | 'again' | 'later' | 'changed'> => {
    const ticket = await options.tickets.find(scope, event.connectionId, event.laneKey);
    if (opened === undefined) return parkIt(event, 'unrecognised', 'no_connector');
    if (ticket === undefined) {
      // A desk may answer faster than its answer to us is kept.
      const isYoung = Date.now() - event.receivedAt.getTime() < LINK_MILLISECONDS;
      return isYoung ? 'again' : parkIt(event, 'unrecognised', 'ticket_not_linked');
    }
    const reading = opened.connector.read(event, opened.account.settings);
    if (reading.outcome === 'unrecognised') return parkIt(event, 'unrecognised', reading.reason);
    try {
      const outcome = await applyDeskEvent(deps, event, reading.facts, ticket, { ...opened, wait });
      if (outcome === 'no_agent') {
        options.observe.parked(event, 'failed', NO_AGENT);
        return 'done';
      }
      if (outcome === 'done') options.observe.applied(event);
      return outcome;
    } catch (error) {
      if (options.isDatabaseUnavailable(error)) throw error;
      // Somebody has to make room for an agent's file; until then its ticket waits, and nothing of it is lost.
      if (error instanceof FileStoreError) {
        options.observe.storeFailed(event, error);
        return 'later';
      }
      options.observe.failed(error);
      return parkIt(event, 'failed', error instanceof Error ? error.name : 'unknown error');
    }
  };

  const waitOf = (key: string, { position }: WaitingEvent): FileWait => {
    const known = waits.get(key);
    if (known?.position === position) return known;
    const wait = createFileWait(position);
    waits.set(key, wait);
    return wait;
  };

  const parkIt = async (
    event: WaitingEvent,
    state: 'unrecognised' | 'failed',
    detail: string,
  ): Promise<'done'> => {
    await options.inbox.park(event, state, detail);
    options.observe.parked(event, state, detail);
    return 'done';
  };

  const hold = (lane: InboundLane, milliseconds: number): void => {
    const key = keyOf(lane);
    clearTimeout(held.get(key));
    held.set(
      key,
      setTimeout(() => {
        held.delete(key);
        add([lane]);
      }, milliseconds),
    );
  };

  const sweep = async (): Promise<void> => {
    try {
      const lanes = await options.inbox.findWaitingLanes(SWEEP_LANES, 'desk');
      add(lanes.filter((lane) => !held.has(keyOf(lane))));
    } catch (error) {
      options.observe.failed(error);
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
      unsubscribe = options.nudges.on('projection', add);
      tick();
    },
    async stop() {
      started = false;
      unsubscribe();
      clearTimeout(timer);
      for (const hold of held.values()) clearTimeout(hold);
      held.clear();
      await sweeping;
      clearTimeout(timer);
      await Promise.allSettled([...underWay.values()]);
    },
    isIdle: () => waiting.size === 0 && underWay.size === 0 && held.size === 0,
  };
}

const keyOf = (lane: InboundLane): string =>
  JSON.stringify([lane.workspaceId, lane.connectionId, lane.laneKey]);
