import { z } from 'zod';
import type { DeskFact } from '../../domain/desk-fact.js';
import type { RecordedEvent } from '../connector.js';
import { filesOf } from './reading/files-of.js';
import { toText } from './reading/html-text.js';
import { readState, seenState } from './reading/ticket-state.js';

type DeskReading = { outcome: 'facts'; facts: DeskFact[] } | { outcome: 'unrecognised'; reason: string };

const text = z.string().nullish().catch(undefined);

/** `author` was looked up when it was fetched: staff is who is among the account's agents. */
const said = z.looseObject({
  id: z.union([z.int().positive().transform(String), z.string().regex(/^\d{1,18}$/u)]),
  body: text,
  body_text: text,
  incoming: z.unknown().optional(),
  private: z.unknown().optional(),
  source: z.unknown().optional(),
  created_at: text,
  attachments: z.unknown().optional(),
  author: z
    .looseObject({ kind: z.enum(['staff', 'bridge', 'other']), email: text, name: text })
    .catch({ kind: 'other' }),
});
const statePayload = z.looseObject({ state: seenState, at: text });
const gonePayload = z.looseObject({ how: z.literal('deleted') });

/** 0: a reply that was sent · 2: a note. Mails forwarded to others, calls and the like are not for the contact. */
const forTheContact = [0, 2];

/** Makes facts of one fetched event. Pure and total. */
export function read(event: RecordedEvent, settings: Readonly<Record<string, unknown>>): DeskReading {
  switch (event.kind) {
    case 'conversation':
      return readConversation(event);
    case 'ticket-state': {
      const told = statePayload.safeParse(event.payload);
      if (!told.success) return { outcome: 'unrecognised', reason: 'bad_state' };
      const occurredAt = timeOf(told.data.at);
      const state = readState(told.data.state, settings);
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
 * A reply is what says that it is not incoming and not private, is of a kind that the contact sees, and was
 * written by somebody on the staff. The agent whose key the bridge uses is never taken for one: what the
 * bridge writes as the contact might be told as theirs.
 */
function readConversation({ laneKey, payload }: RecordedEvent): DeskReading {
  const parsed = said.safeParse(payload);
  if (!parsed.success) return { outcome: 'unrecognised', reason: 'bad_conversation' };
  const { author, ...fields } = parsed.data;
  if (fields.incoming === true || author.kind === 'bridge') return facts();
  const occurredAt = timeOf(fields.created_at);
  const fact = {
    externalId: fields.id,
    author: {
      type: author.kind === 'staff' ? ('agent' as const) : ('bot' as const),
      ...(author.name ? { name: author.name } : {}),
      ...(author.email ? { email: author.email } : {}),
    },
    text: fields.body ? toText(fields.body) : (fields.body_text ?? ''),
    files: filesOf(fields.attachments, { externalTicketId: laneKey, externalId: fields.id }),
    ...(occurredAt === undefined ? {} : { occurredAt }),
  };
  const isReply =
    fields.incoming === false &&
    fields.private === false &&
    forTheContact.includes(fields.source as number) &&
    author.kind === 'staff';
  if (isReply) return facts({ type: 'agent-replied', ...fact });
  return facts({ type: 'note-added', ...fact, text: withMerge(fact.text) });
}

/** As Freshdesk notes it in the ticket that was merged, in English; nothing else tells into which it went. */
const mergedInto = /\bmerged into ticket\b\D{0,20}(\d{1,15})/iu;

/** A guess by words is no reason to move a chat: whoever reads the note is told how. */
function withMerge(note: string): string {
  const into = mergedInto.exec(note)?.[1];
  if (into === undefined) return note;
  return `${note}\n[The chat stays with this closed ticket. To go on in the other one, link the conversation to ticket ${into}.]`;
}

const facts = (...found: DeskFact[]): DeskReading => ({ outcome: 'facts', facts: found });

function timeOf(value: string | null | undefined): string | undefined {
  const at = Date.parse(value ?? '');
  return Number.isFinite(at) ? new Date(at).toISOString() : undefined;
}
