import type { Fact, FactType, Message, Note } from '../../src/contract/index.js';

/** One thing in the thread, in the order of its seq. */
export type Entry =
  | { kind: 'message'; seq: number; id: string; message: Message; changedBy: number }
  | { kind: 'note'; seq: number; id: string; note: Note }
  | { kind: 'event'; seq: number; id: string; fact: Fact };

/** The facts that have a line of their own. The others show on what they are about, or in the details. */
const lines: readonly FactType[] = [
  'conversation.opened',
  'conversation.reopened',
  'conversation.closed',
  'conversation.assigned',
  'action.delayed',
  'action.failed',
  'labels.changed',
  'sla.breached',
  'ticket.linked',
  'ticket.unlinked',
];

/**
 * The thread with these facts in it. Facts may come again and out of order (a page of history beside the live
 * feed): each has its place by seq, and a message is only changed by a fact that is not older than the last.
 */
export function addFacts(
  entries: ReadonlyMap<string, Entry>,
  facts: readonly Fact[],
): ReadonlyMap<string, Entry> {
  const next = new Map(entries);
  for (const fact of facts) addFact(next, fact);
  return next;
}

function addFact(entries: Map<string, Entry>, fact: Fact): void {
  switch (fact.type) {
    case 'message.received':
    case 'message.queued':
    case 'message.sent':
    case 'message.delayed':
    case 'message.uncertain':
    case 'message.failed':
    case 'message.delivered':
    case 'message.read':
      return addMessage(entries, withFailure(fact), fact.seq);
    case 'note.added':
      return addNote(entries, fact.data.note);
    default:
      if (lines.includes(fact.type)) {
        entries.set(`event ${fact.seq}`, { kind: 'event', seq: fact.seq, id: `event ${fact.seq}`, fact });
      }
  }
}

type MessageFact = Extract<Fact, { data: { message: Message } }>;

/** What goes wrong on the way is told with the fact; a message that got through has nothing to tell. */
function withFailure({ type, data: { message, failure } }: MessageFact): Message {
  const isWaiting = type === 'message.delayed' && (message.state === 'queued' || message.state === 'sending');
  return isWaiting && failure !== undefined ? { ...message, failure } : message;
}

export function addMessage(entries: Map<string, Entry>, message: Message, changedBy: number): void {
  const before = entries.get(message.id);
  if (before?.kind === 'message' && before.changedBy > changedBy) return;
  entries.set(message.id, { kind: 'message', seq: message.seq, id: message.id, message, changedBy });
}

export function addNote(entries: Map<string, Entry>, note: Note): void {
  entries.set(note.id, { kind: 'note', seq: note.seq, id: note.id, note });
}

export function inOrder(entries: ReadonlyMap<string, Entry>): Entry[] {
  return [...entries.values()].sort((a, b) => a.seq - b.seq);
}
