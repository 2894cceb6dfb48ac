import type { ChatFact } from '../domain/chat-fact.js';
import type { ConversationChange } from '../store/conversation-change.js';
import {
  type ConversationKey,
  type ConversationReader,
  type ConversationState,
  stateKey,
} from '../store/conversation-state.js';
import type { ConversationWriter } from '../store/conversation-writer.js';
import type { Inbox, WaitingEvent } from '../store/inbox.js';
import type { LaneReader } from '../store/lane-reader.js';
import type { InboundLane } from '../store/nudges.js';
import { adoptStarted } from './adopt-started.js';
import { applyFact } from './apply-fact.js';
import { isEarly } from './is-early.js';
import { takeIdle } from './take-idle.js';
import { isEarlyEcho } from './is-early-echo.js';
import { type Draft, openDraft } from './draft.js';

/** What a connector makes of a recorded event; the composition root knows which connector. */
export type ReadEvent = (
  event: WaitingEvent,
) => Promise<{ outcome: 'facts'; facts: ChatFact[] } | { outcome: 'unrecognised'; reason: string }>;

export interface ProjectionStore {
  inbox: Pick<Inbox, 'park' | 'letGo' | 'leaveWaiting' | 'findWaitingLanes'>;
  lanes: LaneReader;
  conversations: ConversationReader;
  writer: ConversationWriter;
}

export interface ProjectedBatch {
  /** Events that are in their conversations now. */
  projected: number;
  facts: number;
  /** Of the projected ones, the one that waited longest. */
  oldest: WaitingEvent | undefined;
  parked: { event: WaitingEvent; state: 'unrecognised' | 'failed'; detail: string }[];
  /** Receipts that go on waiting for their messages. */
  left: WaitingEvent[];
  /** Lanes to look at again: more is waiting, or another writer was faster. */
  again: InboundLane[];
  /** Lanes to look at again in a moment: an answer that is on its way tells whether they are about something of ours. */
  held: InboundLane[];
}

interface ReadableEvent {
  event: WaitingEvent;
  facts: ChatFact[];
}

/** How many events of one lane are projected at once. */
const LANE_EVENTS = 100;
/** How many receipts and echoes of one lane may wait for an answer; fewer than are read at once. */
const MOST_EARLY = 50;

/**
 * Projects what waits in these lanes: reads, decides without a lock, and writes on condition that nothing
 * has changed meanwhile. Whoever loses such a race looks again.
 */
export async function projectLanes(
  store: ProjectionStore,
  read: ReadEvent,
  lanes: InboundLane[],
): Promise<ProjectedBatch> {
  const { events: waiting, states: bare } = await store.lanes.readLanes(lanes, LANE_EVENTS);
  const batch: ProjectedBatch = {
    projected: 0,
    facts: 0,
    oldest: undefined,
    parked: [],
    left: [],
    again: [],
    held: [],
  };
  const byLane = new Map<string, { key: ConversationKey; events: ReadableEvent[] }>();
  const counts = new Map<string, number>();
  for (const event of waiting) {
    const key = keyOf(event);
    counts.set(stateKey(key), (counts.get(stateKey(key)) ?? 0) + 1);
    const reading =
      event.laneKey === ''
        ? ({ outcome: 'unrecognised', reason: 'no conversation' } as const)
        : await read(event);
    if (reading.outcome === 'unrecognised') {
      batch.parked.push({ event, state: 'unrecognised', detail: reading.reason });
      continue;
    }
    const lane = byLane.get(stateKey(key)) ?? { key, events: [] };
    lane.key.externalMessageIds.push(...reading.facts.flatMap(messageIdsOf));
    lane.key.mayEcho ||= reading.facts.some(mayBeOfOurs);
    lane.events.push({ event, facts: reading.facts });
    byLane.set(stateKey(key), lane);
  }

  const again = new Set(lanes.filter((lane) => lane.again).map(keyOfLane));
  // Most events are something new that was said: what they name is asked for in the statement that writes them.
  const whole = [...byLane].filter(([key, lane]) => lane.key.mayEcho || again.has(key));
  const states =
    whole.length === 0
      ? new Map<string, ConversationState>()
      : await store.conversations.readStates(whole.map(([, lane]) => lane.key));
  const unseen = new Set<string>();
  for (const key of byLane.keys()) {
    const state = bare.get(key);
    if (state === undefined || whole.some(([other]) => other === key)) continue;
    unseen.add(key);
    states.set(key, { ...state, unechoed: [], named: [] });
  }
  const adopted = await adoptAll(store, byLane, states, batch);
  const idle = takeIdle(byLane, states);
  if (idle.length > 0) await store.inbox.letGo(idle);
  batch.projected += idle.length;
  const drafted: { change: ConversationChange; lane: InboundLane; first: WaitingEvent | undefined }[] = [];
  for (const [key, lane] of byLane) {
    const change = draftLane(states.get(key), lane.events, batch);
    // The delivery that started it learns from this that it was accepted.
    if (adopted.has(key)) change?.wokenLanes.push(lane.key.connectionId);
    if (unseen.has(key)) change?.unseenIds.push(...new Set(lane.key.externalMessageIds));
    if (change !== undefined) drafted.push({ change, lane: laneOf(lane.key), first: lane.events[0]?.event });
  }
  const written = drafted.length === 0 ? [] : await store.writer.write(drafted.map(({ change }) => change));
  drafted.forEach(({ change, lane, first }, index) => {
    if (written[index] !== true) {
      batch.again.push({ ...lane, again: true });
      return;
    }
    batch.projected += change.projected.length;
    batch.facts += change.facts.length;
    if (first !== undefined && (batch.oldest === undefined || first.position < batch.oldest.position))
      batch.oldest = first;
  });
  for (const { event, state, detail } of batch.parked) await store.inbox.park(event, state, detail);
  if (batch.left.length > 0) await store.inbox.leaveWaiting(batch.left);
  for (const [key, count] of counts) {
    const lane = byLane.get(key);
    if (count >= LANE_EVENTS && lane !== undefined) batch.again.push(laneOf(lane.key));
  }
  return batch;
}

