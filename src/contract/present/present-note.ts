import type { NoteView } from '../../domain/views.js';
import type { Note } from '../resources.js';
import { presentAuthor } from './present-author.js';

export function presentNote(view: NoteView): Note {
  return {
    id: view.id,
    conversationId: view.conversationId,
    seq: view.seq,
    author: presentAuthor(view.author),
    text: view.text,
    ...(view.originConnectionId === undefined ? {} : { originConnectionId: view.originConnectionId }),
    occurredAt: view.occurredAt.toISOString(),
  };
}
