import { z } from 'zod';
import type { DeskFact } from '../../domain/desk-fact.js';
import type { RecordedEvent } from '../connector.js';
import { authorOf, filesOf, isPerson, kindOf, messageFields, timeOf } from './reading/message-fields.js';
import { readState, seenState } from './reading/ticket-state.js';

type DeskReading = { outcome: 'facts'; facts: DeskFact[] } | { outcome: 'unrecognised'; reason: string };

const statePayload = z.looseObject({ state: seenState, at: z.unknown().optional() });
const gonePayload = z.looseObject({ how: z.literal('deleted') });

/** Makes facts of one fetched event. Pure and total. */
export function read(event: RecordedEvent, settings: Readonly<Record<string, unknown>>): DeskReading {
  switch (event.kind) {
    case 'message':
      return readMessage(event);
    case 'ticket-state': {
      const told = statePayload.safeParse(event.payload);
      if (!told.success) return { outcome: 'unrecognised', reason: 'bad_state' };
      const state = readState(told.data.state, settings);
      const occurredAt = timeOf(told.data.at);
      return facts({ type: 'ticket-state', state, ...(occurredAt === undefined ? {} : { occurredAt }) });
    }
    case 'ticket-gone':
      return gonePayload.safeParse(event.payload).success
        ? facts({ type: 'ticket-gone', how: 'deleted' })
        : { outcome: 'unrecognised', reason: 'bad_state' };
    default:
      return { outcome: 'unrecognised', reason: 'unknown_kind' };
  }
}

/**
 * A reply is what says that it is outgoing, that it is not private and that a person has written it. The
 * bridge itself writes nothing that is outgoing and public, so that such words in the name of its user
 * are a person's who has signed in with that account.
 */
function readMessage({ laneKey, payload }: RecordedEvent): DeskReading {
  const parsed = messageFields.safeParse(payload);
  if (!parsed.success) return { outcome: 'unrecognised', reason: 'bad_message' };
  const fields = parsed.data;
  const kind = kindOf(fields.message_type);
  // The contact's words, the desk's own remarks, greetings and surveys.
  if (kind === 'incoming' || kind === 'activity' || kind === 'template') return facts();
  if (fields.content_attributes?.['deleted'] === true) return facts();
  const occurredAt = timeOf(fields.created_at);
  const said = {
    externalId: fields.id,
    author: authorOf(fields),
    text: fields.content ?? '',
    files: filesOf(fields.attachments, { externalTicketId: laneKey, externalId: fields.id }),
    ...(occurredAt === undefined ? {} : { occurredAt }),
  };
  const isReply = kind === 'outgoing' && fields.private === false && isPerson(fields);
  return facts({ type: isReply ? 'agent-replied' : 'note-added', ...said });
}

const facts = (...found: DeskFact[]): DeskReading => ({ outcome: 'facts', facts: found });