/** Conversations that are new here and that we have started ourselves. @returns their lanes */
async function adoptAll(
  store: ProjectionStore,
  byLane: Map<string, { key: ConversationKey; events: ReadableEvent[] }>,
  states: Map<string, ConversationState>,
  batch: ProjectedBatch,
): Promise<Set<string>> {
  const adopted = new Set<string>();
  const fresh = [...byLane].filter(([key]) => !states.has(key));
  if (fresh.length === 0) return adopted;
  const starting = await store.conversations.findStarting(fresh.map(([, lane]) => lane.key));
  if (starting.length === 0) return adopted;
  const taken = new Set<string>();
  for (const [key, lane] of fresh) {
    const adoption = adoptStarted(
      lane.key,
      lane.events.flatMap(({ facts }) => facts),
      starting,
    );
    if (adoption.outcome === 'wait') {
      byLane.delete(key);
      batch.held.push(laneOf(lane.key));
    } else if (adoption.outcome === 'ours' && !taken.has(adoption.state.row.id)) {
      taken.add(adoption.state.row.id);
      adopted.add(key);
      states.set(key, adoption.state);
    }
  }
  return adopted;
}

/** Applies a lane's events in order. An event that throws is parked, and the lane goes on without it. */
function draftLane(
  state: ConversationState | undefined,
  events: ReadableEvent[],
  batch: ProjectedBatch,
): ConversationChange | undefined {
  const usable = [...events];
  for (;;) {
    let draft: Draft | undefined;
    let failing: ReadableEvent | undefined;
    try {
      const early: ReadableEvent[] = [];
      const openFor = (readable: ReadableEvent): Draft => {
        failing = readable;
        const { event } = readable;
        draft ??= openDraft(state, { ...event, externalConversationId: event.laneKey }, event);
        return draft;
      };
      for (const readable of usable) {
        const open = openFor(readable);
        if (early.length < MOST_EARLY && mustWait(open, readable, early)) early.push(readable);
        else apply(open, readable);
      }
      // What came behind them may have told what they are about; else they wait.
      const held: ReadableEvent[] = [];
      for (const readable of early) {
        const open = openFor(readable);
        if (mustWait(open, readable, held)) {
          held.push(readable);
          // Whoever waits for an echo before judging a doubt need not wait for a receipt.
          if (!saysSomething(readable)) batch.left.push(readable.event);
        } else apply(open, readable);
      }
      // For an echo an answer is about to come; the sweep brings the receipts back.
      const echo = held.find(saysSomething);
      if (echo !== undefined) batch.held.push(laneOf(keyOf(echo.event)));
      return draft === undefined || draft.change.projected.length === 0 ? undefined : draft.change;
    } catch (error) {
      if (failing === undefined) throw error;
      usable.splice(usable.indexOf(failing), 1);
      batch.parked.push({
        event: failing.event,
        state: 'failed',
        detail: error instanceof Error ? error.name : 'unknown error',
      });
    }
  }
}

/** It has overtaken the answer that tells what it is about. `before`: what of the lane waits already. */
function mustWait(draft: Draft, { event, facts }: ReadableEvent, before: ReadableEvent[]): boolean {
  return (
    isEarly(draft, facts, event.receivedAt) ||
    isEarlyEcho(draft, facts, event.receivedAt, before.some(saysSomething))
  );
}

const saysSomething = ({ facts }: ReadableEvent): boolean => facts.some(({ type }) => type === 'message');

function apply(draft: Draft, { event, facts }: ReadableEvent): void {
  for (const fact of facts) applyFact(draft, fact, event);
  draft.change.projected.push(event.position);
}

function messageIdsOf(fact: ChatFact): string[] {
  if (fact.type === 'receipt') return [fact.externalMessageId];
  return fact.type === 'message' && fact.externalMessageId !== undefined ? [fact.externalMessageId] : [];
}

/** An echo, or a receipt that may have come before our message has its id. */
const mayBeOfOurs = (fact: ChatFact): boolean =>
  fact.type === 'receipt' || (fact.type === 'message' && fact.author.type === 'agent');

const keyOfLane = ({ workspaceId, connectionId, laneKey }: InboundLane): string =>
  stateKey({ workspaceId, connectionId, externalConversationId: laneKey });

const keyOf = (event: WaitingEvent): ConversationKey => ({
  workspaceId: event.workspaceId,
  connectionId: event.connectionId,
  externalConversationId: event.laneKey,
  externalMessageIds: [],
  mayEcho: false,
});

const laneOf = (key: ConversationKey): InboundLane => ({
  workspaceId: key.workspaceId,
  connectionId: key.connectionId,
  laneKey: key.externalConversationId,
});
