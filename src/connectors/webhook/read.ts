import type { RecordedEvent } from '../connector.js';
import type { DeskFact } from '../../domain/desk-fact.js';
import type { TicketAuthor } from '../../domain/desk-order.js';
import { deskEvents } from './schema.js';
import { meaningOf, UNNAMED_STATUS } from './status-words.js';

type DeskReading = { outcome: 'facts'; facts: DeskFact[] } | { outcome: 'unrecognised'; reason: string };

/** What an event of the documented shape says. Pure and total. */
export function read(event: RecordedEvent, settings: Readonly<Record<string, unknown>>): DeskReading {
  const parsed = deskEvents.safeParse(event.payload);
  if (!parsed.success) return { outcome: 'unrecognised', reason: 'not of the documented shape' };
  const told = parsed.data;
  switch (told.type) {
    case 'message.created':
    case 'note.created': {
      const { messageId, text, files } = told.data;
      const fact: DeskFact = {
        type: told.type === 'message.created' ? 'agent-replied' : 'note-added',
        externalId: messageId,
        author: authorOf(told.data.author),
        text,
        files: files.map(({ url, name, contentType, sizeBytes }) => ({
          url,
          name,
          ...(contentType === undefined ? {} : { contentType }),
          ...(sizeBytes === undefined ? {} : { sizeBytes }),
        })),
      };
      return { outcome: 'facts', facts: [fact] };
    }
    case 'ticket.updated': {
      const { status: word, assignee, priority, by } = told.data;
      const status = meaningOf(word, settings);
      if (status === 'unnamed') return { outcome: 'unrecognised', reason: UNNAMED_STATUS };
      const state = {
        ...(status === undefined ? {} : { status }),
        ...(priority === undefined ? {} : { priority }),
        ...(assignee === undefined ? {} : { assignee: assigneeOf(assignee) }),
      };
      const author = by === undefined ? {} : { by: authorOf(by) };
      return { outcome: 'facts', facts: [{ type: 'ticket-state', state, ...author }] };
    }
    case 'ticket.deleted':
      return { outcome: 'facts', facts: [{ type: 'ticket-gone', how: 'deleted' }] };
    case 'ticket.merged':
      return { outcome: 'facts', facts: [{ type: 'ticket-gone', how: 'merged', into: told.data.into }] };
  }
}

function authorOf(given: { email?: string | undefined; name?: string | undefined }): TicketAuthor {
  return {
    type: 'agent',
    ...(given.email === undefined ? {} : { email: given.email }),
    ...(given.name === undefined ? {} : { name: given.name }),
  };
}

function assigneeOf(given: { email: string } | { team: string } | null) {
  if (given === null) return null;
  return 'team' in given ? { team: { name: given.team } } : { agent: { email: given.email } };
}
