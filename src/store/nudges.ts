import { EventEmitter } from 'node:events';
import type { WrittenFacts } from './written-facts.js';

/** Events of one conversation of a chat side that wait to be projected. */
export interface InboundLane {
  workspaceId: string;
  connectionId: string;
  laneKey: string;
  /** Of a ticket: what agents did in a desk. Missing: of a conversation of a chat side. */
  side?: 'desk';
  /** Looked at once in vain: what its events name is read before they are applied. */
  again?: true;
}

/** Deliveries of one conversation to one connection. */
export interface DeliveryLane {
  workspaceId: string;
  connectionId: string;
  conversationId: string;
}

/** What a nudge can say: look now, there is something for you. */
export interface NudgeTopics {
  projection: InboundLane;
  delivery: DeliveryLane;
  /** Facts of this workspace were committed. */
  facts: string;
  /** The same facts, just before `facts` tells of them; within the process only. */
  written: WrittenFacts;
  /** Something in the workspace's followed tickets may be due. */
  following: string;
  /** Sessions, agents or keys of this workspace changed. */
  access: string;
  /** Connections of this workspace changed. */
  connections: string;
}

export type NudgeTopic = keyof NudgeTopics;

/**
 * Tells that something was committed. A nudge is a courtesy: rows are the truth and a sweep finds what a
 * lost nudge missed, so nothing here is retried.
 */
export interface Nudges {
  send<T extends NudgeTopic>(topic: T, items: NudgeTopics[T][]): void;
  on<T extends NudgeTopic>(topic: T, listener: (items: NudgeTopics[T][]) => void): () => void;
}

/** Carries nudges to other processes. */
export interface NudgeCarrier {
  carry(topic: NudgeTopic, items: unknown[]): void;
}

export interface LocalNudges extends Nudges {
  /** Hands on what came from another process. */
  receive(topic: NudgeTopic, items: unknown[]): void;
  carryWith(carrier: NudgeCarrier | undefined): void;
}

/** Nudges within the process, and through a carrier to the others. */
export function createNudges(): LocalNudges {
  const emitter = new EventEmitter();
  emitter.setMaxListeners(50);
  let carrier: NudgeCarrier | undefined;
  return {
    send(topic, items) {
      if (items.length === 0) return;
      emitter.emit(topic, items);
      carrier?.carry(topic, items);
    },
    on(topic, listener) {
      emitter.on(topic, listener);
      return () => emitter.off(topic, listener);
    },
    receive(topic, items) {
      emitter.emit(topic, items);
    },
    carryWith(next) {
      carrier = next;
    },
  };
}
