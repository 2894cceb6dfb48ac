import type { FactView, MessageView, NoteView } from '../domain/views.js';
import type { ConversationChange, NewFact, NewMessage, NewNote } from './conversation-change.js';
import { conversationView, present } from './rows.js';

/** Facts that were just committed, and what comes before them: whoever stands there need not read them. */
export interface WrittenFacts {
  workspaceId: string;
  /** The workspace's last fact before these; nothing can still appear between it and them. */
  after: string;
  /** The place of the last of these. */
  cursor: string;
  facts: FactView[];
}

/**
 * A change's facts as the feed would read them, without asking it. Undefined where they name what this process
 * does not have at hand: a message written earlier, or a contact that was merged in the database.
 */
export function viewsOf(
  change: ConversationChange,
  placeOf: (seq: number) => string,
): FactView[] | undefined {
  const { row, contactRow } = change;
  if (change.contact !== undefined || contactRow === undefined) return undefined;
  const conversation = conversationView(row, contactRow);
  const views: FactView[] = [];
  for (const fact of change.facts) {
    const named = namedBy(change, fact);
    if (named === undefined) return undefined;
    views.push({
      cursor: placeOf(fact.seq),
      conversationId: row.id,
      seq: fact.seq,
      type: fact.fact.type,
      occurredAt: fact.occurredAt,
      data: { ...fact.fact.data },
      ...named,
      conversation,
    });
  }
  return views;
}

function namedBy(
  change: ConversationChange,
  { fact }: NewFact,
): { message?: MessageView; note?: NoteView } | undefined {
  const { messageId, noteId } = fact.data as { messageId?: string; noteId?: string };
  if (messageId !== undefined) {
    const message = change.messages.find(({ id }) => id === messageId);
    return message === undefined ? undefined : { message: viewOfMessage(message, change.row.id) };
  }
  if (noteId !== undefined) {
    const note = change.notes.find(({ id }) => id === noteId);
    return note === undefined ? undefined : { note: viewOfNote(note, change.row.id) };
  }
  return {};
}

function viewOfMessage(message: NewMessage, conversationId: string): MessageView {
  const { id, seq, direction, author, kind, text, content, state, flags, occurredAt } = message;
  const { failure, deliveryId, originConnectionId, externalMessageId } = message;
  return {
    ...{ id, conversationId, seq, direction, author, kind, text, content, state, flags, occurredAt },
    ...present({ failure, deliveryId, originConnectionId, externalMessageId }),
  };
}

function viewOfNote(
  { id, seq, author, text, occurredAt, originConnectionId }: NewNote,
  conversationId: string,
): NoteView {
  return { id, conversationId, seq, author, text, occurredAt, ...present({ originConnectionId }) };
}
