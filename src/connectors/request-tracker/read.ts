import type { DeskFact } from '../../domain/desk-fact.js';
import type { TicketAuthor } from '../../domain/desk-order.js';
import type { TicketState } from '../../domain/ticket.js';
import type { DeskConnector, RecordedEvent } from '../connector.js';
import { statusOf } from '../desk-kit/index.js';
import {
  contactEvent,
  goneEvent,
  type MessageEvent,
  messageEvent,
  type StateEvent,
  stateEvent,
} from './reading/recorded-events.js';
import { nearestPriority } from './reading/nearest-priority.js';
import { statusWords } from './reading/status-words.js';

type DeskReading = ReturnType<DeskConnector['read']>;

/** Facts of what `fetchTicket` has recorded. Pure, and total. */
export function read(event: RecordedEvent, settings: Readonly<Record<string, unknown>>): DeskReading {
  switch (event.kind) {
    case 'message': {
      const parsed = messageEvent.safeParse(event.payload);
      return parsed.success ? facts(readMessage(parsed.data)) : unrecognised(event.kind);
    }
    case 'ticket-state': {
      const parsed = stateEvent.safeParse(event.payload);
      return parsed.success ? facts([readState(parsed.data, settings)]) : unrecognised(event.kind);
    }
    case 'contact': {
      const parsed = contactEvent.safeParse(event.payload);
      if (!parsed.success) return unrecognised(event.kind);
      return facts([{ type: 'contact-changed', ...parsed.data }]);
    }
    case 'ticket-gone': {
      const parsed = goneEvent.safeParse(event.payload);
      if (!parsed.success) return unrecognised(event.kind);
      const { into } = parsed.data;
      return facts([
        into === null
          ? { type: 'ticket-gone', how: 'deleted' }
          : { type: 'ticket-gone', how: 'merged', into },
      ]);
    }
    default:
      return { outcome: 'unrecognised', reason: 'This kind of event is not known.' };
  }
}

/** Public, and by somebody on the staff: a reply. The contact's own and ours: nothing. Anything else: a note. */
function readMessage(event: MessageEvent): DeskFact[] {
  if (event.by === 'bridge' || event.by === 'contact') return [];
  if (event.text === '' && event.files.length === 0) return [];
  const isReply = event.visibility === 'public' && event.by === 'staff';
  return [
    {
      type: isReply ? 'agent-replied' : 'note-added',
      externalId: String(event.transaction),
      author: authorOf(event.author),
      text: event.text,
      files: event.files.map(({ id, ...file }) => ({ externalFileId: id, ...withoutGap(file) })),
      ...(Number.isFinite(Date.parse(event.createdAt)) ? { occurredAt: event.createdAt } : {}),
    },
  ];
}

function readState(event: StateEvent, settings: Readonly<Record<string, unknown>>): DeskFact {
  const { owner, team } = event;
  const status = statusOf(statusWords, settings, event.status);
  const priority = nearestPriority(event.priority, settings);
  const state: TicketState = {
    assignee:
      owner !== null
        ? {
            agent: {
              externalId: owner.name,
              ...(owner.email === undefined ? {} : { email: owner.email }),
              ...(owner.realName === undefined ? {} : { name: owner.realName }),
            },
          }
        : team !== null
          ? { team: { name: team.name, externalId: team.id } }
          : null,
    ...(status === undefined ? {} : { status }),
    ...(priority === undefined ? {} : { priority }),
  };
  return {
    type: 'ticket-state',
    state,
    ...(Number.isFinite(Date.parse(event.changedAt)) ? { occurredAt: event.changedAt } : {}),
  };
}

function authorOf({ name, email }: MessageEvent['author']): TicketAuthor {
  return {
    type: 'agent',
    ...(name === undefined ? {} : { name }),
    ...(email === undefined ? {} : { email }),
  };
}

function withoutGap({
  sizeBytes,
  ...file
}: {
  name: string;
  contentType: string;
  sizeBytes?: number | undefined;
}) {
  return { ...file, ...(sizeBytes === undefined ? {} : { sizeBytes }) };
}

const facts = (found: DeskFact[]): DeskReading => ({ outcome: 'facts', facts: found });
const unrecognised = (kind: string): DeskReading => ({
  outcome: 'unrecognised',
  reason: `The fields of this ${kind} are not those that the bridge records.`,
});
