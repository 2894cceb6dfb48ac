import { signal } from '@preact/signals';
import type { Fact, Message, Note, SendMessage } from '../../src/contract/index.js';
import type { Bridge } from './bridge.js';
import { explainRefusal, isPassing } from './explain-refusal.js';

export type Saying = { type: 'note'; text: string } | SendMessage;

/** What this screen said and the bridge has not yet answered for. */
export interface Outgoing {
  key: string;
  conversationId: string;
  saying: Saying;
  /** The file's name or the template's, where there is no text. */
  title: string;
  saidAt: string;
  state: 'sending' | 'waiting' | 'refused';
  problem: string;
}

interface Deps {
  bridge: Bridge;
  me: string;
  onMessage: (message: Message) => void;
  onNote: (note: Note) => void;
}

/**
 * Sends in the order of saying, one at a time per conversation, under a key that makes a repeat harmless:
 * without an answer the same request is made again until the bridge says yes or no.
 */
export function createOutgoing({ bridge, me, onMessage, onNote }: Deps) {
  const items = signal<readonly Outgoing[]>([]);
  /** Which bubble became which message, so that the screen keeps the one it has. */
  const keyOf = new Map<string, string>();
  const queues = new Map<string, Promise<void>>();
  let wake: () => void = () => undefined;
  let awake = new Promise<void>((resolve) => (wake = resolve));

  const change = (key: string, next: Partial<Outgoing>): void => {
    items.value = items.value.map((item) => (item.key === key ? { ...item, ...next } : item));
  };
  const remove = (key: string): void => {
    items.value = items.value.filter((item) => item.key !== key);
  };
  const isThere = (key: string): boolean => items.value.some((item) => item.key === key);

  async function post({ key, conversationId, saying }: Outgoing): Promise<void> {
    if (saying.type === 'note') {
      const note = await bridge.addNote(conversationId, saying.text, key);
      if (isThere(key)) keyOf.set(note.id, key);
      remove(key);
      return onNote(note);
    }
    const message = await bridge.send(conversationId, saying, key);
    if (isThere(key)) keyOf.set(message.id, key);
    remove(key);
    onMessage(message);
  }

  async function deliver(item: Outgoing): Promise<void> {
    for (let tries = 0; ; tries += 1) {
      try {
        return await post(item);
      } catch (error) {
        if (!isThere(item.key)) return;
        if (!isPassing(error)) return change(item.key, { state: 'refused', problem: explainRefusal(error) });
        change(item.key, { state: 'waiting', problem: explainRefusal(error) });
        await Promise.race([awake, pause(Math.min(15_000, 500 * 2 ** tries))]);
      }
    }
  }

  function enqueue(item: Outgoing): void {
    const before = queues.get(item.conversationId) ?? Promise.resolve();
    queues.set(
      item.conversationId,
      before.then(() => deliver(item)),
    );
  }

  return {
    items,
    keyOf,
    say: (conversationId: string, saying: Saying, title = '') => {
      const item: Outgoing = {
        key: crypto.randomUUID(),
        conversationId,
        saying,
        title,
        saidAt: new Date().toISOString(),
        state: 'sending',
        problem: '',
      };
      items.value = [...items.value, item];
      enqueue(item);
    },
    /** After a refusal: it was certainly not done, so that it goes under a key of its own. */
    again: (key: string) => {
      const item = items.value.find((candidate) => candidate.key === key);
      if (item === undefined) return;
      const next: Outgoing = { ...item, key: crypto.randomUUID(), state: 'sending', problem: '' };
      items.value = items.value.map((candidate) => (candidate.key === key ? next : candidate));
      enqueue(next);
    },
    discard: remove,
    /** The bridge is back: what waits need not wait for its timer. */
    retryNow: () => {
      wake();
      awake = new Promise<void>((resolve) => (wake = resolve));
    },
    /** The fact about what was said may arrive before the answer to the command. */
    recognise: (fact: Fact) => {
      if (fact.type !== 'message.queued' && fact.type !== 'note.added') return;
      const said = fact.type === 'note.added' ? fact.data.note : fact.data.message;
      if (said.author.email !== me || keyOf.has(said.id)) return;
      const item = items.value.find(
        ({ conversationId, state, saying }) =>
          conversationId === said.conversationId &&
          state !== 'refused' &&
          (saying.type === 'note') === (fact.type === 'note.added') &&
          ('text' in saying ? saying.text.trim() === said.text : fact.type === 'message.queued'),
      );
      if (item === undefined) return;
      keyOf.set(said.id, item.key);
      remove(item.key);
    },
  };
}

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
